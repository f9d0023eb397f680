package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/** Immutable. The configured keyspace does not exist on this cluster, or is not enabled. */
public final class KeyspaceNotFoundException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#KEYSPACE_NOT_FOUND}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public KeyspaceNotFoundException(final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(ErrorCode.KEYSPACE_NOT_FOUND, what, details, cause);
    }
}
