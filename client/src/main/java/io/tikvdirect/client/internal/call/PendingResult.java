package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.store.Operation;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. What a blocking face waits on: a thread parked until the loop has the result. Works on platform and virtual
 * threads alike, because it parks and holds no monitor.
 *
 * <p>The loop ends a call at its deadline. Should the loop itself be stuck, in a callback that blocks for instance, the
 * waiting thread gives up {@value #GRACE_MS} ms later by itself.
 *
 * @param <T> the result
 */
public class PendingResult<T extends @Nullable Object> implements Promise<T> {

    /** How much longer than the deadline to wait for a stuck loop, in milliseconds. */
    public static final long GRACE_MS = 1_000;

    private final Thread waiter = Thread.currentThread();
    private @Nullable T result;
    private @Nullable TikvException failure;
    private volatile boolean done;

    /** A result that the current thread is going to wait for. */
    public PendingResult() {}

    @Override
    public final void succeed(T value) {
        result = value;
        done = true;
        LockSupport.unpark(waiter);
    }

    @Override
    public final void fail(TikvException why) {
        failure = why;
        done = true;
        LockSupport.unpark(waiter);
    }

    /**
     * Waits for the result.
     *
     * @param deadlineNs the call's deadline
     * @param operation what to cancel when the thread is interrupted; only its cancel method is called
     * @param generation the use of the operation that is meant
     * @return the result
     */
    @SuppressWarnings("NullAway") // when done without failure the result is a T
    public final T await(long deadlineNs, @Nullable Operation operation, int generation) {
        long lastNs = deadlineNs + TimeUnit.MILLISECONDS.toNanos(GRACE_MS);
        while (!done) {
            if (Thread.currentThread().isInterrupted()) {
                cancel(operation, generation);
                throw new OperationCancelledException(
                        "the waiting thread was interrupted", FailureDetails.NONE, new InterruptedException());
            } else if (System.nanoTime() - lastNs >= 0) {
                cancel(operation, generation);
                throw new RequestTimeoutException(
                        "the deadline has passed and the event loop is busy with something else",
                        FailureDetails.NONE,
                        null);
            } else {
                LockSupport.parkNanos(this, lastNs - System.nanoTime());
            }
        }
        TikvException why = failure;
        if (why != null) {
            why.setStackTrace(new Throwable().getStackTrace());
            throw why;
        }
        return result;
    }

    private static void cancel(@Nullable Operation operation, int generation) {
        if (operation != null) {
            operation.cancel(generation);
        }
    }
}
