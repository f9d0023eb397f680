package io.tikvdirect.bench;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Thread-safe. What timers and ticks allocate while nobody asks for anything. */
final class IdleAllocation {
    private static final long SETTLE_MS = 2_000;
    private static final long WATCH_MS = 5_000;

    private IdleAllocation() {}

    /** Heap bytes that all threads but the calling one allocate in a second, over {@value #WATCH_MS} ms. */
    static double bytesPerSecond() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(SETTLE_MS);
        long[] others = others();
        long before = sum(others);
        long startedNs = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(WATCH_MS);
        return (sum(others) - before) * 1e9 / (System.nanoTime() - startedNs);
    }

    @SuppressWarnings("deprecation") // Thread.threadId() came with 19
    private static long[] others() {
        long self = Thread.currentThread().getId();
        return Arrays.stream(ManagementFactory.getThreadMXBean().getAllThreadIds())
                .filter(id -> id != self)
                .toArray();
    }

    private static long sum(long[] threads) {
        com.sun.management.ThreadMXBean counters =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(counters.getThreadAllocatedBytes(threads))
                .filter(bytes -> bytes > 0)
                .sum();
    }
}
