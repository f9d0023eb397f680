package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.pd.ClusterTimestamps;
import io.tikvdirect.client.txn.AsyncTransactionClient;
import io.tikvdirect.client.txn.Maintenance;
import io.tikvdirect.client.txn.Snapshot;
import io.tikvdirect.client.txn.SnapshotOptions;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionBody;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Thread-safe. The blocking front door of transactions. */
public final class TransactionsFace implements TransactionClient {

    private final TxnEngine engine;
    private final AsyncTransactionClient async;
    private final Maintenance maintenance;
    private final ClusterTimestamps timestamps;
    private final Function<List<byte[]>, List<Long>> splitter;

    /**
     * Makes the faces over an engine.
     *
     * @param engine the engine
     * @param splitter splits regions at keys of transactions
     */
    public TransactionsFace(TxnEngine engine, Function<List<byte[]>, List<Long>> splitter) {
        this.engine = engine;
        this.splitter = splitter;
        this.maintenance = new MaintenanceFace(engine);
        this.timestamps = new ClusterTimestamps(engine.pd());
        this.async = new AsyncTransactionsFace(engine);
    }

    private long timeoutNs() {
        return engine.config().timeout().toNanos();
    }

    @Override
    public Timestamp timestamp() {
        return new Timestamp(timestamp(timeoutNs()));
    }

    private long timestamp(long timeoutNs) {
        return Faces.<Long>await(
                engine, timeoutNs, promise -> engine.timestamp(System.nanoTime() + timeoutNs, promise));
    }

    @Override
    public Timestamp lowResolutionTimestamp() {
        return new Timestamp(recent());
    }

    private long recent() {
        return Faces.<Long>await(
                engine, timeoutNs(), promise -> engine.clock().lowResolution(System.nanoTime() + timeoutNs(), promise));
    }

    @Override
    public Timestamp staleTimestamp(Duration ago) {
        return new Timestamp(Clock.before(recent(), ago));
    }

    @Override
    public Timestamp safeTimestamp(Map<String, String> storeLabels) {
        return new Timestamp(Faces.<Long>await(engine, timeoutNs(), promise -> engine.storeSafeTimestamps()
                .least(storeLabels, System.nanoTime() + timeoutNs(), promise)));
    }

    @Override
    public Timestamp minTimestamp() {
        return new Timestamp(asked(timestamps.min(System.nanoTime() + timeoutNs())));
    }

    @Override
    public Timestamp externalTimestamp() {
        return new Timestamp(asked(timestamps.external(System.nanoTime() + timeoutNs())));
    }

    @Override
    public void setExternalTimestamp(Timestamp timestamp) {
        boolean unused = asked(timestamps.setExternal(timestamp.version(), System.nanoTime() + timeoutNs()));
    }

    private <T> T asked(CompletableFuture<T> answer) {
        return Faces.<T>await(engine, timeoutNs(), promise -> {
            var unused = answer.whenComplete((result, failure) -> {
                if (failure == null) {
                    promise.succeed(result);
                } else {
                    promise.fail(CallEngine.asOwn(failure));
                }
            });
        });
    }

    @Override
    public Transaction begin() {
        return begin(TransactionOptions.DEFAULT);
    }

    @Override
    public Transaction begin(TransactionOptions options) {
        return begin(options, 1);
    }

    private TransactionFace begin(TransactionOptions options, int attempt) {
        Duration timeout = options.timeout();
        long startTs = timestamp(timeout == null ? timeoutNs() : timeout.toNanos());
        return new TransactionFace(new TransactionFace.Async(engine, options, startTs, attempt));
    }

    @Override
    public Transaction begin(TransactionOptions options, Timestamp start) {
        return new TransactionFace(new TransactionFace.Async(engine, options, start.version(), 1));
    }

    @Override
    public <T extends @Nullable Object> T run(TransactionOptions options, TransactionBody<T> body) {
        Rerun rerun = new Rerun(System.nanoTime(), options.retryFor());
        while (true) {
            try (TransactionFace transaction = begin(options, rerun.attempt())) {
                T result = body.run(transaction);
                if (transaction.core().isActive()) {
                    transaction.commit();
                }
                return result;
            } catch (TikvException failure) {
                pause(rerun.pauseNs(failure), failure);
            }
        }
    }

    private static void pause(long pauseNs, TikvException failure) {
        if (pauseNs == Rerun.STOP) {
            throw failure;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(pauseNs);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException(
                    "interrupted before the transaction was begun anew", FailureDetails.NONE, interrupted);
        }
    }

    @Override
    public Snapshot snapshot(Timestamp timestamp) {
        return new SnapshotFace(new SnapshotReads(engine, timestamp.version(), SnapshotOptions.DEFAULT));
    }

    @Override
    public List<Long> splitRegions(List<byte[]> keys) {
        return splitter.apply(keys);
    }

    @Override
    public Maintenance maintenance() {
        return maintenance;
    }

    @Override
    public boolean awaitBackground(Duration longest) {
        engine.checkMayBlock();
        return engine.awaitIdle(longest.toNanos());
    }

    @Override
    public AsyncTransactionClient async() {
        return async;
    }
}
