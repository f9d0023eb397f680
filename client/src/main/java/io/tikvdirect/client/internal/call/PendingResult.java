package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.client.internal.store.Operation;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. What a blocking face waits on: a thread parked until the loop has the result. Works on platform and virtual
 * threads alike, because it parks and holds no monitor.
 *
 * <p>The loop ends a call at its deadline. Should the loop itself be stuck, in a callback that blocks for instance, the
 * waiting thread gives up {@value #GRACE_MS} ms later by itself: time for a loop that is well to end the call with all that
 * it knows about it.
 *
 * @param <T> the result
 */
public class PendingResult<T extends @Nullable Object> implements Promise<T> {

    /** How much longer than the deadline to wait for a stuck loop, in milliseconds. */
    public static final long GRACE_MS = 40;

    private static final long GRACE_NS = TimeUnit.MILLISECONDS.toNanos(GRACE_MS);

    private final boolean harmfulTwice;
    private final Thread waiter = Thread.currentThread();
    private @Nullable T result;
    private @Nullable TikvException failure;
    private volatile boolean done;
    private volatile boolean givenUp;

    /** A result that the current thread is going to wait for, of a call that may be repeated without harm. */
    public PendingResult() {
        this(false);
    }

    /**
     * A result that the current thread is going to wait for.
     *
     * @param harmfulTwice whether the call is a write that must not be repeated, so that giving it up leaves its outcome
     *     unknown
     */
    public PendingResult(boolean harmfulTwice) {
        this.harmfulTwice = harmfulTwice;
    }

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

    @Override
    public final boolean isWanted() {
        return !givenUp;
    }

    /**
     * Waits for the result.
     *
     * @param deadlineNs the call's deadline
     * @param operation what to cancel when the thread gives up; only its cancel method is called
     * @param generation the use of the operation that is meant
     * @return the result
     */
    @SuppressWarnings("NullAway") // when done without failure the result is a T
    public final T await(long deadlineNs, @Nullable Operation operation, int generation) {
        long lastNs = deadlineNs + GRACE_NS;
        while (!done) {
            long leftNs = lastNs - System.nanoTime();
            if (leftNs <= 0 || Thread.currentThread().isInterrupted()) {
                throw givenUp(operation, generation);
            }
            LockSupport.parkNanos(this, leftNs);
        }
        TikvException why = failure;
        if (why != null) {
            why.setStackTrace(new Throwable().getStackTrace());
            throw why;
        }
        return result;
    }

    /** What was not sent yet is dropped, what was sent ends without anybody waiting for it. */
    private TikvException givenUp(@Nullable Operation operation, int generation) {
        givenUp = true;
        if (operation != null) {
            operation.cancel(generation);
        }
        InterruptedException interrupt = Thread.currentThread().isInterrupted() ? new InterruptedException() : null;
        String why = interrupt == null
                ? "the deadline has passed and the event loop is busy with something else"
                : "the waiting thread was interrupted";
        if (harmfulTwice) {
            return new UndeterminedException(
                    why + ": the write may or may not have been applied", FailureDetails.NONE, interrupt);
        }
        return interrupt == null
                ? new RequestTimeoutException(why, FailureDetails.NONE, null)
                : new OperationCancelledException(why, FailureDetails.NONE, interrupt);
    }
}
