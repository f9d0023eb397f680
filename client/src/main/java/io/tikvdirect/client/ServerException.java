package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/**
 * Immutable. A server took the request and refused it for a reason that trying again does not mend by itself.
 *
 * <p>{@link #code()} tells apart what a person can act on: {@link ErrorCode#RAFT_ENTRY_TOO_LARGE},
 * {@link ErrorCode#API_VERSION_MISMATCH}, {@link ErrorCode#TTL_NOT_SUPPORTED}, {@link ErrorCode#DISK_FULL},
 * {@link ErrorCode#FLASHBACK_IN_PROGRESS}; everything else is {@link ErrorCode#SERVER_ERROR}.
 */
public final class ServerException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A refusal of the given kind.
     *
     * @param code the kind
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public ServerException(
            final ErrorCode code, final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(code, what, details, cause);
    }
}
