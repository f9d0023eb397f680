package io.tikvdirect.cli.bench;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Confined to one completing thread while the run lasts. Counts and latencies of the operations that ended there. */
final class Meter {
    private static final long LONGEST_NS = TimeUnit.HOURS.toNanos(1);

    private final Histogram nanos = new Histogram(LONGEST_NS, 3);
    private long errors;
    private @Nullable Throwable lastError;

    void completed(long latencyNs) {
        nanos.recordValue(Math.min(Math.max(latencyNs, 0), LONGEST_NS));
    }

    void failed(Throwable failure) {
        errors++;
        lastError = failure;
    }

    /** Adds another meter, whose thread has ended its run. */
    void add(Meter other) {
        nanos.add(other.nanos);
        errors += other.errors;
        lastError = other.lastError == null ? lastError : other.lastError;
    }

    Histogram nanos() {
        return nanos;
    }

    long operations() {
        return nanos.getTotalCount();
    }

    long errors() {
        return errors;
    }

    @Nullable
    Throwable lastError() {
        return lastError;
    }
}
