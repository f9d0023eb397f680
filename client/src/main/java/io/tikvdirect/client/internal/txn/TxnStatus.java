package io.tikvdirect.client.internal.txn;

/**
 * Immutable. What became of a transaction, as its primary key tells.
 *
 * @param fate what became of it
 * @param commitTs when it was committed, if it was
 * @param leftMs how long its locks must still be respected, while it is alive, in milliseconds
 * @param pushed whether it will not commit at or before the reader's timestamp any more, although it is alive
 */
record TxnStatus(Fate fate, long commitTs, long leftMs, boolean pushed) {

    /** What became of a transaction. */
    enum Fate {
        /** Committed; its locks become values. */
        COMMITTED,
        /** Rolled back for good; its locks are removed. */
        ROLLED_BACK,
        /** Its pessimistic primary lock is gone; nothing is decided about the transaction, but its pessimistic locks go. */
        PESSIMISTIC_LOCK_GONE,
        /** The key that a pessimistic lock calls primary is none any more: only such locks go. */
        PRIMARY_MOVED,
        /** Nobody else may decide yet. */
        ALIVE
    }

    static final TxnStatus ROLLED_BACK = new TxnStatus(Fate.ROLLED_BACK, 0, 0, false);
    static final TxnStatus PESSIMISTIC_LOCK_GONE = new TxnStatus(Fate.PESSIMISTIC_LOCK_GONE, 0, 0, false);

    static final TxnStatus PRIMARY_MOVED = new TxnStatus(Fate.PRIMARY_MOVED, 0, 0, false);

    static TxnStatus committed(long commitTs) {
        return new TxnStatus(Fate.COMMITTED, commitTs, 0, false);
    }

    static TxnStatus alive(long leftMs, boolean pushed) {
        return new TxnStatus(Fate.ALIVE, 0, Math.max(1, leftMs), pushed);
    }

    boolean isFinal() {
        return fate == Fate.COMMITTED || fate == Fate.ROLLED_BACK;
    }

    /** Whether a read at a timestamp sees the transaction's values. */
    boolean isVisibleAt(long readTs) {
        return fate == Fate.COMMITTED && Long.compareUnsigned(commitTs, readTs) <= 0;
    }
}
