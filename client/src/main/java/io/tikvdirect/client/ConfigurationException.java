package io.tikvdirect.client;

import org.jspecify.annotations.Nullable;

/**
 * Immutable. A configuration key is unknown or a value is not allowed; the message names key, value and what is
 * allowed.
 */
public final class ConfigurationException extends TikvException {
    private static final long serialVersionUID = 1L;

    private final String key;

    /**
     * A failure with code {@link ErrorCode#CONFIGURATION}.
     *
     * @param key the offending key, or where the text was wrong
     * @param what what was found and what is allowed
     * @param cause what was caught, or null
     */
    public ConfigurationException(final String key, final String what, final @Nullable Throwable cause) {
        super(ErrorCode.CONFIGURATION, key + ": " + what, FailureDetails.NONE, cause);
        this.key = key;
    }

    /**
     * The offending key.
     *
     * @return never null
     */
    public String key() {
        return key;
    }
}
