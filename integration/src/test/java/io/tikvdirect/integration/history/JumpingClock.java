package io.tikvdirect.integration.history;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** Thread-safe. The system's clock, ahead of it by all jumps so far. */
final class JumpingClock implements InstantSource {
    private final AtomicLong aheadMs = new AtomicLong();

    void jump(Duration step) {
        aheadMs.addAndGet(step.toMillis());
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public long millis() {
        return System.currentTimeMillis() + aheadMs.get();
    }
}
