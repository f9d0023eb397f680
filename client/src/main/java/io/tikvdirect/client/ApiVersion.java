package io.tikvdirect.client;

/** Immutable. How the cluster lays out keys: the storage API version its TiKV servers were started with. */
public enum ApiVersion {
    /** Keys as they are; no TTL. TiKV's {@code storage.api-version = 1}. */
    V1,
    /** Keys as they are, values carry a TTL. {@code storage.api-version = 1} with {@code storage.enable-ttl = true}. */
    V1TTL,
    /** Keys carry a mode byte and a keyspace id, values carry a TTL. {@code storage.api-version = 2}. */
    V2;

    /**
     * Whether a raw key may be given a time to live under this version.
     *
     * @return true for {@link #V1TTL} and {@link #V2}
     */
    public boolean supportsTtl() {
        return this != V1;
    }
}
