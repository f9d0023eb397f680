package io.tikvdirect.client.txn;

import org.jspecify.annotations.Nullable;

/**
 * What {@link TransactionClient#run} does in a transaction, maybe several times.
 *
 * @param <T> what it gives
 */
@FunctionalInterface
public interface TransactionBody<T extends @Nullable Object> {

    /**
     * Reads and writes. Whatever it does outside of the transaction happens as often as it is called.
     *
     * @param transaction to use; committed afterwards, unless the body has ended it
     * @return the result of the last time counts
     */
    T run(Transaction transaction);
}
