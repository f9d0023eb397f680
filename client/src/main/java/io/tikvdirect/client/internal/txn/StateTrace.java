package io.tikvdirect.client.internal.txn;

/** Thread-safe. Sees the moves of state machines, so that tests can hold them against the tables of their classes. */
@FunctionalInterface
interface StateTrace {

    /** Sees nothing. */
    StateTrace NONE = (from, to) -> {};

    /**
     * A machine has moved.
     *
     * @param from its old state
     * @param to its new state, maybe the same
     */
    void moved(Enum<?> from, Enum<?> to);
}
