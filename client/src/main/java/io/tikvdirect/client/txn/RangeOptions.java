package io.tikvdirect.client.txn;

import java.time.Duration;
import java.util.Objects;

/**
 * Immutable. How work on a range of keys is divided (GC-06).
 *
 * @param concurrency parts that are worked on at a time
 * @param regionsPerPart regions in a part
 * @param timeout when the whole must have ended
 */
public record RangeOptions(int concurrency, int regionsPerPart, Duration timeout) {

    /** 8 parts of 128 regions at a time (client-go: gc concurrency, defaultRegionsPerTask), for at most an hour. */
    public static final RangeOptions DEFAULT = new RangeOptions(8, 128, Duration.ofHours(1));

    /** Checks that all are positive. */
    public RangeOptions {
        Objects.requireNonNull(timeout, "timeout");
        if (concurrency < 1 || regionsPerPart < 1 || timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("concurrency " + concurrency + ", regionsPerPart " + regionsPerPart
                    + " and timeout " + timeout + " must be positive");
        }
    }

    /**
     * The same with another number of parts at a time.
     *
     * @param parts at least 1
     * @return new options
     */
    public RangeOptions withConcurrency(int parts) {
        return new RangeOptions(parts, regionsPerPart, timeout);
    }

    /**
     * The same with parts of another size.
     *
     * @param regions at least 1
     * @return new options
     */
    public RangeOptions withRegionsPerPart(int regions) {
        return new RangeOptions(concurrency, regions, timeout);
    }

    /**
     * The same with another deadline.
     *
     * @param time positive
     * @return new options
     */
    public RangeOptions withTimeout(Duration time) {
        return new RangeOptions(concurrency, regionsPerPart, time);
    }
}
