package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.log.RateLimitedLog;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. The stage that an asynchronous face hands out; completes on the callback executor, if there is one.
 *
 * @param <T> the result
 */
public class PendingStage<T extends @Nullable Object> extends CompletableFuture<T> implements Promise<T> {

    private static final RateLimitedLog LOG = new RateLimitedLog(LoggerFactory.getLogger(PendingStage.class));

    private final @Nullable Executor executor;

    /**
     * A stage that is not complete.
     *
     * @param executor where it completes; null: on the thread that has the result
     */
    public PendingStage(@Nullable Executor executor) {
        this.executor = executor;
    }

    /** Stages made from this one are ordinary. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    @Override
    public final boolean isWanted() {
        return !isDone();
    }

    @Override
    public final void succeed(T value) {
        if (executor == null) {
            complete(value);
        } else {
            handOver(executor, () -> complete(value));
        }
    }

    @Override
    public final void fail(TikvException why) {
        if (executor == null) {
            completeExceptionally(why);
        } else {
            handOver(executor, () -> completeExceptionally(why));
        }
    }

    /** {@return whether it completes on an executor of the caller's} */
    protected final boolean isHandedOver() {
        return executor != null;
    }

    /**
     * Runs what a caller has given where the stage completes.
     *
     * @param callback must not block when there is no executor
     */
    protected final void inCallback(Runnable callback) {
        if (executor == null) {
            callback.run();
        } else {
            handOver(executor, callback);
        }
    }

    /** An executor that refuses, or is broken, does not keep the call from ending; completing twice does nothing. */
    private static void handOver(Executor executor, Runnable completion) {
        try {
            executor.execute(completion);
        } catch (RejectedExecutionException executorEnded) {
            completion.run();
        } catch (RuntimeException | Error broken) {
            LOG.warn("the callback executor threw", broken);
            completion.run();
        }
    }
}
