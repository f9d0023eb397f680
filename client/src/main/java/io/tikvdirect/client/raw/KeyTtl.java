package io.tikvdirect.client.raw;

/**
 * Immutable. How long a key will live.
 *
 * @param exists whether there is such a key
 * @param seconds remaining whole seconds; 0 when the key never expires or does not exist
 */
public record KeyTtl(boolean exists, long seconds) {

    /** There is no such key. */
    public static final KeyTtl ABSENT = new KeyTtl(false, 0);

    /** The key exists and never expires. */
    public static final KeyTtl NO_EXPIRY = new KeyTtl(true, 0);

    /** Checks that an absent key has no time to live and that the time is not negative. */
    public KeyTtl {
        if (seconds < 0 || (!exists && seconds != 0)) {
            throw new IllegalArgumentException("exists=" + exists + " seconds=" + seconds);
        }
    }

    /**
     * Whether the key exists and will expire.
     *
     * @return true when {@link #seconds()} counts down
     */
    public boolean expires() {
        return exists && seconds > 0;
    }
}
