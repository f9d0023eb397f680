package io.tikvdirect.cli.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * One generating thread with its slots; the thread runs {@link #run()}, completions come in on any thread.
 *
 * <p>Closed loop: a completion issues the slot's next operation itself, so that nothing is handed over and this thread
 * sleeps. Open loop: this thread starts operations by the clock, and an operation that has to wait for a free slot is
 * late by that wait, since its latency counts from when it should have started.
 */
final class SlotDriver implements Runnable, Slots {
    private static final long IDLE_PARK_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long SHORT_PARK_NS = TimeUnit.MICROSECONDS.toNanos(50);

    private final Run run;
    private final double intervalNs;
    private final MpscVarHandleArrayQueue<Slot> waiting;
    private final AtomicInteger active;
    private final Slot[] slots;

    /**
     * A driver.
     *
     * @param count operations in flight at once
     * @param intervalNs time between two starts; 0 for a closed loop
     * @param slotMaker makes a slot that reports to this driver
     */
    SlotDriver(Run run, int count, double intervalNs, Function<Slots, Slot> slotMaker) {
        this.run = run;
        this.intervalNs = intervalNs;
        this.waiting = new MpscVarHandleArrayQueue<>(Math.max(2, count));
        this.active = new AtomicInteger(count);
        this.slots = new Slot[count];
        for (int i = 0; i < count; i++) {
            slots[i] = slotMaker.apply(this);
        }
    }

    @Override
    public void run() {
        if (intervalNs > 0) {
            runByTheClock();
        } else {
            runClosedLoop();
        }
    }

    @Override
    public void free(Slot slot) {
        if (run.isOver()) {
            retire();
        } else if (intervalNs > 0) {
            waiting.offer(slot);
        } else {
            slot.startNow();
        }
    }

    @Override
    public void freeLater(Slot slot) {
        if (run.isOver()) {
            retire();
        } else {
            waiting.offer(slot);
        }
    }

    @Override
    public void refused(Slot slot) {
        if (intervalNs == 0) {
            waiting.offer(slot);
            return;
        }
        while (!run.isOver()) {
            LockSupport.parkNanos(SHORT_PARK_NS);
            if (slot.issue()) {
                return;
            }
        }
        retire();
    }

    private void runClosedLoop() {
        for (Slot slot : slots) {
            slot.startNow();
        }
        while (active.get() > 0) {
            Slot slot = waiting.poll();
            if (slot == null) {
                LockSupport.parkNanos(IDLE_PARK_NS);
            } else if (run.isOver()) {
                retire();
            } else {
                slot.startNow();
            }
        }
    }

    private void runByTheClock() {
        for (Slot slot : slots) {
            waiting.offer(slot);
        }
        long firstNs = System.nanoTime();
        long started = 0;
        while (!run.isOver()) {
            long intendedNs = firstNs + (long) (started * intervalNs);
            if (!awaitTime(intendedNs)) {
                break;
            }
            Slot slot = awaitSlot();
            if (slot == null) {
                break;
            }
            started++;
            long forgivenNs = run.forgivenNs(intendedNs);
            firstNs += forgivenNs;
            slot.startAt(intendedNs + forgivenNs);
        }
        while (active.get() > 0) {
            if (waiting.poll() == null) {
                LockSupport.parkNanos(IDLE_PARK_NS);
            } else {
                retire();
            }
        }
    }

    /** Sleeps until the time has come; false if the run is over before. */
    private boolean awaitTime(long atNs) {
        long aheadNs = atNs - System.nanoTime();
        while (aheadNs > 0) {
            LockSupport.parkNanos(Math.min(aheadNs, IDLE_PARK_NS * 25));
            if (run.isOver()) {
                return false;
            }
            aheadNs = atNs - System.nanoTime();
        }
        return true;
    }

    private @Nullable Slot awaitSlot() {
        Slot slot = waiting.poll();
        while (slot == null && !run.isOver()) {
            LockSupport.parkNanos(SHORT_PARK_NS);
            slot = waiting.poll();
        }
        return slot;
    }

    private void retire() {
        if (active.decrementAndGet() == 0) {
            run.ended();
        }
    }
}
