package io.tikvdirect.embedded;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** Thread-safe. A clock that moves only when told, for tests of times to live. */
public final class ManualClock implements InstantSource {
    private final AtomicLong nowMs;

    /** A clock that stands at the present second. */
    public ManualClock() {
        this(Instant.ofEpochSecond(System.currentTimeMillis() / 1000));
    }

    /** A clock that stands at {@code start}, cut to milliseconds. */
    public ManualClock(Instant start) {
        nowMs = new AtomicLong(start.toEpochMilli());
    }

    /**
     * Moves the clock on.
     *
     * @throws IllegalArgumentException when {@code step} is negative
     */
    public void advance(Duration step) {
        if (step.isNegative()) {
            throw new IllegalArgumentException("a clock does not go back: " + step);
        }
        nowMs.addAndGet(step.toMillis());
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(nowMs.get());
    }

    @Override
    public long millis() {
        return nowMs.get();
    }
}
