package io.tikvdirect.bench.compare;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Confined to one thread. How much CPU time the JIT compilers of another process take, and how long its other threads wait
 * for a processor that somebody else has, looked at again and again while it lives: whether a run measured the client, its
 * warm-up or the machine.
 */
final class CompilerTime {
    private static final long TICK_US = 10_000; // of /proc, on every Linux that Java runs on
    private static final int USER_TIME = 11; // fields of /proc/PID/task/TID/stat behind the name
    private static final int SYSTEM_TIME = 12;

    private record Look(long atNs, long cpuUs, long waitedNs) {}

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
        long waitedNs = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(threads)) {
            for (Path thread : all) {
                String stat = read(thread, "stat");
                ticks += isCompiler(stat) ? ticks(stat) : 0;
                waitedNs += isCompiler(stat) ? 0 : waitedNs(read(thread, "schedstat"));
            }
        } catch (IOException gone) {
            return;
        }
        looks.add(new Look(nowNs, ticks * TICK_US, waitedNs));
    }

    /** {@return microseconds of compilers from a moment to the last look; NaN where nothing could be seen} */
    double since(long fromNs) {
        Look first = firstAt(fromNs);
        return first == null ? Double.NaN : Math.max(0, last().cpuUs() - first.cpuUs());
    }

    /**
     * {@return milliseconds that threads other than compilers waited for a processor, all of them together, for each second
     * from a moment to the last look; NaN where nothing could be seen}
     */
    double waitedMsPerSecond(long fromNs) {
        Look first = firstAt(fromNs);
        return first == null || first.atNs() == last().atNs()
                ? Double.NaN
                : 1e3 * Math.max(0, last().waitedNs() - first.waitedNs()) / (last().atNs() - first.atNs());
    }

    private @Nullable Look firstAt(long fromNs) {
        return looks.stream()
                .filter(look -> look.atNs() - fromNs >= 0)
                .findFirst()
                .orElse(null);
    }

    private Look last() {
        return looks.get(looks.size() - 1);
    }

    /** Empty for a thread that has just ended. */
    private static String read(Path thread, String file) {
        try {
            return Files.readString(thread.resolve(file));
        } catch (IOException ended) {
            return "";
        }
    }

    private static boolean isCompiler(String stat) {
        return stat.contains("(C1 Compiler") || stat.contains("(C2 Compiler");
    }

    private static long ticks(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]);
    }

    /** The second number; a kernel without scheduler statistics has none. */
    private static long waitedNs(String schedstat) {
        String[] numbers = schedstat.strip().split(" ");
        return numbers.length < 2 ? 0 : Long.parseLong(numbers[1]);
    }
}
