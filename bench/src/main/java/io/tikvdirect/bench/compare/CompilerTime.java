package io.tikvdirect.bench.compare;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Confined to one thread. How much CPU time the JIT compilers of another process take, looked at again and again while it
 * lives: whether a run measured the client or its warm-up.
 */
final class CompilerTime {
    private static final long TICK_US = 10_000; // of /proc, on every Linux that Java runs on
    private static final int USER_TIME = 11; // fields of /proc/PID/task/TID/stat behind the name
    private static final int SYSTEM_TIME = 12;

    private record Look(long atNs, long cpuUs) {}

    private final Path threads;
    private final List<Look> looks = new ArrayList<>();

    CompilerTime(long pid) {
        this(Path.of("/proc", String.valueOf(pid), "task"));
    }

    CompilerTime(Path threads) {
        this.threads = threads;
    }

    /** Waits for a process and looks at it meanwhile; false when it has not ended in time. */
    boolean watch(Process process, int longestSeconds, int everyMs) throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(longestSeconds);
        while (!process.waitFor(everyMs, TimeUnit.MILLISECONDS)) {
            if (System.nanoTime() - endNs > 0) {
                return false;
            }
            look(System.nanoTime());
        }
        return true;
    }

    void look(long nowNs) {
        long ticks = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(threads)) {
            for (Path thread : all) {
                ticks += compilerTicks(thread);
            }
        } catch (IOException gone) {
            return;
        }
        looks.add(new Look(nowNs, ticks * TICK_US));
    }

    /** {@return microseconds from a moment to the last look; NaN where nothing could be seen} */
    double since(long fromNs) {
        Look first = looks.stream()
                .filter(look -> look.atNs() - fromNs >= 0)
                .findFirst()
                .orElse(null);
        return first == null
                ? Double.NaN
                : Math.max(0, looks.get(looks.size() - 1).cpuUs() - first.cpuUs());
    }

    private static long compilerTicks(Path thread) {
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
