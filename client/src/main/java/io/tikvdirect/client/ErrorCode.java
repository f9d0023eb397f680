package io.tikvdirect.client;

/**
 * Immutable. What kind of failure a {@link TikvException} is; the names are stable and safe to store, compare and
 * alert on.
 */
public enum ErrorCode {
    /** An argument breaks a documented limit; nothing was sent. */
    INVALID_ARGUMENT(false),
    /** A configuration key or value is not allowed. */
    CONFIGURATION(false),
    /** The operation's deadline passed. */
    REQUEST_TIMEOUT(true),
    /** The operation was cancelled or its thread was interrupted. */
    CANCELLED(true),
    /** No replica of the region could serve the request in time. */
    REGION_UNAVAILABLE(true),
    /** The retry budget was spent before the deadline. */
    BACKOFF_EXHAUSTED(true),
    /** A write may or may not have been applied. */
    UNDETERMINED(false),
    /** A bounded window or queue of this client is full. */
    BACKPRESSURE(true),
    /** The client was closed. */
    CLIENT_CLOSED(false),
    /** No Placement Driver leader answered. */
    PD_UNAVAILABLE(true),
    /** Too many look-ups at the Placement Driver failed; it is left alone for a while. */
    CIRCUIT_OPEN(true),
    /** An endpoint belongs to another cluster. */
    CLUSTER_MISMATCH(false),
    /** A peer sent what the protocol does not allow. */
    PROTOCOL_ERROR(false),
    /** The server refused the request for a reason without a code of its own. */
    SERVER_ERROR(false),
    /** The write is larger than TiKV's {@code raftstore.raft-entry-max-size}. */
    RAFT_ENTRY_TOO_LARGE(false),
    /** The servers run another storage API version than the one configured. */
    API_VERSION_MISMATCH(false),
    /** The configured keyspace does not exist. */
    KEYSPACE_NOT_FOUND(false),
    /** The cluster's API version stores no time to live. */
    TTL_NOT_SUPPORTED(false),
    /** The server, or this configuration, does not offer the operation. */
    UNSUPPORTED(false),
    /** A TLS handshake or certificate check failed. */
    TLS_FAILURE(false),
    /** The store's disk is full and stayed so. */
    DISK_FULL(true),
    /** The region is being rolled back to an older version and takes no requests. */
    FLASHBACK_IN_PROGRESS(true),
    /** Another transaction wrote the key first. */
    WRITE_CONFLICT(true),
    /** The key to insert exists. */
    KEY_EXISTS(false),
    /** A key was not as the transaction expected it. */
    EXPECTATION_FAILED(false),
    /** A key and its value are larger than the transaction allows. */
    ENTRY_TOO_LARGE(false),
    /** The transaction would become larger than it allows itself. */
    TRANSACTION_TOO_LARGE(false),
    /** The timestamp to read at lies before the safe point of garbage collection. */
    SNAPSHOT_TOO_OLD(false),
    /** Waiting for a lock would have closed a cycle. */
    DEADLOCK(true),
    /** The key is locked by another transaction. */
    KEY_LOCKED(true),
    /** The transaction was rolled back or ran too long. */
    TRANSACTION_ABORTED(false);

    private final boolean retryable;

    ErrorCode(final boolean retryable) {
        this.retryable = retryable;
    }

    /**
     * Whether the same call, made again later, has a fair chance.
     *
     * @return false where only a change of arguments, configuration or cluster can help, and where repeating a write
     *     could apply it twice
     */
    public boolean isRetryable() {
        return retryable;
    }
}
