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

    /** How old the time may be by which a lock's life is judged; older would make waiters wait longer than need be. */
    static final long LOCK_RESOLUTION_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private record Reading(long timestamp, long atNs) {}

    private final TimestampOracle oracle;
    private final LowResolution lowResolution;
    private volatile Reading last = new Reading(0, 0);

    /**
     * A clock that was never read.
     *
     * @param oracle whose time it is
     * @param lowResolution how old its time may be
     */
    Clock(TimestampOracle oracle, LowResolution lowResolution) {
        this.oracle = oracle;
        this.lowResolution = lowResolution;
    }

    /** A low-resolution timestamp (TSO-03). */
    void lowResolution(long deadlineNs, Promise<Long> promise) {
        recent(lowResolutionNs(), deadlineNs, promise);
    }

    /** How old a low-resolution timestamp may be now. */
    long lowResolutionNs() {
        return lowResolution.intervalNs(System.nanoTime());
    }

    /** Somebody reads the state of a moment, without asking the oracle. */
    void onStaleRead(long readTs) {
        Reading reading = last;
        if (reading.timestamp() != 0) {
            long nowNs = System.nanoTime();
            long knownMs = (reading.timestamp() >>> LOGICAL_BITS) - (readTs >>> LOGICAL_BITS);
            long ageNs = TimeUnit.MILLISECONDS.toNanos(knownMs) + nowNs - reading.atNs();
            lowResolution.onStaleRead(Math.max(0, ageNs), nowNs);
        }
    }

    /**
     * Refuses a timestamp that the oracle has not given out yet (TSO-08): what would be read by it may still change.
     *
     * @param readTs unsigned
     * @param deadlineNs when to give up asking
     * @param promise kept when the timestamp is none of the future
     */
    void validate(long readTs, long deadlineNs, Promise<Boolean> promise) {
        if (Long.compareUnsigned(readTs, last.timestamp()) <= 0) {
            promise.succeed(true);
            return;
        }
        // an age that no reading has: the oracle is asked, so whatever it gave out before now is below
        recent(
                -1,
                deadlineNs,
                TxnEngine.promise(
                        now -> {
                            if (Long.compareUnsigned(readTs, now) <= 0) {
                                promise.succeed(true);
                            } else {
                                promise.fail(new InvalidArgumentException("timestamp " + Long.toUnsignedString(readTs)
                                        + " lies in the future: the oracle has come to "
                                        + Long.toUnsignedString(now)));
                            }
                        },
                        promise::fail));
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
