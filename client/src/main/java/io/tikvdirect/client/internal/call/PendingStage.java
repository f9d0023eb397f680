package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.TikvException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. The stage that an asynchronous face hands out; completes on the callback executor, if there is one.
 *
 * @param <T> the result
 */
public class PendingStage<T extends @Nullable Object> extends CompletableFuture<T> implements Promise<T> {

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
    public final void succeed(T value) {
        if (executor == null) {
            complete(value);
            return;
        }
        try {
            executor.execute(() -> complete(value));
        } catch (RejectedExecutionException executorEnded) {
            complete(value);
        }
    }

    @Override
    public final void fail(TikvException why) {
        if (executor == null) {
            completeExceptionally(why);
            return;
        }
        try {
            executor.execute(() -> completeExceptionally(why));
        } catch (RejectedExecutionException executorEnded) {
            completeExceptionally(why);
        }
    }
}
