package io.tikvdirect.client.internal.region;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import org.jspecify.annotations.Nullable;

/**
 * Immutable; the constant ones are shared. What is done about a failed attempt: first the effect on the cache, then, after
 * the pause, the action.
 *
 * @param action what the operation does next
 * @param pause the kind of pause before it, or null for none; never with {@link Action#FAIL}
 * @param pauseAtLeastMs the pause the server asked for, in milliseconds; 0 for none
 * @param effect what it means for the cache
 * @param reason why a region is given up, where the effect does that
 * @param code what the caller is told with {@link Action#FAIL}; null otherwise
 */
public record Decision(
        Action action,
        @Nullable BackoffKind pause,
        long pauseAtLeastMs,
        CacheEffect effect,
        InvalidReason reason,
        @Nullable ErrorCode code) {

    /** What the operation does next. */
    public enum Action {
        /** Sends the same request again, to the region as the cache has it then. */
        RETRY,
        /** Looks its keys up again, which may now lie in other or several regions. */
        REGROUP,
        /** Tells the caller. */
        FAIL
    }

    /**
     * Whether the operation ends because nobody can know whether the write happened.
     *
     * @return true only with {@link Action#FAIL}
     */
    public boolean isUndetermined() {
        return code == ErrorCode.UNDETERMINED;
    }

    static Decision fail(final ErrorCode code, final CacheEffect effect) {
        return new Decision(Action.FAIL, null, 0, effect, InvalidReason.OTHER, code);
    }
}
