package io.tikvdirect.client.txn;

/** Immutable. How a transaction was committed, or was going to be. */
public enum CommitMode {
    /** All keys were locked, then the primary was committed, then the others. */
    TWO_PHASES,
    /** Locking all keys was the commit (TXN-10). */
    ASYNC,
    /** One request locked and committed all keys (TXN-11). */
    ONE_PHASE
}
