package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.UnsafeByteOperations;
import io.tikvdirect.embedded.internal.topology.Keys;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.embedded.internal.topology.Topology;
import io.tikvdirect.proto.errorpb.BucketVersionNotMatch;
import io.tikvdirect.proto.errorpb.DataIsNotReady;
import io.tikvdirect.proto.errorpb.EpochNotMatch;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.errorpb.FlashbackInProgress;
import io.tikvdirect.proto.errorpb.FlashbackNotPrepared;
import io.tikvdirect.proto.errorpb.KeyNotInRegion;
import io.tikvdirect.proto.errorpb.MismatchPeerId;
import io.tikvdirect.proto.errorpb.NotLeader;
import io.tikvdirect.proto.errorpb.RaftEntryTooLarge;
import io.tikvdirect.proto.errorpb.RegionNotFound;
import io.tikvdirect.proto.errorpb.StaleCommand;
import io.tikvdirect.proto.errorpb.StoreNotMatch;
import io.tikvdirect.proto.metapb.Buckets;
import io.tikvdirect.proto.metapb.Peer;

/** Immutable. Makes the region errors that a TiKV answers. */
final class RegionErrors {
    /** TiKV lists at most so many neighbours in an epoch error. */
    private static final int MAX_LISTED_NEIGHBOURS = 10;

    private RegionErrors() {}

    static RegionErrorException message(String message) {
        return new RegionErrorException(Error.newBuilder().setMessage(message).build());
    }

    static RegionErrorException storeNotMatch(long asked, long actual) {
        return new RegionErrorException(Error.newBuilder()
                .setMessage("store " + asked + " asked, this is " + actual)
                .setStoreNotMatch(
                        StoreNotMatch.newBuilder().setRequestStoreId(asked).setActualStoreId(actual))
                .build());
    }

    static RegionErrorException bucketVersionNotMatch(Buckets now) {
        return new RegionErrorException(Error.newBuilder()
                .setMessage("the buckets of region " + now.getRegionId() + " are at version " + now.getVersion())
                .setBucketVersionNotMatch(BucketVersionNotMatch.newBuilder()
                        .setVersion(now.getVersion())
                        .addAllKeys(now.getKeysList()))
                .build());
    }

    static RegionErrorException regionNotFound(long id) {
        return new RegionErrorException(Error.newBuilder()
                .setMessage("region " + id + " is not on this store")
                .setRegionNotFound(RegionNotFound.newBuilder().setRegionId(id))
                .build());
    }

    static RegionErrorException notLeader(Region region) {
        NotLeader.Builder notLeader = NotLeader.newBuilder().setRegionId(region.id());
        Peer leader = region.leader();
        if (leader != null) {
            notLeader.setLeader(leader);
        }
        return new RegionErrorException(Error.newBuilder()
                .setMessage("not the leader of region " + region.id())
                .setNotLeader(notLeader)
                .build());
    }

    static RegionErrorException mismatchPeerId(long asked, long actual) {
        return new RegionErrorException(Error.newBuilder()
                .setMessage("peer " + asked + " asked, this is " + actual)
                .setMismatchPeerId(
                        MismatchPeerId.newBuilder().setRequestPeerId(asked).setStorePeerId(actual))
                .build());
    }

    static RegionErrorException staleCommand() {
        return new RegionErrorException(Error.newBuilder()
                .setMessage("stale command")
                .setStaleCommand(StaleCommand.getDefaultInstance())
                .build());
    }

    /** The current region, then its left neighbours, as many as versions lie between (SURPRISES 9). */
    static RegionErrorException epochNotMatch(Topology topology, Region region, long askedVersion) {
        EpochNotMatch.Builder regions = EpochNotMatch.newBuilder().addCurrentRegions(region.meta());
        long behind = Math.min(region.version() - askedVersion, MAX_LISTED_NEIGHBOURS);
        Region left = topology.leftOf(region);
        while (behind-- > 0 && left != null) {
            regions.addCurrentRegions(left.meta());
            left = topology.leftOf(left);
        }
        return epochNotMatch(region, regions);
    }

    /** The current region only, as SplitRegion answers. */
    static RegionErrorException epochNotMatch(Region region) {
        return epochNotMatch(region, EpochNotMatch.newBuilder().addCurrentRegions(region.meta()));
    }

    private static RegionErrorException epochNotMatch(Region region, EpochNotMatch.Builder regions) {
        return new RegionErrorException(Error.newBuilder()
                .setMessage("region " + region.id() + " is at epoch " + region.confVer() + "/" + region.version())
                .setEpochNotMatch(regions)
                .build());
    }

    static RegionErrorException keyNotInRegion(byte[] key, Region region) {
        KeyNotInRegion where = KeyNotInRegion.newBuilder()
                .setKey(UnsafeByteOperations.unsafeWrap(key))
                .setRegionId(region.id())
                .setStartKey(region.meta().getStartKey())
                .setEndKey(region.meta().getEndKey())
                .build();
        return new RegionErrorException(Error.newBuilder()
                .setMessage(outside(key, region))
                .setKeyNotInRegion(where)
                .build());
    }

    static RegionErrorException dataIsNotReady(Region region, long peerId, long safeTs) {
        return new RegionErrorException(Error.newBuilder()
                .setMessage("peer " + peerId + " is not ready, safe_ts " + Long.toUnsignedString(safeTs) + ", region "
                        + region.id())
                .setDataIsNotReady(DataIsNotReady.newBuilder()
                        .setRegionId(region.id())
                        .setPeerId(peerId)
                        .setSafeTs(safeTs))
                .build());
    }

    static RegionErrorException flashbackInProgress(Region region, long startTs) {
        return new RegionErrorException(Error.newBuilder()
                .setMessage("region " + region.id() + " is closed for a flashback")
                .setFlashbackInProgress(FlashbackInProgress.newBuilder()
                        .setRegionId(region.id())
                        .setFlashbackStartTs(startTs))
                .build());
    }

    static RegionErrorException flashbackNotPrepared(Region region) {
        return new RegionErrorException(Error.newBuilder()
                .setMessage("no flashback is prepared for region " + region.id())
                .setFlashbackNotPrepared(FlashbackNotPrepared.newBuilder().setRegionId(region.id()))
                .build());
    }

    static RegionErrorException raftEntryTooLarge(Region region, long bytes) {
        return new RegionErrorException(Error.newBuilder()
                .setMessage("the Raft entry for region " + region.id() + " is too large: " + bytes + " bytes")
                .setRaftEntryTooLarge(
                        RaftEntryTooLarge.newBuilder().setRegionId(region.id()).setEntrySize(bytes))
                .build());
    }

    static String outside(byte[] key, Region region) {
        return "key " + Keys.hex(key) + " is outside of region " + region.id() + " [" + Keys.hex(region.start()) + ", "
                + Keys.hex(region.end()) + ")";
    }
}
