package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/** Immutable. A store could not be reached before the deadline. */
public final class StoreUnavailableException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#STORE_UNAVAILABLE}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public StoreUnavailableException(final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(ErrorCode.STORE_UNAVAILABLE, what, details, cause);
    }
}
