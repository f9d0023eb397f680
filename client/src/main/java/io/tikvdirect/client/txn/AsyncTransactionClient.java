package io.tikvdirect.client.txn;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. {@link TransactionClient} without blocking. Stages complete on the configured executor, else on an event
 * loop, where nothing may block.
 */
public interface AsyncTransactionClient {

    /**
     * See {@link TransactionClient#timestamp}.
     *
     * @return larger than every one given out before the call
     */
    CompletionStage<Timestamp> timestamp();

    /**
     * See {@link TransactionClient#begin(TransactionOptions)}.
     *
     * @param options how it behaves
     * @return a transaction to be committed or rolled back
     */
    CompletionStage<AsyncTransaction> begin(TransactionOptions options);

    /**
     * See {@link TransactionClient#run}.
     *
     * @param options how it behaves
     * @param body what to do, maybe several times; committed when its stage is complete
     * @param <T> what it gives
     * @return what the body gave the time it was committed
     */
    <T extends @Nullable Object> CompletionStage<T> run(
            TransactionOptions options, Function<AsyncTransaction, CompletionStage<T>> body);

    /**
     * See {@link TransactionClient#snapshot}.
     *
     * @param timestamp given out by the oracle, or {@link Timestamp#LATEST}
     * @return a snapshot
     */
    AsyncSnapshot snapshot(Timestamp timestamp);
}
