package io.tikvdirect.client;

/** Immutable. An argument breaks a documented limit; nothing was sent. */
public final class InvalidArgumentException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#INVALID_ARGUMENT}.
     *
     * @param what which argument, what it was, what is allowed
     */
    public InvalidArgumentException(final String what) {
        super(ErrorCode.INVALID_ARGUMENT, what, FailureDetails.NONE, null);
    }
}
