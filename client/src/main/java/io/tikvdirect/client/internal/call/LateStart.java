package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.Saturation;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. An asynchronous call that waits for a place in the window, until its deadline. Taken by a free place or by
 * its timer, whichever comes first.
 */
final class LateStart implements OperationPool.Taker {

    private final CallEngine engine;
    private final OperationPool pool;
    private final Promise<?> promise;
    private final long deadlineNs;
    private final Consumer<Operation> starter;
    private final AtomicBoolean taken = new AtomicBoolean();
    private volatile OperationPool.@Nullable Waiter place;
    private volatile @Nullable ScheduledFuture<?> timer;

    private LateStart(
            CallEngine engine, OperationPool pool, Promise<?> promise, long deadlineNs, Consumer<Operation> starter) {
        this.engine = engine;
        this.pool = pool;
        this.promise = promise;
        this.deadlineNs = deadlineNs;
        this.starter = starter;
    }

    /** Waits if {@code always} or if the configuration says so, and not too many wait already; else fails the promise. */
    static void await(
            CallEngine engine,
            OperationPool pool,
            Promise<?> promise,
            int bodyBytes,
            long deadlineNs,
            boolean always,
            Consumer<Operation> starter) {
        if (!always && engine.config().asyncSaturation() == Saturation.FAIL) {
            promise.fail(CallEngine.backpressure(pool, "at once"));
        } else {
            new LateStart(engine, pool, promise, deadlineNs, starter).await(bodyBytes);
        }
    }

    private void await(int bodyBytes) {
        OperationPool.Waiter waiter = pool.acquireLater(bodyBytes, this);
        if (waiter == null) {
            promise.fail(CallEngine.backpressure(pool, "and as many calls wait as may"));
            return;
        }
        place = waiter;
        if (!taken.get()) {
            startTimer();
        }
    }

    private void startTimer() {
        long leftNs = Math.max(0, deadlineNs - System.nanoTime());
        try {
            timer = engine.timers().schedule(this::expire, leftNs, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException loopEnded) {
            refused(new ClientClosedException("the client is closed", FailureDetails.NONE, loopEnded));
        }
        if (taken.get()) {
            cancelTimer();
        }
    }

    @Override
    public void take(Operation operation) {
        if (!taken.compareAndSet(false, true)) {
            operation.release();
            return;
        }
        cancelTimer();
        if (promise.isWanted()) {
            CallEngine.begin(promise, operation, starter);
        } else {
            operation.release();
        }
    }

    @Override
    public void refused(ClientClosedException closed) {
        if (taken.compareAndSet(false, true)) {
            cancelTimer();
            promise.fail(closed);
        }
    }

    private void cancelTimer() {
        ScheduledFuture<?> pending = timer;
        if (pending != null) {
            pending.cancel(false);
        }
    }

    private void expire() {
        OperationPool.Waiter waiter = place;
        if (waiter != null && taken.compareAndSet(false, true)) {
            pool.leave(waiter);
            engine.slowPath().punctuality().ended(System.nanoTime(), deadlineNs);
            promise.fail(new RequestTimeoutException(
                    "the in-flight window was full until the deadline", FailureDetails.NONE, null));
        }
    }
}
