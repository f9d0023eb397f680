package io.tikvdirect.client.internal.store;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Thread-safe. How many producers and one consumer of a queue agree that the consumer will look: a sleeping consumer is woken
 * by exactly one producer, and none that offers something is overlooked.
 *
 * <p>A producer offers first and asks afterwards; a consumer begins a round first and looks afterwards. Whatever the order of
 * the two, either the round sees what was offered, or the producer is the one that has to start the next round.
 */
final class WakeUp {

    private final AtomicBoolean due = new AtomicBoolean();

    /**
     * A producer has offered something.
     *
     * @return true when the caller has to see to it that the consumer runs
     */
    boolean request() {
        return !due.get() && due.compareAndSet(false, true);
    }

    /** The consumer runs, and will look into the queue after this. */
    void begin() {
        due.set(false);
    }
}
