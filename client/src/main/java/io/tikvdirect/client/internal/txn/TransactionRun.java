package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.PendingStage;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.pd.TimestampRequest;
import io.tikvdirect.client.internal.store.Router;
import io.tikvdirect.client.txn.AsyncTransaction;
import io.tikvdirect.client.txn.TransactionOptions;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time, but as a stage thread-safe. Runs a body in transactions until one of them is committed:
 * waits for the start timestamp, for the body and for the commit, and is the stage handed out.
 *
 * @param <T> what the body gives
 */
@SuppressWarnings("FutureReturnValueIgnored") // what a continuation does, it reports itself
final class TransactionRun<T extends @Nullable Object> extends PendingStage<T>
        implements TimestampRequest, BiConsumer<T, @Nullable Throwable> {

    private final TxnEngine engine;
    private final TransactionOptions options;
    private final Function<AsyncTransaction, CompletionStage<T>> body;
    private long deadlineNs;
    private @Nullable Rerun rerun;
    private TransactionFace.@Nullable Async transaction;
    private boolean bodyIsDue;

    /** A run that has not begun. */
    TransactionRun(TxnEngine engine, TransactionOptions options, Function<AsyncTransaction, CompletionStage<T>> body) {
        super(engine.callbackExecutor());
        this.engine = engine;
        this.options = options;
        this.body = body;
    }

    /** Begins a transaction. */
    void begin() {
        deadlineNs = System.nanoTime() + Faces.timeoutNs(engine, options);
        engine.timestamp(this);
    }

    @Override
    public long deadlineNs() {
        return deadlineNs;
    }

    @Override
    public void onTimestamp(long startTs) {
        try {
            transaction = new TransactionFace.Async(engine, options, startTs, rerun == null ? 1 : rerun.attempt());
        } catch (RuntimeException refused) {
            completeExceptionally(refused);
            return;
        }
        bodyIsDue = true;
        if (isHandedOver()) {
            inCallback(this::runBody);
        } else {
            runBody();
        }
    }

    @Override
    public void onNoTimestamp(TikvException failure) {
        fail(failure);
    }

    /** Once for each transaction, also when a broken executor runs it and throws. */
    private void runBody() {
        if (!bodyIsDue) {
            return;
        }
        bodyIsDue = false;
        try {
            body.apply(running()).whenComplete(this);
        } catch (RuntimeException | Error thrown) {
            again(thrown);
        }
    }

    private TransactionFace.Async running() {
        TransactionFace.Async present = transaction;
        if (present == null) {
            throw new IllegalStateException("no transaction was begun");
        }
        return present;
    }

    /** The body has ended. */
    @Override
    public void accept(T result, @Nullable Throwable failure) {
        if (failure != null) {
            again(failure);
            return;
        }
        TransactionCore core = running().core();
        if (!core.isActive()) {
            succeed(result);
            return;
        }
        try {
            core.commit(new Committed<>(this, result));
        } catch (TikvException | IllegalStateException refused) {
            again(refused);
        }
    }

    /** The transaction has failed: it is begun anew, or this is the end. */
    private void again(Throwable failed) {
        running().core().rollback();
        TikvException own = Router.ownFailure(failed);
        long pauseNs = own == null ? Rerun.STOP : rerun().pauseNs(own);
        if (pauseNs != Rerun.STOP) {
            engine.pauses().after(pauseNs, this::begin, this::fail);
        } else if (own != null) {
            fail(own);
        } else {
            Throwable cause = failed instanceof CompletionException ? failed.getCause() : failed;
            inCallback(() -> completeExceptionally(cause == null ? failed : cause));
        }
    }

    private Rerun rerun() {
        Rerun present = rerun;
        if (present == null) {
            present = new Rerun(deadlineNs - Faces.timeoutNs(engine, options), options.retryFor());
            rerun = present;
        }
        return present;
    }

    private record Committed<T extends @Nullable Object>(TransactionRun<T> run, T result) implements Promise<Long> {
        @Override
        public void succeed(Long commitTs) {
            run.succeed(result);
        }

        @Override
        public void fail(TikvException failure) {
            run.again(failure);
        }
    }
}
