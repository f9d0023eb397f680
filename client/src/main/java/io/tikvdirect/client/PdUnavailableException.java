package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/** Immutable. No Placement Driver leader answered before the deadline. Check the addresses and that a PD majority is up. */
public final class PdUnavailableException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#PD_UNAVAILABLE}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public PdUnavailableException(final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(ErrorCode.PD_UNAVAILABLE, what, details, cause);
    }
}
