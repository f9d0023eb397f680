package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.TikvException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Owned by one thread at a time. When a transaction that failed is begun anew, and when no more.
 *
 * <p>Only what other transactions caused is worth another try, and only where surely nothing was written: an undetermined
 * commit is never run again, whatever time is left.
 */
final class Rerun {

    private static final Set<ErrorCode> CAUSED_BY_OTHERS = EnumSet.of(
            ErrorCode.WRITE_CONFLICT, ErrorCode.DEADLOCK, ErrorCode.KEY_LOCKED, ErrorCode.TRANSACTION_ABORTED);

    private static final long FIRST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int MAX_DOUBLINGS = 8;

    static final long STOP = -1;

    private final long endNs;
    private int attempt = 1;

    /**
     * Nothing has failed yet.
     *
     * @param startNs when the first transaction was asked for, as {@link System#nanoTime()}
     * @param retryFor how long to try
     */
    Rerun(long startNs, Duration retryFor) {
        this.endNs = startNs + retryFor.toNanos();
    }

    /** Which time it is, from 1. */
    int attempt() {
        return attempt;
    }

    /**
     * Counts a failure.
     *
     * @return how long to wait before the next time, in nanoseconds; {@link #STOP} when there is none
     */
    long pauseNs(TikvException failure) {
        if (failure.isUndetermined() || !CAUSED_BY_OTHERS.contains(failure.code())) {
            return STOP;
        }
        long longestNs = FIRST_PAUSE_NS << Math.min(attempt - 1, MAX_DOUBLINGS);
        long pauseNs = longestNs / 2 + ThreadLocalRandom.current().nextLong(longestNs / 2 + 1);
        if (System.nanoTime() + pauseNs - endNs >= 0) {
            return STOP;
        }
        attempt++;
        return pauseNs;
    }
}
