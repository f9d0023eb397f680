package io.tikvdirect.client.raw.soak;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that asks Linux every 10 ms how long the client's event loop has run and how long it was ready to run and had no
 * CPU. It tells a loop that has too much to do from one that the machine does not let do it. Elsewhere it knows nothing.
 */
final class LoopWatch implements Runnable {

    private static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int MOST_SAMPLES = 200_000;
    private static final Path THREADS = Path.of("/proc/self/task");

    /** Linux keeps 15 characters of a thread's name. */
    private static final String LOOP = "tikv-direct-loo";

    private final List<Sample> samples = new ArrayList<>();
    private volatile boolean stop;

    /** Immutable. What Linux said at that moment, in nanoseconds. */
    private record Sample(long atNs, long ranNs, long waitedNs) {}

    @Override
    public void run() {
        while (!stop) {
            Sample sample = busiest();
            if (sample != null && samples.size() < MOST_SAMPLES) {
                samples.add(sample);
            }
            LockSupport.parkNanos(PERIOD_NS);
        }
    }

    /** The loop that has run most, should there be several. */
    private static Sample busiest() {
        Sample most = null;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
            for (Path thread : threads) {
                Sample sample = sample(thread);
                if (sample != null && (most == null || sample.ranNs > most.ranNs)) {
                    most = sample;
                }
            }
        } catch (IOException notLinux) {
            return null;
        }
        return most;
    }

    private static Sample sample(Path thread) {
        try {
            if (!Files.readString(thread.resolve("comm")).startsWith(LOOP)) {
                return null;
            }
            String[] words = Files.readString(thread.resolve("schedstat")).split(" ");
            return new Sample(System.nanoTime(), Long.parseLong(words[0]), Long.parseLong(words[1]));
        } catch (IOException ended) {
            return null;
        }
    }

    void stop() {
        stop = true;
    }

    /** What the loop did in that time; after the thread has ended. */
    String between(long fromNs, long toNs) {
        Sample first = null;
        Sample last = null;
        for (Sample sample : samples) {
            if (sample.atNs - fromNs <= 0) {
                first = sample;
            }
            if (last == null || last.atNs - toNs < 0) {
                last = sample;
            }
        }
        return first == null
                ? "unknown"
                : "ran for " + Tally.millis(last.ranNs - first.ranNs) + " and waited for a CPU for "
                        + Tally.millis(last.waitedNs - first.waitedNs);
    }
}
