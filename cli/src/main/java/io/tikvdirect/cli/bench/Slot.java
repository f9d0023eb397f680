package io.tikvdirect.cli.bench;

/**
 * Confined to whoever drives it: its driver while it is free, its completion while its operation is in flight. One place
 * of the window: issues one operation at a time and, in a closed loop, the next one when it has ended.
 */
abstract class Slot {
    private final Run run;
    private final Slots slots;
    final KeyChoice.Sequence sequence;
    private long intendedStartNs;

    Slot(Run run, Slots slots, KeyChoice.Sequence sequence) {
        this.run = run;
        this.slots = slots;
        this.sequence = sequence;
    }

    /** Issues the next operation, whose latency counts from now. */
    final void startNow() {
        startAt(System.nanoTime());
    }

    /** Issues the next operation, whose latency counts from its intended start. */
    final void startAt(long intendedNs) {
        intendedStartNs = intendedNs;
        if (!issue()) {
            slots.refused(this);
        }
    }

    /** Gives the operation to the client; false if the window is full, and then nothing happened. */
    abstract boolean issue();

    /** The operation ended well. */
    final void succeeded() {
        run.completed(intendedStartNs);
        slots.free(this);
    }

    /** The operation failed. */
    final void failed(Throwable failure) {
        run.failed(failure);
        slots.freeLater(this);
    }
}
