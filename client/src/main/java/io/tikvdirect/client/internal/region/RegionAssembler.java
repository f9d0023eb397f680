package io.tikvdirect.client.internal.region;

import io.tikvdirect.client.internal.log.RateLimitedLog;
import io.tikvdirect.codec.key.KeyBounds;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.proto.metapb.RegionEpoch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Makes {@link Region}s of what PD and stores say: bounds become user keys cut to the key space, and one
 * replica is chosen to be taken for the leader.
 */
final class RegionAssembler {
    private static final RateLimitedLog LOG = new RateLimitedLog(LoggerFactory.getLogger(RegionAssembler.class));

    private final KeySpace keySpace;
    private final StoreTable stores;
    private final RouteEncoder encoder;
    private final BucketTable buckets;
    private final RandomGenerator random;
    private final int ttlTicks;
    private final int jitterTicks;

    RegionAssembler(
            final KeySpace keySpace,
            final StoreTable stores,
            final RouteEncoder encoder,
            final BucketTable buckets,
            final RandomGenerator random,
            final int ttlTicks,
            final int jitterTicks) {
        this.keySpace = keySpace;
        this.stores = stores;
        this.encoder = encoder;
        this.buckets = buckets;
        this.random = random;
        this.ttlTicks = ttlTicks;
        this.jitterTicks = jitterTicks;
    }

    /**
     * A region as described.
     *
     * @param leaderStoreId the store said to lead it, 0 when nobody knows
     * @param left the region assembled before it, whose end is used for its start when they are equal: neighbours then
     *     share an array; null for none
     * @param isDoubtful whether its replicas are said not to be all well
     * @param tick the cache's present tick
     * @return null when it has no key of this key space, no replica with a known store, or cannot be understood
     */
    @Nullable
    Region assemble(
            final io.tikvdirect.proto.metapb.Region meta,
            final long leaderStoreId,
            final @Nullable Region left,
            final boolean isDoubtful,
            final int tick) {
        final List<Peer> peers = peers(meta);
        final KeyBounds bounds = bounds(meta);
        final int leader = chooseLeader(peers, leaderStoreId, -1);
        if (bounds == null || leader < 0) {
            return null;
        }
        final RegionEpoch epoch = meta.getRegionEpoch();
        final int lifetime = ttlTicks + (jitterTicks == 0 ? 0 : random.nextInt(jitterTicks + 1));
        final byte[] start = left != null && Arrays.equals(left.end(), bounds.start()) ? left.end() : bounds.start();
        return new Region.Builder(meta.getId(), epoch.getConfVer(), epoch.getVersion(), start, bounds.end(), peers)
                .lifetime(tick, lifetime)
                .doubtful(isDoubtful)
                .build(leader, storeOf(peers.get(leader)), encoder, buckets.version(meta.getId()));
    }

    private @Nullable KeyBounds bounds(final io.tikvdirect.proto.metapb.Region meta) {
        try {
            return keySpace.clip(
                    meta.getStartKey().toByteArray(), meta.getEndKey().toByteArray());
        } catch (final MalformedMessageException malformed) {
            LOG.warn("region {} has bounds that are not keys: {}", meta.getId(), malformed.getMessage());
            return null;
        }
    }

    /** Witnesses hold no data and are left out (ERR-21). */
    private static List<Peer> peers(final io.tikvdirect.proto.metapb.Region meta) {
        final List<Peer> peers = new ArrayList<>(meta.getPeersCount());
        for (final io.tikvdirect.proto.metapb.Peer peer : meta.getPeersList()) {
            if (!peer.getIsWitness() && peers.size() < Region.MAX_PEERS) {
                peers.add(new Peer(peer.getId(), peer.getStoreId(), peer.getRole()));
            }
        }
        return peers;
    }

    private Store storeOf(final Peer peer) {
        return stores.store(peer.storeId());
    }

    /** The same region by the route to the replica on a store; null when it has none there that could lead. */
    @Nullable
    Region rerouted(final Region region, final long storeId) {
        final int index = region.indexOfStore(storeId);
        final Store store = stores.store(storeId);
        return index < 0 || !store.isReachable(System.nanoTime()) ? null : withLeader(region, index, store);
    }

    private Region withLeader(final Region region, final int index, final Store store) {
        return region.withLeader(index, store, encoder, buckets.version(region.id()));
    }

    /** The same region by the same route, with the present version of its buckets. */
    Region reencoded(final Region region) {
        return withLeader(region, region.leaderIndex(), region.leader());
    }

    /** The same region by the route to another replica that could lead; null when there is none. */
    @Nullable
    Region reroutedElsewhere(final Region region) {
        final int index = chooseLeader(region.peers(), 0, region.leaderIndex());
        return index < 0 || index == region.leaderIndex()
                ? null
                : withLeader(region, index, storeOf(region.peer(index)));
    }

    /** The same region by the route to the replica that is selected; the region itself when that is its leader. */
    Region rerouted(final Region region, final ReplicaSelection selection) {
        final int index = selection.choose(region, stores::store, random, System.nanoTime());
        return index == region.leaderIndex() ? region : withLeader(region, index, storeOf(region.peer(index)));
    }

    /**
     * The replica to send to: the one said to lead if its store is reachable; else any other that could lead and is
     * reachable, whose answer will name the leader; else, all being out of reach, the one said to lead or any.
     */
    private int chooseLeader(final List<Peer> peers, final long leaderStoreId, final int avoidedIndex) {
        final long nowNs = System.nanoTime();
        final int offset = peers.isEmpty() ? 0 : random.nextInt(peers.size());
        int said = -1;
        int reachable = -1;
        int resolved = -1;
        for (int i = 0; i < peers.size(); i++) {
            final int index = (i + offset) % peers.size();
            final Store store = storeOf(peers.get(index));
            if (!store.isResolved() || !peers.get(index).canLead() || index == avoidedIndex) {
                continue;
            }
            resolved = index;
            if (store.isReachable(nowNs)) {
                reachable = index;
            }
            if (peers.get(index).storeId() == leaderStoreId) {
                said = index;
            }
        }
        if (said >= 0 && (reachable < 0 || storeOf(peers.get(said)).isReachable(nowNs))) {
            return said;
        }
        return reachable >= 0 ? reachable : resolved;
    }
}
