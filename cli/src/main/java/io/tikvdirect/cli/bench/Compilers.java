package io.tikvdirect.cli.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Confined to one thread. Whether this JVM's JIT compilers still work on what runs: where operations are few, they do so for
 * longer than any fixed warm-up, and a run that begins meanwhile measures them.
 */
final class Compilers {
    /** How long is looked at before it is said that they are quiet. */
    static final long LOOK_MS = 3_000;

    /** Share of the process's CPU time below which they are; as for the driver of tikv-client-java in {@code bench}. */
    private static final double QUIET = 0.03;

    private static final int USER_TIME = 11; // fields of /proc/PID/task/TID/stat behind the name
    private static final int SYSTEM_TIME = 12;
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(10); // of /proc, on every Linux that Java runs on

    private final Path threads;
    private final LongSupplier processCpuNs;
    private long compilersNs;
    private long processNs;

    /**
     * Begins to look.
     *
     * @param threads a folder for each thread of the process; where there is none compilers count as quiet
     * @param processCpuNs CPU time of the whole process
     */
    Compilers(Path threads, LongSupplier processCpuNs) {
        this.threads = threads;
        this.processCpuNs = processCpuNs;
        compilersNs = compilersNs();
        processNs = processCpuNs.getAsLong();
    }

    /** Whether they have been quiet since this was asked the last time, or since the beginning. */
    boolean wereQuiet() {
        long compilersThen = compilersNs;
        long processThen = processNs;
        compilersNs = compilersNs();
        processNs = processCpuNs.getAsLong();
        return compilersNs - compilersThen <= QUIET * (processNs - processThen);
    }

    private long compilersNs() {
        long ticks = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(threads)) {
            for (Path thread : all) {
                ticks += ticks(thread);
            }
        } catch (IOException noSuchFolder) {
            return 0;
        }
        return ticks * TICK_NS;
    }

    /** User and system time of a compiler's thread; 0 of any other, and of one that has just ended. */
    private static long ticks(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            if (!name.startsWith("C1 Compiler") && !name.startsWith("C2 Compiler")) {
                return 0;
            }
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]);
        } catch (IOException ended) {
            return 0;
        }
    }
}
