package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/** Immutable. The server, or this configuration, does not offer the operation. */
public final class UnsupportedFeatureException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#UNSUPPORTED}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public UnsupportedFeatureException(
            final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(ErrorCode.UNSUPPORTED, what, details, cause);
    }
}
