package io.tikvdirect.client.internal.region;

/** Immutable. Why a cached region was given up; counted, for diagnosis. */
public enum InvalidReason {
    /** The store does not know the region (ERR-03). */
    REGION_NOT_FOUND,
    /** The key is not in the region (ERR-04). */
    KEY_NOT_IN_REGION,
    /** The epoch is outdated (ERR-05, ERR-07). */
    EPOCH_NOT_MATCH,
    /** The leader is on a store this client does not know of (ERR-01). */
    UNKNOWN_LEADER,
    /** The store is another one than PD said (ERR-12). */
    STORE_NOT_MATCH,
    /** The peer is another one than PD said (ERR-25). */
    PEER_NOT_MATCH,
    /** The peer holds no data (ERR-21). */
    WITNESS,
    /** The region is being recovered (ERR-20). */
    RECOVERY,
    /** No replica could be reached (REG-11). */
    NO_CANDIDATE,
    /** Anything else a store said. */
    OTHER
}
