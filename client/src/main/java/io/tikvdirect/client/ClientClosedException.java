package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/** Immutable. The client was closed before the operation ended. */
public final class ClientClosedException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#CLIENT_CLOSED}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public ClientClosedException(final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(ErrorCode.CLIENT_CLOSED, what, details, cause);
    }
}
