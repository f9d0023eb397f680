package io.tikvdirect.cli.bench;

import io.tikvdirect.client.txn.AsyncTransaction;
import io.tikvdirect.client.txn.AsyncTransactionClient;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.TransactionOptions;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * As {@link Slot}. A transaction on the asynchronous face; see {@link TxnSyncCalls}. What it does between the client's
 * stages is made once, not for each operation: the figures are to be the client's.
 */
final class TxnAsyncSlot extends Slot {
    private static final CompletionStage<Boolean> NOTHING_TO_FIND = CompletableFuture.completedFuture(true);

    private final AsyncTransactionClient transactions;
    private final Dataset data;
    private final Workload workload;
    private final TransactionOptions options;
    private final BiConsumer<@Nullable Object, @Nullable Throwable> onEnd = this::ended;
    private final BiConsumer<@Nullable Timestamp, @Nullable Throwable> onTimestamp = this::read;
    private final Function<AsyncTransaction, CompletionStage<Boolean>> body = this::write;
    private final Function<@Nullable Object, Boolean> onFound = this::put;
    private byte[] key = new byte[0];
    private byte[] other = key;
    private @Nullable AsyncTransaction present;

    TxnAsyncSlot(
            Run run,
            Slots slots,
            KeyChoice.Sequence sequence,
            AsyncTransactionClient transactions,
            Dataset data,
            Workload workload) {
        super(run, slots, sequence);
        this.transactions = transactions;
        this.data = data;
        this.workload = workload;
        this.options = TxnSyncCalls.options(workload);
    }

    @Override
    boolean issue() {
        if (workload == Workload.TXN_TS) {
            transactions.timestamp().whenComplete(onEnd);
            return true;
        }
        key = data.key(sequence.next());
        if (workload == Workload.TXN_GET) {
            transactions.timestamp().whenComplete(onTimestamp);
            return true;
        }
        other = workload == Workload.TXN_RW ? data.key(sequence.next()) : key;
        transactions.run(options, body).whenComplete(onEnd);
        return true;
    }

    private void read(@Nullable Timestamp timestamp, @Nullable Throwable thrown) {
        if (timestamp == null) {
            ended(null, thrown);
        } else {
            transactions.snapshot(timestamp).get(key).whenComplete(onEnd);
        }
    }

    private CompletionStage<Boolean> write(AsyncTransaction txn) {
        present = txn;
        return switch (workload) {
            case TXN_RW -> txn.get(key).thenApply(onFound);
            case TXN_PESSIMISTIC ->
                txn.lock(List.of(key), LockOptions.DEFAULT.returningValues())
                        .thenApply(values -> values.get(0))
                        .thenApply(onFound);
            default -> NOTHING_TO_FIND.thenApply(onFound);
        };
    }

    private boolean put(@Nullable Object found) {
        AsyncTransaction txn = Objects.requireNonNull(present);
        txn.put(key, data.value());
        txn.put(other, data.value());
        return found != null;
    }

    /** With nothing, or false: what should have been there was not. */
    private void ended(@Nullable Object found, @Nullable Throwable thrown) {
        if (thrown != null) {
            failed(thrown);
        } else if (found == null || found.equals(false)) {
            failed(new MissingDataException());
        } else {
            succeeded();
        }
    }
}
