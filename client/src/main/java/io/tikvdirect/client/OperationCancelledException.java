package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/** Immutable. The caller cancelled the operation, or its thread was interrupted while it waited. */
public final class OperationCancelledException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#CANCELLED}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public OperationCancelledException(
            final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(ErrorCode.CANCELLED, what, details, cause);
    }
}
