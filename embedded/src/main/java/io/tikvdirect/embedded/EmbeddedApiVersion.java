package io.tikvdirect.embedded;

import io.tikvdirect.proto.kvrpcpb.APIVersion;

/**
 * Immutable. How the stores of a cluster keep keys and values, TiKV's {@code storage.api-version} and {@code
 * storage.enable-ttl}.
 */
public enum EmbeddedApiVersion {
    /** API V1 without time to live. */
    V1("V1"),
    /** API V1 with time to live on raw values; requests name it {@link APIVersion#V1}. Raw commands only. */
    V1TTL("V1ttl"),
    /** API V2: keys carry a mode byte and a keyspace, region bounds are memcomparable, time to live is on. */
    V2("V2");

    private final String serverName;

    EmbeddedApiVersion(String serverName) {
        this.serverName = serverName;
    }

    /** The name a TiKV server uses for this version in its error texts. */
    public String serverName() {
        return serverName;
    }

    /** The only {@code Context.api_version} that such a server accepts; V1TTL asks for V1. */
    public APIVersion acceptedInRequests() {
        return this == V2 ? APIVersion.V2 : APIVersion.V1;
    }

    /** Whether raw values may carry a time to live. */
    public boolean hasTtl() {
        return this != V1;
    }
}
