package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.pd.TimestampOracle;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Thread-safe. The oracle's time as it was a moment ago (TSO-03). Nothing runs while nobody asks: the last timestamp is
 * kept, and asked for anew when it is older than the caller allows.
 */
final class Clock {

    /** Bits of a timestamp below its milliseconds. */
    static final int LOGICAL_BITS = 18;

    /** How old a low-resolution timestamp may be (client-go: 2 s). */
    static final long LOW_RESOLUTION_NS = TimeUnit.SECONDS.toNanos(2);

    /** How old the time may be by which a lock's life is judged; older would make waiters wait longer than need be. */
    static final long LOCK_RESOLUTION_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private record Reading(long timestamp, long atNs) {}

    private final TimestampOracle oracle;
    private volatile Reading last = new Reading(0, 0);

    Clock(TimestampOracle oracle) {
        this.oracle = oracle;
    }

    /**
     * A timestamp that the oracle has given out recently.
     *
     * @param maxAgeNs how long ago at most, in nanoseconds
     * @param deadlineNs when to give up asking
     * @param promise gets it
     */
    void recent(long maxAgeNs, long deadlineNs, Promise<Long> promise) {
        Reading reading = last;
        if (reading.timestamp() != 0 && System.nanoTime() - reading.atNs() <= maxAgeNs) {
            promise.succeed(reading.timestamp());
            return;
        }
        long askedNs = System.nanoTime();
        var unused = oracle.timestamp(deadlineNs).whenComplete((timestamp, failure) -> {
            if (failure == null) {
                last = new Reading(timestamp, askedNs);
                promise.succeed(timestamp);
            } else {
                promise.fail(CallEngine.asOwn(failure));
            }
        });
    }

    /**
     * The timestamp of a moment before another (TSO-04).
     *
     * @param now a timestamp
     * @param ago how long before
     * @return with counter 0
     */
    static long before(long now, Duration ago) {
        long physicalMs = (now >>> LOGICAL_BITS) - ago.toMillis();
        if (ago.isNegative() || physicalMs < 0) {
            throw new InvalidArgumentException("there is no time " + ago + " ago");
        }
        return physicalMs << LOGICAL_BITS;
    }
}
