package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/** Immutable. A peer sent something the protocol does not allow; the connection it came from is not trusted any more. */
public final class ProtocolException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#PROTOCOL_ERROR}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public ProtocolException(final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(ErrorCode.PROTOCOL_ERROR, what, details, cause);
    }
}
