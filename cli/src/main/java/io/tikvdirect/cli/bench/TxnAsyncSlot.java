package io.tikvdirect.cli.bench;

import io.tikvdirect.client.txn.AsyncTransaction;
import io.tikvdirect.client.txn.AsyncTransactionClient;
import io.tikvdirect.client.txn.LockOptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** As {@link Slot}. A transaction on the asynchronous face; see {@link TxnSyncCalls}. */
final class TxnAsyncSlot extends Slot {
    private static final CompletionStage<Boolean> NOTHING_TO_FIND = CompletableFuture.completedFuture(true);

    private final AsyncTransactionClient transactions;
    private final Dataset data;
    private final Workload workload;
    private final BiConsumer<@Nullable Boolean, @Nullable Throwable> onEnd = this::ended;

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
    }

    @Override
    boolean issue() {
        operation().whenComplete(onEnd);
        return true;
    }

    private CompletionStage<Boolean> operation() {
        if (workload == Workload.TXN_TS) {
            return transactions.timestamp().thenApply(timestamp -> timestamp.version() != 0);
        }
        byte[] key = data.key(sequence.next());
        if (workload == Workload.TXN_GET) {
            return transactions
                    .timestamp()
                    .thenCompose(ts -> transactions.snapshot(ts).get(key))
                    .thenApply(TxnAsyncSlot::isThere);
        }
        byte[] other = workload == Workload.TXN_RW ? data.key(sequence.next()) : key;
        return transactions.run(TxnSyncCalls.options(workload), txn -> write(txn, key, other));
    }

    private CompletionStage<Boolean> write(AsyncTransaction txn, byte[] key, byte[] other) {
        CompletionStage<Boolean> found =
                switch (workload) {
                    case TXN_RW -> txn.get(key).thenApply(TxnAsyncSlot::isThere);
                    case TXN_PESSIMISTIC ->
                        txn.lock(List.of(key), LockOptions.DEFAULT.returningValues())
                                .thenApply(values -> isThere(values.get(0)));
                    default -> NOTHING_TO_FIND;
                };
        return found.thenApply(present -> {
            txn.put(key, data.value());
            txn.put(other, data.value());
            return present;
        });
    }

    private static boolean isThere(byte @Nullable [] value) {
        return value != null;
    }

    private void ended(@Nullable Boolean found, @Nullable Throwable thrown) {
        if (thrown != null) {
            failed(thrown);
        } else if (Boolean.TRUE.equals(found)) {
            succeeded();
        } else {
            failed(new MissingDataException());
        }
    }
}
