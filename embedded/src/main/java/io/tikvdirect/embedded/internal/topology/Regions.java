package io.tikvdirect.embedded.internal.topology;

import com.google.protobuf.UnsafeByteOperations;
import io.tikvdirect.proto.metapb.Buckets;
import io.tikvdirect.proto.metapb.Peer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. The regions of the cluster and their changes: readers take {@link #now()}, changes take turns. The rules
 * for epochs are those recorded from TiKV (SURPRISES 14 and 15).
 */
public final class Regions {
    /** A change that the regions don't allow. */
    public static final class ImpossibleChangeException extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        ImpossibleChangeException(String message) {
            super(message);
        }
    }

    private final Ids ids;
    private final Set<Long> runningStores = new HashSet<>();
    private final Map<Long, Buckets> buckets = new ConcurrentHashMap<>();
    private volatile Topology topology;

    /**
     * One region over all keys, its replicas on the first stores and its leader on the first.
     *
     * @param storeIds the stores, all of them running
     * @param maxPeers how many replicas a region has when there are so many stores
     */
    public Regions(Ids ids, List<Long> storeIds, int maxPeers) {
        this.ids = ids;
        runningStores.addAll(storeIds);
        List<Long> replicas = storeIds.subList(0, Math.min(maxPeers, storeIds.size()));
        long id = ids.next();
        List<Peer> peers = newPeers(replicas);
        // PD starts with one replica and adds each further one as a learner that it then promotes.
        long confVer = 1 + 2L * (peers.size() - 1);
        Region.Draft first = new Region.Draft(id, new byte[0], new byte[0], confVer, peers, storeIds.get(0));
        topology = new Topology(List.of(first.region()));
    }

    /** The regions as of now. */
    public Topology now() {
        return topology;
    }

    /**
     * Splits a region: the new regions get the left parts and new ids, the old id keeps the rightmost, all pieces have
     * the old version plus the number of cuts.
     *
     * @param keys where to cut, as PD has keys; unordered and repeated ones are fine
     * @return the pieces from left to right
     * @throws ImpossibleChangeException when the region is not there, or a key is not inside of it or is its start
     */
    public synchronized List<Region> split(long regionId, Collection<byte[]> keys) {
        Region region = existing(regionId);
        TreeSet<byte[]> cuts = new TreeSet<>(Arrays::compareUnsigned);
        cuts.addAll(keys);
        for (byte[] cut : cuts) {
            if (!region.contains(cut) || Arrays.equals(cut, region.start())) {
                throw new ImpossibleChangeException("cannot split " + region + " at " + Keys.hex(cut));
            }
        }
        List<Region> pieces = pieces(region, cuts);
        replace(List.of(region), pieces);
        return pieces;
    }

    /**
     * Cuts a region into buckets. They stay as they are when the region changes, as TiKV's do until it looks again.
     *
     * @param keys where to cut, as PD has keys, ascending and inside of the region
     * @return their version, larger than that of the region's buckets before
     * @throws ImpossibleChangeException when the region is not there
     */
    public synchronized long cutIntoBuckets(long regionId, List<byte[]> keys) {
        Region region = existing(regionId);
        Buckets before = buckets.get(regionId);
        Buckets.Builder cut = Buckets.newBuilder()
                .setRegionId(regionId)
                .setVersion(before == null ? 1 : before.getVersion() + 1)
                .addKeys(region.meta().getStartKey());
        keys.forEach(key -> cut.addKeys(UnsafeByteOperations.unsafeWrap(key)));
        buckets.put(regionId, cut.addKeys(region.meta().getEndKey()).build());
        return cut.getVersion();
    }

    /** Takes buckets that somebody reports, unless those known are as new. */
    public void takeBuckets(Buckets reported) {
        buckets.merge(
                reported.getRegionId(),
                reported,
                (known, next) -> next.getVersion() > known.getVersion() ? next : known);
    }

    /** The buckets of a region, or null. */
    public @Nullable Buckets buckets(long regionId) {
        return buckets.get(regionId);
    }

    /** Splits the region of each key at that key, as PD has keys; a key that already is a bound is left alone. */
    public synchronized void splitAt(Collection<byte[]> keys) {
        for (byte[] key : keys) {
            Region region = topology.of(key);
            if (!Arrays.equals(region.start(), key)) {
                split(region.id(), List.of(key));
            }
        }
    }

    private List<Region> pieces(Region region, Collection<byte[]> cuts) {
        List<Region> pieces = new ArrayList<>();
        byte[] start = region.start();
        for (byte[] cut : cuts) {
            Region.Draft left = region.draft();
            left.id = ids.next();
            left.peers = newPeers(region.peers().stream().map(Peer::getStoreId).toList());
            left.start = start;
            left.end = cut;
            left.version += cuts.size();
            left.term = 6;
            pieces.add(left.region());
            start = cut;
        }
        Region.Draft right = region.draft();
        right.start = start;
        right.version += cuts.size();
        pieces.add(right.region());
        return pieces;
    }

    /**
     * Merges {@code sourceId} into its neighbour {@code targetId}: the source vanishes, the target covers both and its
     * version is one more than the larger of its own and the source's, which the preparation had raised by one.
     *
     * @throws ImpossibleChangeException when one is not there or they are no neighbours
     */
    public synchronized Region merge(long sourceId, long targetId) {
        Region source = existing(sourceId);
        Region target = existing(targetId);
        Region.Draft merged = target.draft();
        merged.version = Math.max(source.version() + 1, target.version()) + 1;
        if (source.equals(topology.leftOf(target))) {
            merged.start = source.start();
        } else if (source.equals(topology.rightOf(target))) {
            merged.end = source.end();
        } else {
            throw new ImpossibleChangeException(source + " is no neighbour of " + target);
        }
        Region region = merged.region();
        replace(List.of(source, target), List.of(region));
        return region;
    }

    /**
     * Makes the replica on {@code store} the leader, in a new term; the epoch stays.
     *
     * @throws ImpossibleChangeException when the region is not there or has no replica there, or the store is stopped
     */
    public synchronized void transferLeader(long regionId, long store) {
        Region region = existing(regionId);
        if (region.peerOn(store) == null || !runningStores.contains(store)) {
            throw new ImpossibleChangeException("no running replica of " + region + " on store " + store);
        }
        if (region.leaderStore() != store) {
            lead(region, store);
        }
    }

    /** Puts a region's replicas on other stores, the leader on the first of them; for a cluster being made. */
    public synchronized void place(long regionId, List<Long> stores) {
        change(existing(regionId), draft -> {
            draft.peers = newPeers(stores);
            draft.leaderStore = stores.get(0);
            return draft;
        });
    }

    /** Moves the leader to another running store with a replica, if there is one. */
    public synchronized void scatterLeader(long regionId) {
        Region region = existing(regionId);
        List<Long> others = region.peers().stream()
                .map(Peer::getStoreId)
                .filter(store -> runningStores.contains(store) && store != region.leaderStore())
                .toList();
        if (!others.isEmpty()) {
            lead(region, others.get(Math.floorMod(region.term(), others.size())));
        }
    }

    /** The store is gone: where a majority of replicas still runs, another one leads; elsewhere nobody does. */
    public synchronized void storeStopped(long store) {
        runningStores.remove(store);
        topology.all().forEach(this::electIfNeeded);
    }

    /** The store is back: regions without a leader elect one as soon as a majority runs. */
    public synchronized void storeStarted(long store) {
        runningStores.add(store);
        topology.all().forEach(this::electIfNeeded);
    }

    private void electIfNeeded(Region region) {
        List<Long> running = region.peers().stream()
                .map(Peer::getStoreId)
                .filter(runningStores::contains)
                .toList();
        boolean majority = running.size() * 2 > region.peers().size();
        if (!majority && region.leaderStore() != 0) {
            lead(region, 0);
        } else if (majority && !running.contains(region.leaderStore())) {
            lead(region, running.get(0));
        }
    }

    private void lead(Region region, long store) {
        change(region, draft -> {
            draft.leaderStore = store;
            draft.term++;
            return draft;
        });
    }

    private void change(Region region, UnaryOperator<Region.Draft> change) {
        replace(List.of(region), List.of(change.apply(region.draft()).region()));
    }

    private void replace(List<Region> old, List<Region> fresh) {
        List<Region> regions = new ArrayList<>(topology.all());
        regions.removeAll(old);
        regions.addAll(fresh);
        topology = new Topology(regions);
    }

    private Region existing(long regionId) {
        @Nullable Region region = topology.byId(regionId);
        if (region == null) {
            throw new ImpossibleChangeException("there is no region " + regionId);
        }
        return region;
    }

    private List<Peer> newPeers(List<Long> stores) {
        return stores.stream()
                .map(store ->
                        Peer.newBuilder().setId(ids.next()).setStoreId(store).build())
                .toList();
    }
}
