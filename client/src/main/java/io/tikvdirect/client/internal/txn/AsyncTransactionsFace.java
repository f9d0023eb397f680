package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.txn.AsyncSnapshot;
import io.tikvdirect.client.txn.AsyncTransaction;
import io.tikvdirect.client.txn.AsyncTransactionClient;
import io.tikvdirect.client.txn.SnapshotOptions;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.TransactionOptions;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Thread-safe. The asynchronous front door of transactions. */
final class AsyncTransactionsFace implements AsyncTransactionClient {

    private final TxnEngine engine;

    AsyncTransactionsFace(TxnEngine engine) {
        this.engine = engine;
    }

    @Override
    public CompletionStage<Timestamp> timestamp() {
        TransactionStages.Ask stage =
                new TransactionStages.Ask(engine, engine.config().timeout().toNanos());
        engine.timestamp(stage);
        return stage;
    }

    @Override
    public CompletionStage<AsyncTransaction> begin(TransactionOptions options) {
        TransactionStages.Begin stage = new TransactionStages.Begin(engine, options, Faces.timeoutNs(engine, options));
        engine.timestamp(stage);
        return stage;
    }

    @Override
    public <T extends @Nullable Object> CompletionStage<T> run(
            TransactionOptions options, Function<AsyncTransaction, CompletionStage<T>> body) {
        TransactionRun<T> run = new TransactionRun<>(engine, options, body);
        run.begin();
        return run;
    }

    @Override
    public AsyncSnapshot snapshot(Timestamp timestamp) {
        return new SnapshotFace.Async(new SnapshotReads(engine, timestamp.version(), SnapshotOptions.DEFAULT));
    }
}
