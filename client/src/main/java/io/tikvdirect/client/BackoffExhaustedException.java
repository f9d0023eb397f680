package io.tikvdirect.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. The retry budget was spent before the deadline; {@link FailureDetails#history()} lists what was met and
 * how long was slept for each kind.
 */
public final class BackoffExhaustedException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#BACKOFF_EXHAUSTED}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt, with its history
     * @param cause what was caught, or null
     */
    public BackoffExhaustedException(final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(ErrorCode.BACKOFF_EXHAUSTED, what, details, cause);
    }

    /**
     * What was met on the way, one line per kind of error and the last causes.
     *
     * @return an unmodifiable list, oldest first
     */
    public List<String> history() {
        return details().history();
    }
}
