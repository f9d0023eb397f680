package io.tikvdirect.client.internal.region;

/** Immutable. What a store's answer means for the region cache. */
public enum CacheEffect {
    /** Nothing. */
    KEEP,
    /** {@link RegionCache#onLeader} with the store the answer names. */
    SWITCH_LEADER,
    /** {@link RegionCache#tryOther}. */
    TRY_OTHER,
    /** {@link RegionCache#invalidate}. */
    INVALIDATE,
    /** {@link RegionCache#replace} with the regions the answer names. */
    REPLACE,
    /** {@link RegionCache#invalidate}, and the store is looked up again and its connection closed. */
    RERESOLVE_STORE,
    /** {@link RegionCache#onBuckets} with the buckets the answer names. */
    REFRESH_BUCKETS
}
