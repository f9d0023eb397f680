package io.tikvdirect.embedded.internal.store;

import io.grpc.Status;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.embedded.internal.topology.Regions;
import io.tikvdirect.embedded.internal.topology.Topology;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.metapb.Buckets;
import io.tikvdirect.proto.metapb.Peer;

/**
 * Thread-safe. Finds the region that a request's context names on one store, by TiKV's checks in TiKV's order: store id,
 * region id, leader, peer id, term, version. {@code conf_ver} is not compared (SURPRISES 7 and 8).
 */
final class RegionCheck {
    private final long clusterId;
    private final long storeId;
    private final Regions regions;
    private final Flashbacks flashbacks;

    RegionCheck(long clusterId, long storeId, Regions regions, Flashbacks flashbacks) {
        this.clusterId = clusterId;
        this.storeId = storeId;
        this.regions = regions;
        this.flashbacks = flashbacks;
    }

    /**
     * Refuses what no store of this cluster answers.
     *
     * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT when the context names another cluster, INTERNAL when it
     *     has an enum value that the protocol lacks
     */
    void requireOurs(Context context) {
        if (context.getClusterId() != 0 && context.getClusterId() != clusterId) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("the request is for cluster " + Long.toUnsignedString(context.getClusterId())
                            + ", this is " + Long.toUnsignedString(clusterId))
                    .asRuntimeException();
        }
        EnumValues.requireKnown(context.getApiVersion());
        EnumValues.requireKnown(context.getPriority());
        EnumValues.requireKnown(context.getIsolationLevel());
    }

    /** The region, for a command that only its leader answers. */
    Region atLeader(Context context) throws RegionErrorException {
        return check(context, false);
    }

    /** The region, for a read, which a follower answers too when the context has {@code replica_read}. */
    Region atReader(Context context) throws RegionErrorException {
        return check(context, context.getReplicaRead());
    }

    /** The region, for a split: an epoch error lists only the region itself. */
    Region forSplit(Context context) throws RegionErrorException {
        Region region = replica(context, false);
        if (region.version() != context.getRegionEpoch().getVersion()) {
            throw RegionErrors.epochNotMatch(region);
        }
        return region;
    }

    /** The region, for a read, which a follower answers too if {@code followersToo}. */
    Region atReader(Context context, boolean followersToo) throws RegionErrorException {
        return check(context, followersToo);
    }

    /** The region, for a command of its flashback, which finds it closed. */
    Region forFlashback(Context context) throws RegionErrorException {
        return checkEpoch(context, false);
    }

    private Region check(Context context, boolean followersToo) throws RegionErrorException {
        Region region = checkEpoch(context, followersToo);
        flashbacks.requireOpen(region);
        return region;
    }

    private Region checkEpoch(Context context, boolean followersToo) throws RegionErrorException {
        Topology topology = regions.now();
        Region region = replica(topology, context, followersToo);
        long version = context.getRegionEpoch().getVersion();
        if (region.version() != version) {
            throw RegionErrors.epochNotMatch(topology, region, version);
        }
        requirePresentBuckets(context);
        return region;
    }

    /** A request that names no version is not checked, nor one to a region without buckets. */
    private void requirePresentBuckets(Context context) throws RegionErrorException {
        Buckets now = context.getBucketsVersion() == 0 ? null : regions.buckets(context.getRegionId());
        if (now != null && now.getVersion() > context.getBucketsVersion()) {
            throw RegionErrors.bucketVersionNotMatch(now);
        }
    }

    private Region replica(Context context, boolean followersToo) throws RegionErrorException {
        return replica(regions.now(), context, followersToo);
    }

    private Region replica(Topology topology, Context context, boolean followersToo) throws RegionErrorException {
        if (context.getPeer().getStoreId() != storeId) {
            throw RegionErrors.storeNotMatch(context.getPeer().getStoreId(), storeId);
        }
        Region region = topology.byId(context.getRegionId());
        Peer replica = region == null ? null : region.peerOn(storeId);
        if (region == null || replica == null) {
            throw RegionErrors.regionNotFound(context.getRegionId());
        }
        if (region.leaderStore() != storeId && (!followersToo || region.leaderStore() == 0)) {
            throw RegionErrors.notLeader(region);
        }
        if (replica.getId() != context.getPeer().getId()) {
            throw RegionErrors.mismatchPeerId(context.getPeer().getId(), replica.getId());
        }
        // A request of the term before is let through: it may have overlapped with the election.
        if (context.getTerm() != 0 && region.term() > context.getTerm() + 1) {
            throw RegionErrors.staleCommand();
        }
        return region;
    }
}
