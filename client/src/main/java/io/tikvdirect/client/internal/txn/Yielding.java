package io.tikvdirect.client.internal.txn;

/**
 * Immutable. Before which locks of others a transaction that writes gives way at once, instead of having them resolved and
 * waiting for their owners.
 *
 * <p>An optimistic transaction gives way to younger ones (TXN-02): what a younger one commits, an older one may not
 * overwrite. A pessimistic one does not, stores tell it which locks to wait for. Either gives way to everybody when it was asked to
 * (TXN-17).
 *
 * @param startTs of the transaction that writes
 * @param pessimistic whether it is
 * @param toEverybody whether any lock ends it
 */
record Yielding(long startTs, boolean pessimistic, boolean toEverybody) {

    /** Of an optimistic transaction. */
    static Yielding toYounger(long startTs) {
        return new Yielding(startTs, false, false);
    }

    boolean yieldsTo(Lock lock) {
        boolean younger = Long.compareUnsigned(lock.startTs(), startTs) > 0;
        return toEverybody || (younger && !pessimistic);
    }
}
