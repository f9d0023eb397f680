package io.tikvdirect.client.internal.txn;

import java.util.concurrent.TimeUnit;

/**
 * Thread-safe. How old a low-resolution timestamp may be (TSO-03). A stale read that wants a state newer than that shortens
 * it, because its timestamp is judged by such timestamps; five minutes after the last one of those it grows back slowly.
 * A race between two reads may lose the shorter of two wishes; the next read brings it again.
 */
final class LowResolution {

    /** Never shorter (client-go: minAllowedAdaptiveUpdateTSInterval). */
    static final long SHORTEST_NS = TimeUnit.MILLISECONDS.toNanos(500);

    /** So much shorter than what a read wants (client-go: adaptiveUpdateTSIntervalShrinkingPreserve). */
    static final long RESERVE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A read within this of the interval keeps it short (client-go: adaptiveUpdateTSIntervalBlockRecoverThreshold). */
    static final long NEAR_NS = TimeUnit.MILLISECONDS.toNanos(200);

    /** How long it stays short (client-go: adaptiveUpdateTSIntervalDelayBeforeRecovering). */
    static final long HOLD_NS = TimeUnit.MINUTES.toNanos(5);

    /** How fast it grows back, per second (client-go: adaptiveUpdateTSIntervalRecoverPerSecond). */
    static final long GROWTH_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private record Shortened(long intervalNs, long atNs) {}

    private final long longestNs;
    private volatile Shortened last;

    /**
     * Nobody has wished for anything.
     *
     * @param longestNs the configured interval
     */
    LowResolution(long longestNs) {
        this.longestNs = longestNs;
        this.last = new Shortened(longestNs, 0);
    }

    /** How old a timestamp may be now. */
    long intervalNs(long nowNs) {
        Shortened shortened = last;
        if (shortened.intervalNs >= longestNs) {
            return longestNs;
        }
        long growingNs = nowNs - shortened.atNs - HOLD_NS;
        if (growingNs <= 0) {
            return shortened.intervalNs;
        }
        long grownNs = TimeUnit.NANOSECONDS.toSeconds(growingNs) * GROWTH_NS;
        return Math.min(longestNs, shortened.intervalNs + grownNs);
    }

    /** Somebody reads a state that is so old. */
    void onStaleRead(long ageNs, long nowNs) {
        long presentNs = intervalNs(nowNs);
        if (ageNs > presentNs + NEAR_NS) {
            return;
        }
        long wantedNs = Math.max(SHORTEST_NS, ageNs - RESERVE_NS);
        if (wantedNs < presentNs || presentNs < longestNs) {
            last = new Shortened(Math.min(wantedNs, presentNs), nowNs);
        }
    }
}
