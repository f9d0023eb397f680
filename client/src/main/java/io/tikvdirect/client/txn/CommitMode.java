package io.tikvdirect.client.txn;

<<<<<<< HEAD
/** Immutable. How a transaction was committed, or was going to be. */
public enum CommitMode {
    /** All keys were locked, then the primary was committed, then the others. */
    TWO_PHASES,
    /** Locking all keys was the commit (TXN-10). */
    ASYNC,
    /** One request locked and committed all keys (TXN-11). */
    ONE_PHASE
=======
/** Immutable. How a transaction was committed. */
public enum CommitMode {
    /** Keys locked first, then the primary key committed while the caller waited. */
    TWO_PHASES("2pc"),
    /** Committed once all keys were locked (TXN-10). */
    ASYNC("async"),
    /** A single request did everything (TXN-11). */
    ONE_PHASE("1pc");

    private final String label;

    CommitMode(String label) {
        this.label = label;
    }

    /**
     * The short name that {@code ./tikv shell} prints.
     *
     * @return {@code 2pc}, {@code async} or {@code 1pc}
     */
    public String label() {
        return label;
    }
>>>>>>> hist
}
