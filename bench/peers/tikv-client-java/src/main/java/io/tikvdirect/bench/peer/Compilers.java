package io.tikvdirect.bench.peer;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Stateless. Whether the JIT compilers still work on what runs. This client takes far more code per operation than ours, so
 * that a warm-up which suffices for ours measures the compiler with it.
 */
final class Compilers {
    private static final int LOOK_MS = 3_000;
    /** Share of the process's CPU time below which they are quiet. */
    private static final double QUIET = 0.03;

    private static final long TICKS_PER_SECOND = 100; // of /proc, on every Linux that Java runs on

    private Compilers() {}

    /** Returns when they have become quiet, or after the longest time. */
    static void awaitQuiet(long longestMs) throws InterruptedException, IOException {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(longestMs);
        boolean quiet = false;
        while (!quiet && System.nanoTime() - endNs < 0) {
            long compilersNs = cpuNs();
            long allNs = system.getProcessCpuTime();
            Thread.sleep(LOOK_MS);
            quiet = cpuNs() - compilersNs <= QUIET * (system.getProcessCpuTime() - allNs);
        }
    }

    private static long cpuNs() throws IOException {
        long ticks = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                ticks += ticks(thread);
            }
        }
        return ticks * (TimeUnit.SECONDS.toNanos(1) / TICKS_PER_SECOND);
    }

    /** User and system time of a compiler's thread; 0 of any other, and of one that has just ended. */
    private static long ticks(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            boolean compiler = name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler");
            return compiler ? Long.parseLong(fields[11]) + Long.parseLong(fields[12]) : 0;
        } catch (IOException ended) {
            return 0;
        }
    }
}
