package io.tikvdirect.client.txn;

/** Immutable. What a snapshot sees of transactions that commit while it reads (SNP-05). */
public enum IsolationLevel {
    /** The state at the snapshot's timestamp; locks that may hide a part of it are resolved first. */
    SNAPSHOT(0),
    /** What is committed when the read arrives; locks are not looked at, and two reads need not agree. */
    READ_COMMITTED(1),
    /** As {@link #READ_COMMITTED}, but fails with a write conflict where there is a version newer than the timestamp. */
    READ_COMMITTED_CHECK_TIMESTAMP(2);

    private final int number;

    IsolationLevel(int number) {
        this.number = number;
    }

    /**
     * The number stores know.
     *
     * @return of {@code kvrpcpb.IsolationLevel}
     */
    public int number() {
        return number;
    }
}
