package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.PendingStage;
import io.tikvdirect.client.internal.store.Router;
import io.tikvdirect.client.txn.AsyncSnapshot;
import io.tikvdirect.client.txn.AsyncTransaction;
import io.tikvdirect.client.txn.AsyncTransactionClient;
import io.tikvdirect.client.txn.SnapshotOptions;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.TransactionOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Thread-safe. The asynchronous front door of transactions. */
@SuppressWarnings("FutureReturnValueIgnored") // what a continuation does, it reports itself
final class AsyncTransactionsFace implements AsyncTransactionClient {

    private final TxnEngine engine;

    AsyncTransactionsFace(TxnEngine engine) {
        this.engine = engine;
    }

    private long deadlineNs(TransactionOptions options) {
        Duration timeout = options.timeout() == null ? engine.config().timeout() : options.timeout();
        return System.nanoTime() + timeout.toNanos();
    }

    @Override
    public CompletionStage<Timestamp> timestamp() {
        return Faces.stage(
                engine,
                promise -> engine.timestamp(
                        deadlineNs(TransactionOptions.DEFAULT),
                        TxnEngine.promise(timestamp -> promise.succeed(new Timestamp(timestamp)), promise::fail)));
    }

    @Override
    public CompletionStage<AsyncTransaction> begin(TransactionOptions options) {
        return begin(options, 1).thenApply(this::face);
    }

    private AsyncTransaction face(TransactionCore core) {
        return new TransactionFace.Async(engine.open().add(core));
    }

    private PendingStage<TransactionCore> begin(TransactionOptions options, int attempt) {
        return Faces.stage(
                engine,
                promise -> engine.timestamp(
                        deadlineNs(options),
                        TxnEngine.promise(
                                startTs -> promise.succeed(new TransactionCore(engine, options, startTs, attempt)),
                                promise::fail)));
    }

    @Override
    public <T extends @Nullable Object> CompletionStage<T> run(
            TransactionOptions options, Function<AsyncTransaction, CompletionStage<T>> body) {
        PendingStage<T> stage = new PendingStage<>(engine.callbackExecutor());
        once(options, body, new Rerun(options.retryFor()), stage);
        return stage;
    }

    private <T extends @Nullable Object> void once(
            TransactionOptions options,
            Function<AsyncTransaction, CompletionStage<T>> body,
            Rerun rerun,
            PendingStage<T> stage) {
        begin(options, rerun.attempt()).whenComplete((core, failure) -> {
            if (failure != null) {
                stage.completeExceptionally(failure);
                return;
            }
            attempt(core, body).whenComplete((result, failed) -> {
                core.rollback();
                if (failed == null) {
                    stage.complete(result);
                } else {
                    again(failed, options, body, rerun, stage);
                }
            });
        });
    }

    private <T extends @Nullable Object> CompletionStage<T> attempt(
            TransactionCore core, Function<AsyncTransaction, CompletionStage<T>> body) {
        AsyncTransaction transaction = face(core);
        CompletionStage<T> running;
        try {
            running = body.apply(transaction);
        } catch (RuntimeException thrown) {
            running = CompletableFuture.failedStage(thrown);
        }
        return running.thenCompose(result -> core.isActive()
                ? transaction.commit().thenApply(committed -> result)
                : CompletableFuture.completedStage(result));
    }

    private <T extends @Nullable Object> void again(
            Throwable failed,
            TransactionOptions options,
            Function<AsyncTransaction, CompletionStage<T>> body,
            Rerun rerun,
            PendingStage<T> stage) {
        TikvException own = Router.ownFailure(failed);
        long pauseNs = own == null ? Rerun.STOP : rerun.pauseNs(own);
        if (pauseNs == Rerun.STOP) {
            stage.completeExceptionally(own == null ? failed : own);
        } else {
            engine.pauses().after(pauseNs, () -> once(options, body, rerun, stage), stage::fail);
        }
    }

    @Override
    public AsyncSnapshot snapshot(Timestamp timestamp) {
        return new SnapshotFace.Async(new SnapshotReads(engine, timestamp.version(), SnapshotOptions.DEFAULT));
    }
}
