package io.tikvdirect.client.txn;

/**
 * Immutable. How a transaction writes that is larger than memory (PIP-01): what it writes is flushed as locks while it goes
 * on, so that it holds a bounded part only.
 *
 * @param flushBytes bytes of keys and values from which on they are flushed, given so many keys
 * @param flushKeys keys from which on they are flushed, given so many bytes
 * @param forcedBytes bytes from which on they are flushed whatever the number of keys, and the writer waits for the flush
 *     before
 * @param throttle share of the time in which nothing is flushed, to spare other work on the stores; 0 to less than 1
 * @param resolveConcurrency regions whose locks are turned into values at a time after the commit
 */
public record Pipelining(long flushBytes, int flushKeys, long forcedBytes, double throttle, int resolveConcurrency) {

    /** 16 MiB and 10,000 keys, or 128 MiB; no throttling; 8 regions at a time (client-go's numbers). */
    public static final Pipelining DEFAULT = new Pipelining(16L << 20, 10_000, 128L << 20, 0, 8);

    /** Checks the limits. */
    public Pipelining {
        if (flushBytes < 1 || flushKeys < 1 || forcedBytes < flushBytes || resolveConcurrency < 1) {
            throw new IllegalArgumentException("flushBytes " + flushBytes + ", flushKeys " + flushKeys
                    + ", forcedBytes " + forcedBytes + ", resolveConcurrency " + resolveConcurrency);
        }
        if (!(throttle >= 0 && throttle < 1)) {
            throw new IllegalArgumentException("throttle must be 0 to less than 1: " + throttle);
        }
    }

    /**
     * The same with other sizes.
     *
     * @param bytes flushed from so many bytes on
     * @param keys given so many keys
     * @param forced or from so many bytes on
     * @return new settings
     */
    public Pipelining withSizes(long bytes, int keys, long forced) {
        return new Pipelining(bytes, keys, forced, throttle, resolveConcurrency);
    }

    /**
     * The same, slowed down.
     *
     * @param share of the time in which nothing is flushed, 0 to less than 1
     * @return new settings
     */
    public Pipelining withThrottle(double share) {
        return new Pipelining(flushBytes, flushKeys, forcedBytes, share, resolveConcurrency);
    }

    /**
     * The same with another number of regions at a time after the commit.
     *
     * @param regions at least 1
     * @return new settings
     */
    public Pipelining withResolveConcurrency(int regions) {
        return new Pipelining(flushBytes, flushKeys, forcedBytes, throttle, regions);
    }
}
