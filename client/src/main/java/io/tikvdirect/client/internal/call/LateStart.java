package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.Saturation;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationPool;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. An asynchronous call that waits for a place in the window, until its deadline. Taken by a free place or by
 * its timer, whichever comes first.
 */
final class LateStart implements Runnable {

    private final OperationPool pool;
    private final Promise<?> promise;
    private final int bodyBytes;
    private final Consumer<Operation> starter;
    private final AtomicBoolean taken = new AtomicBoolean();
    private volatile @Nullable ScheduledFuture<?> timer;

    private LateStart(OperationPool pool, Promise<?> promise, int bodyBytes, Consumer<Operation> starter) {
        this.pool = pool;
        this.promise = promise;
        this.bodyBytes = bodyBytes;
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
            return;
        }
        LateStart waiting = new LateStart(pool, promise, bodyBytes, starter);
        if (!pool.acquireLater(waiting)) {
            promise.fail(CallEngine.backpressure(pool, "and as many calls wait as may"));
            return;
        }
        long leftNs = Math.max(0, deadlineNs - System.nanoTime());
        waiting.timer = engine.timers().schedule(waiting::expire, leftNs, TimeUnit.NANOSECONDS);
    }

    /** A place may be free. */
    @Override
    public void run() {
        if (taken.get()) {
            return;
        }
        Operation operation;
        try {
            operation = pool.tryAcquire(bodyBytes);
        } catch (TikvException closed) {
            if (taken.compareAndSet(false, true)) {
                cancelTimer();
                promise.fail(closed);
            }
            return;
        }
        if (operation == null) {
            if (!pool.acquireLater(this) && taken.compareAndSet(false, true)) {
                promise.fail(CallEngine.backpressure(pool, "and as many calls wait as may"));
            }
        } else if (taken.compareAndSet(false, true)) {
            cancelTimer();
            CallEngine.begin(promise, operation, starter);
        } else {
            operation.release();
        }
    }

    private void cancelTimer() {
        ScheduledFuture<?> pending = timer;
        if (pending != null) {
            pending.cancel(false);
        }
    }

    private void expire() {
        if (taken.compareAndSet(false, true)) {
            promise.fail(new RequestTimeoutException(
                    "the in-flight window was full until the deadline", FailureDetails.NONE, null));
        }
    }
}
