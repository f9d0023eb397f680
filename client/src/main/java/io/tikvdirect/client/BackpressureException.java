package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/** Immutable. A bounded window or queue of this client is full; nothing was sent. Slow down, or allow more in flight. */
public final class BackpressureException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#BACKPRESSURE}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public BackpressureException(final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(ErrorCode.BACKPRESSURE, what, details, cause);
    }
}
