package io.tikvdirect.client.internal.txn;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Immutable. Numbers that transactions of a client go by, and the clock that tells how old they are; tests make the first
 * small and move the second.
 *
 * @param nanoTime the age of transactions is counted by it, as {@link System#nanoTime()}
 * @param beatMs between two heartbeats (TXN-09)
 * @param splitKeys keys for one region from which on it is split before the commit (TXN-19, client-go:
 *     preSplitDetectThreshold)
 * @param splitBytes bytes of each part then (client-go: preSplitSizeThreshold)
 */
record Rules(LongSupplier nanoTime, long beatMs, int splitKeys, long splitBytes) {

    static final Rules DEFAULT = new Rules(System::nanoTime, Heartbeat.INTERVAL_MS, 100_000, 32L << 20);

    long nowNs() {
        return nanoTime.getAsLong();
    }

    /** Milliseconds since a moment of the same clock. */
    long ageMs(long sinceNs) {
        return TimeUnit.NANOSECONDS.toMillis(nowNs() - sinceNs);
    }
}
