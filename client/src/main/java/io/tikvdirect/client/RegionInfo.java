package io.tikvdirect.client;

import java.util.List;
import java.util.Objects;

/**
 * Immutable. A region as the Placement Driver describes it.
 *
 * @param id region id
 * @param range the user keys it holds, cut to the client's key space
 * @param version epoch version, raised by splits and merges
 * @param confVersion epoch configuration version, raised by changes of peers
 * @param leaderStoreId store of the leader; 0 when unknown
 * @param storeIds stores of all peers
 */
public record RegionInfo(
        long id, KeyRange range, long version, long confVersion, long leaderStoreId, List<Long> storeIds) {

    /** Copies the list. */
    public RegionInfo {
        Objects.requireNonNull(range, "range");
        storeIds = List.copyOf(storeIds);
    }
}
