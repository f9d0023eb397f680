package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/** Immutable. An endpoint belongs to another cluster than the one this client was opened on. */
public final class ClusterMismatchException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#CLUSTER_MISMATCH}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public ClusterMismatchException(final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(ErrorCode.CLUSTER_MISMATCH, what, details, cause);
    }
}
