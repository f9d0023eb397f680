package io.tikvdirect.client.internal.log;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Thread-safe. Warnings about something that may happen thousands of times a second: one is written per interval, with
 * the number of those left out since.
 */
public final class RateLimitedLog {
    /** Often enough to follow an outage, seldom enough not to fill a disk. */
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

    private final Logger logger;
    private final LongSupplier nanoClock;
    private final AtomicLong nextNs;
    private final AtomicLong suppressed = new AtomicLong();

    /**
     * Warnings through the given logger.
     *
     * @param logger where they go
     */
    public RateLimitedLog(final Logger logger) {
        this(logger, System::nanoTime);
    }

    RateLimitedLog(final Logger logger, final LongSupplier nanoClock) {
        this.logger = logger;
        this.nanoClock = nanoClock;
        this.nextNs = new AtomicLong(nanoClock.getAsLong());
    }

    /**
     * Writes a warning unless one was written a moment ago.
     *
     * @param message slf4j pattern
     * @param arguments its arguments; keys must be redacted already
     */
    public void warn(final String message, final @Nullable Object... arguments) {
        final long nowNs = nanoClock.getAsLong();
        final long dueNs = nextNs.get();
        if (nowNs - dueNs < 0 || !nextNs.compareAndSet(dueNs, nowNs + INTERVAL_NS)) {
            suppressed.incrementAndGet();
            return;
        }
        final long left = suppressed.getAndSet(0);
        logger.warn(left == 0 ? message : message + " (" + left + " more like this were not written)", arguments);
    }
}
