package io.tikvdirect.embedded.internal.topology;

import com.google.protobuf.UnsafeByteOperations;
import io.tikvdirect.proto.metapb.Peer;
import io.tikvdirect.proto.metapb.RegionEpoch;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. One region at one epoch with its leader of one term; bounds are keys as PD has them (memcomparable on API V2
 * and for transactions), {@code end} empty = to the end of all keys.
 */
public final class Region {
    private final long id;
    private final byte[] start;
    private final byte[] end;
    private final long confVer;
    private final long version;
    private final List<Peer> peers;
    private final long leaderStore;
    private final long term;
    private final io.tikvdirect.proto.metapb.Region meta;

    Region(Draft draft) {
        this.id = draft.id;
        this.start = draft.start;
        this.end = draft.end;
        this.confVer = draft.confVer;
        this.version = draft.version;
        this.peers = List.copyOf(draft.peers);
        this.leaderStore = draft.leaderStore;
        this.term = draft.term;
        this.meta = io.tikvdirect.proto.metapb.Region.newBuilder()
                .setId(id)
                .setStartKey(UnsafeByteOperations.unsafeWrap(start))
                .setEndKey(UnsafeByteOperations.unsafeWrap(end))
                .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(confVer).setVersion(version))
                .addAllPeers(peers)
                .build();
    }

    /** Confined to its caller. What differs in the next state of a region. */
    static final class Draft {
        long id;
        byte[] start;
        byte[] end;
        long confVer;
        long version;
        List<Peer> peers;
        long leaderStore;
        long term;

        Draft(long id, byte[] start, byte[] end, long confVer, List<Peer> peers, long leaderStore) {
            this.id = id;
            this.start = start;
            this.end = end;
            this.confVer = confVer;
            this.version = 1;
            this.peers = peers;
            this.leaderStore = leaderStore;
            // A fresh TiKV region has its first leader in term 6: Raft starts at the initial log's term 5.
            this.term = 6;
        }

        Region region() {
            return new Region(this);
        }
    }

    Draft draft() {
        Draft draft = new Draft(id, start, end, confVer, peers, leaderStore);
        draft.version = version;
        draft.term = term;
        return draft;
    }

    /** The region's id, unique in the cluster and never used again. */
    public long id() {
        return id;
    }

    /** The first key, not to be changed. */
    public byte[] start() {
        return start;
    }

    /** The first key after the region, empty = none; not to be changed. */
    public byte[] end() {
        return end;
    }

    /** The part of the epoch that counts membership changes. */
    public long confVer() {
        return confVer;
    }

    /** The part of the epoch that counts splits and merges. */
    public long version() {
        return version;
    }

    /** The replicas, at most one per store. */
    public List<Peer> peers() {
        return peers;
    }

    /** The store of the leader, 0 = there is none. */
    public long leaderStore() {
        return leaderStore;
    }

    /** The Raft term of the leader. */
    public long term() {
        return term;
    }

    /** The region as PD and TiKV describe it. */
    public io.tikvdirect.proto.metapb.Region meta() {
        return meta;
    }

    /** The replica on {@code store}, or null. */
    public @Nullable Peer peerOn(long store) {
        for (Peer peer : peers) {
            if (peer.getStoreId() == store) {
                return peer;
            }
        }
        return null;
    }

    /** The leading replica, or null. */
    public @Nullable Peer leader() {
        return peerOn(leaderStore);
    }

    /** Whether {@code key} lies in the region. */
    public boolean contains(byte[] key) {
        return Arrays.compareUnsigned(key, start) >= 0 && (end.length == 0 || Arrays.compareUnsigned(key, end) < 0);
    }

    /** Whether {@code key} lies in the region or is its end: where a TiKV iterator may be placed. */
    public boolean containsOrEndsAt(byte[] key) {
        return Arrays.compareUnsigned(key, start) >= 0 && (end.length == 0 || Arrays.compareUnsigned(key, end) <= 0);
    }

    @Override
    public String toString() {
        return "region " + id + " [" + Keys.hex(start) + ", " + (end.length == 0 ? "end" : Keys.hex(end)) + ") epoch "
                + confVer + "/" + version + " term " + term + " leader store " + leaderStore + " peers "
                + peers.stream()
                        .map(peer -> peer.getId() + "@" + peer.getStoreId())
                        .toList();
    }
}
