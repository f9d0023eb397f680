package io.tikvdirect.client.txn;

/** Immutable. A state of a transaction's writes to go back to; made by {@link Transaction#savepoint()}. */
public interface Savepoint {}
