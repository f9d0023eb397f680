package io.tikvdirect.cli.bench;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Thread-safe. The phases of a run, and a meter for every thread on which operations end.
 *
 * <p>Every driver counts its operations in flight down when the run is over; what their threads recorded is visible to
 * whoever has waited for that.
 */
final class Run {
    private enum Phase {
        WARMUP,
        MEASURED,
        OVER
    }

    private final Queue<Meter> meters = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<Meter> meter = ThreadLocal.withInitial(this::newMeter);
    private final CountDownLatch quiet;
    private volatile Phase phase = Phase.WARMUP;
    private volatile boolean measuredSome;

    /**
     * A run.
     *
     * @param parts how many times {@link #ended()} is called when all has ended
     */
    Run(int parts) {
        this.quiet = new CountDownLatch(parts);
    }

    void measure() {
        phase = Phase.MEASURED;
    }

    void finish() {
        phase = Phase.OVER;
    }

    /**
     * How far the clock of an open loop is put back. While it warms up, whoever is late is forgiven: otherwise a slow start
     * leaves operations due that the measured time would have to begin with.
     *
     * @param intendedNs when an operation that starts now should have started
     * @return nanoseconds to add to this time and all later ones; 0 once the measured time has begun
     */
    long forgivenNs(long intendedNs) {
        return phase == Phase.WARMUP ? Math.max(0, System.nanoTime() - intendedNs) : 0;
    }

    boolean isOver() {
        return phase == Phase.OVER;
    }

    /** Notes a successful operation, if the run is in its measured time. */
    void completed(long intendedStartNs) {
        if (phase == Phase.MEASURED) {
            meter.get().completed(System.nanoTime() - intendedStartNs);
            noteEnd();
        }
    }

    /** Notes a failed operation, if the run is in its measured time. */
    void failed(Throwable failure) {
        if (phase == Phase.MEASURED) {
            meter.get().failed(failure);
            noteEnd();
        }
    }

    /** Written once: what all completing threads write again and again they would have to pass to each other. */
    private void noteEnd() {
        if (!measuredSome) {
            measuredSome = true;
        }
    }

    /** Whether an operation has ended in the measured time, well or not. */
    boolean hasMeasuredSome() {
        return measuredSome;
    }

    /** One part has no operation in flight any more and will start none. */
    void ended() {
        quiet.countDown();
    }

    /** Waits for all parts; false if they did not end in time. */
    boolean awaitQuiet(Duration longest) throws InterruptedException {
        return quiet.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** All meters together; only after {@link #awaitQuiet}. */
    Meter total() {
        Meter total = new Meter();
        meters.forEach(total::add);
        return total;
    }

    private Meter newMeter() {
        Meter made = new Meter();
        meters.add(made);
        return made;
    }
}
