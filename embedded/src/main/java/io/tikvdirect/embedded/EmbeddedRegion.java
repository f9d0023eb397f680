package io.tikvdirect.embedded;

import java.util.HexFormat;
import java.util.List;

/**
 * Immutable (the arrays are copies). A region of the cluster as it is now.
 *
 * @param id the region's id
 * @param startKey the first key as requests to stores carry it (on API V2 with mode byte and keyspace, not encoded)
 * @param endKey the first key after the region in the same form, empty = none
 * @param startRegionKey the start as PD has it (on API V2 memcomparable)
 * @param endRegionKey the end as PD has it
 * @param confVer the epoch's count of membership changes
 * @param version the epoch's count of splits and merges
 * @param leaderStoreId the store of the leader, 0 = there is none now
 * @param peers the replicas
 */
@SuppressWarnings("ArrayRecordComponent") // copies; compared by id and epoch in practice
public record EmbeddedRegion(
        long id,
        byte[] startKey,
        byte[] endKey,
        byte[] startRegionKey,
        byte[] endRegionKey,
        long confVer,
        long version,
        long leaderStoreId,
        List<EmbeddedPeer> peers) {
    @Override
    public String toString() {
        return "region " + id + " [" + HexFormat.of().formatHex(startRegionKey) + ", "
                + HexFormat.of().formatHex(endRegionKey) + ") epoch " + confVer + "/" + version + " leader store "
                + leaderStoreId + " peers " + peers;
    }
}
