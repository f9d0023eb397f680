package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/** Immutable. A TLS handshake or certificate check failed; the message says with which peer and why. */
public final class TlsFailureException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#TLS_FAILURE}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public TlsFailureException(final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(ErrorCode.TLS_FAILURE, what, details, cause);
    }
}
