package io.tikvdirect.transport;

/**
 * Immutable: what one call asks for.
 *
 * @param hasDeadline whether {@code deadlineNs} counts
 * @param deadlineNs absolute {@link System#nanoTime()}; sent as {@code grpc-timeout} and enforced on this side too
 * @param metadata custom request metadata
 * @param gzip compress request messages; needs {@link Compression#GZIP} in the connection's options
 * @param initialDemand messages that may be delivered before {@link GrpcCall#request}; {@link #UNLIMITED} = as they come
 */
public record CallOptions(boolean hasDeadline, long deadlineNs, Metadata metadata, boolean gzip, int initialDemand) {
    /** Messages are delivered as they come. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** No deadline, no metadata, no compression, unlimited demand: what a long-lived stream wants. */
    public static final CallOptions DEFAULT = new CallOptions(false, 0, Metadata.EMPTY, false, UNLIMITED);

    /** Verifies the demand. */
    public CallOptions {
        if (initialDemand < 0) {
            throw new IllegalArgumentException("initialDemand must not be negative: " + initialDemand);
        }
    }

    /**
     * The same with a deadline.
     *
     * @param newDeadlineNs absolute {@link System#nanoTime()}
     * @return new options
     */
    public CallOptions withDeadlineNs(final long newDeadlineNs) {
        return new CallOptions(true, newDeadlineNs, metadata, gzip, initialDemand);
    }

    /**
     * The same with metadata.
     *
     * @param newMetadata sent with the request
     * @return new options
     */
    public CallOptions withMetadata(final Metadata newMetadata) {
        return new CallOptions(hasDeadline, deadlineNs, newMetadata, gzip, initialDemand);
    }

    /**
     * The same with request compression.
     *
     * @param newGzip whether to compress
     * @return new options
     */
    public CallOptions withGzip(final boolean newGzip) {
        return new CallOptions(hasDeadline, deadlineNs, metadata, newGzip, initialDemand);
    }

    /**
     * The same with flow-controlled delivery.
     *
     * @param newInitialDemand messages that may be delivered before the first {@link GrpcCall#request}
     * @return new options
     */
    public CallOptions withInitialDemand(final int newInitialDemand) {
        return new CallOptions(hasDeadline, deadlineNs, metadata, gzip, newInitialDemand);
    }
}
