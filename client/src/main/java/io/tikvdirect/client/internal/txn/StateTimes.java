package io.tikvdirect.client.internal.txn;

import java.time.Duration;

/** Owned by one thread at a time. How long a commit was in each of its states. */
@SuppressWarnings("EnumOrdinal") // the index of an array that nobody else sees
final class StateTimes {

    private final long[] spentNs;
    private long sinceNs = System.nanoTime();

    StateTimes(int states) {
        this.spentNs = new long[states];
    }

    /** A state has ended. */
    void left(Enum<?> state) {
        long nowNs = System.nanoTime();
        spentNs[state.ordinal()] += nowNs - sinceNs;
        sinceNs = nowNs;
    }

    Duration in(Enum<?> state) {
        return Duration.ofNanos(spentNs[state.ordinal()]);
    }
}
