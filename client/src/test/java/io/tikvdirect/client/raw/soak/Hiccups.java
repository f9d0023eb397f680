package io.tikvdirect.client.raw.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that does nothing but ask to be woken every millisecond, and notes when it was not: what this JVM and its machine
 * do to a thread that has nothing to do with the client.
 */
final class Hiccups implements Runnable {

    private static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long NOTED_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int MOST_NOTED = 100_000;

    private final List<Hiccup> noted = new ArrayList<>();
    private volatile boolean stop;

    /** Immutable. A time in which the thread should have been woken and was not. */
    record Hiccup(long startNs, long endNs) {

        long lengthNs() {
            return endNs - startNs;
        }

        boolean touches(long fromNs, long toNs) {
            return endNs - fromNs > 0 && toNs - startNs > 0;
        }
    }

    @Override
    public void run() {
        long dueNs = System.nanoTime() + PERIOD_NS;
        while (!stop) {
            LockSupport.parkNanos(dueNs - System.nanoTime());
            long nowNs = System.nanoTime();
            if (nowNs - dueNs >= NOTED_NS) {
                note(new Hiccup(dueNs, nowNs));
            }
            if (nowNs - dueNs >= 0) {
                dueNs = nowNs + PERIOD_NS;
            }
        }
    }

    private synchronized void note(Hiccup hiccup) {
        if (noted.size() < MOST_NOTED) {
            noted.add(hiccup);
        }
    }

    void stop() {
        stop = true;
    }

    synchronized long worstNs() {
        return noted.stream().mapToLong(Hiccup::lengthNs).max().orElse(0);
    }

    /** How much of that time it was held up for. */
    synchronized long heldUpNs(long fromNs, long toNs) {
        return noted.stream()
                .filter(hiccup -> hiccup.touches(fromNs, toNs))
                .mapToLong(hiccup -> Math.min(hiccup.endNs, toNs) - Math.max(hiccup.startNs, fromNs))
                .sum();
    }
}
