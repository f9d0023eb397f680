package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/**
 * Immutable. The root of every failure this client reports: unchecked, with a stable {@link #code()}, an answer to
 * "may I try again?" and to "do I know what happened?", and the facts of the attempt in {@link #details()}.
 *
 * <p>The message starts with what went wrong in words, followed by those facts in brackets. Keys in it follow the
 * {@link KeyRedaction} of the client.
 */
public class TikvException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final FailureDetails details;

    /**
     * A failure of the given kind.
     *
     * @param code the kind
     * @param what one sentence for a person: what went wrong and, where possible, what to do
     * @param details the facts of the attempt, or {@link FailureDetails#NONE}
     * @param cause what was caught, or null
     */
    public TikvException(
            final ErrorCode code, final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(details.appendTo(what, code), cause);
        this.code = code;
        this.details = details;
    }

    /**
     * The kind of this failure.
     *
     * @return the stable code
     */
    public final ErrorCode code() {
        return code;
    }

    /**
     * Whether the same call, made again later, has a fair chance. Never true when the outcome is unknown.
     *
     * @return true when trying again is safe and sensible
     */
    public final boolean isRetryable() {
        return code.isRetryable() && !isUndetermined();
    }

    /**
     * Whether the outcome of a write is unknown: it may have been applied, or not, or be applied still.
     *
     * @return true for {@link UndeterminedException}
     */
    public final boolean isUndetermined() {
        return code == ErrorCode.UNDETERMINED;
    }

    /**
     * The facts of the attempt: operation, region, store, attempts, times, the last answer of a server.
     *
     * @return never null; {@link FailureDetails#NONE} when nothing was attempted
     */
    public final FailureDetails details() {
        return details;
    }
}
