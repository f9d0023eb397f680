package io.tikvdirect.bench.peer;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** One thread: one operation after the other, as they end or by the clock. Read by others after it has ended. */
final class Worker extends Thread {
    /** Where a run is. */
    enum Phase {
        WARMING,
        MEASURING,
        OVER
    }

    static volatile Phase phase = Phase.WARMING;

    final Histogram nanos = new Histogram(TimeUnit.HOURS.toNanos(1), 3);
    long errors;
    Throwable lastError;

    private final Work work;
    private final SplittableRandom random;
    private final double everyNs;
    private final double offsetNs;

    Worker(Work work, int number, int workers, double rate) {
        super("bench-" + number);
        this.work = work;
        this.random = new SplittableRandom(number);
        this.everyNs = rate == 0 ? 0 : workers * 1e9 / rate;
        this.offsetNs = everyNs * number / workers;
        setDaemon(true);
    }

    @Override
    public void run() {
        long firstNs = System.nanoTime();
        for (long started = 0; phase != Phase.OVER; started++) {
            long intendedNs = everyNs == 0 ? System.nanoTime() : await(firstNs + (long) (offsetNs + started * everyNs));
            if (everyNs > 0 && phase == Phase.WARMING) { // what a slow start leaves due is forgiven
                long forgivenNs = Math.max(0, System.nanoTime() - intendedNs);
                firstNs += forgivenNs;
                intendedNs += forgivenNs;
            }
            operate(intendedNs);
        }
    }

    /** Latency counts from when the operation should have started. */
    private static long await(long atNs) {
        for (long left = atNs - System.nanoTime(); left > 0 && phase != Phase.OVER; left = atNs - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, 50_000_000));
        }
        return atNs;
    }

    private void operate(long intendedNs) {
        Throwable failure = null;
        try {
            work.operate(random);
        } catch (RuntimeException thrown) {
            failure = thrown;
        }
        if (phase != Phase.MEASURING) {
            return;
        }
        if (failure == null) {
            nanos.recordValue(Math.min(System.nanoTime() - intendedNs, TimeUnit.HOURS.toNanos(1)));
        } else {
            errors++;
            lastError = failure;
        }
    }
}
