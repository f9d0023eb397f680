package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/**
 * Immutable. The circuit breaker before the Placement Driver is open: too many look-ups of regions failed, so PD is left
 * alone for a while and the call is refused without asking it. Keys whose regions are known are served all the same. See
 * the options {@code pd.breaker.*}; with their defaults there is no breaker.
 */
public final class CircuitOpenException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#CIRCUIT_OPEN}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public CircuitOpenException(final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(ErrorCode.CIRCUIT_OPEN, what, details, cause);
    }
}
