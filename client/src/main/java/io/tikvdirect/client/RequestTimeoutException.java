package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/** Immutable. The operation's deadline passed before an answer came. Reads and idempotent writes may simply be repeated. */
public final class RequestTimeoutException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#REQUEST_TIMEOUT}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public RequestTimeoutException(final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(ErrorCode.REQUEST_TIMEOUT, what, details, cause);
    }
}
