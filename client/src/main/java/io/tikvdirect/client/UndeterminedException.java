package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/** Immutable. The answer to a write was lost after the write was sent: it may have been applied or not. Read the data to find out; repeating blindly may apply it twice. */
public final class UndeterminedException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#UNDETERMINED}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public UndeterminedException(final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(ErrorCode.UNDETERMINED, what, details, cause);
    }
}
