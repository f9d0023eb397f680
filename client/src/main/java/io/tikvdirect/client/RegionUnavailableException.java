package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/** Immutable. No replica of the key's region could serve the request before the deadline. */
public final class RegionUnavailableException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#REGION_UNAVAILABLE}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public RegionUnavailableException(
            final String what, final FailureDetails details, final @Nullable Throwable cause) {
        super(ErrorCode.REGION_UNAVAILABLE, what, details, cause);
    }
}
