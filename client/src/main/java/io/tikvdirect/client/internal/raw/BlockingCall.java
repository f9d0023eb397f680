package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. One call of the blocking face: a thread parked until the loop has the result. Works on platform and virtual
 * threads alike, because it parks and holds no monitor.
 *
 * <p>The loop ends the operation at its deadline. Should the loop itself be stuck, in a callback that blocks for instance,
 * the waiting thread gives up {@value #GRACE_MS} ms later by itself.
 *
 * @param <T> the result
 */
final class BlockingCall<T extends @Nullable Object> implements Promise<T>, OperationListener {

    static final long GRACE_MS = 1_000;

    private final RawEngine engine;
    private final @Nullable AnswerReader<T> reader;
    private final Thread waiter = Thread.currentThread();
    private @Nullable T result;
    private @Nullable TikvException failure;
    private volatile boolean done;

    /**
     * A call of the current thread.
     *
     * @param engine its engine
     * @param reader makes the result; null when someone else does
     */
    BlockingCall(RawEngine engine, @Nullable AnswerReader<T> reader) {
        this.engine = engine;
        this.reader = reader;
    }

    @Override
    public void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        engine.answer(operation, java.util.Objects.requireNonNull(reader), message, offset, length, this);
    }

    @Override
    public void onFailure(Operation operation, TikvException why) {
        operation.release();
        fail(why);
    }

    @Override
    public void onRoute(Operation operation) {
        engine.router().route(operation);
    }

    @Override
    public void succeed(T value) {
        result = value;
        done = true;
        LockSupport.unpark(waiter);
    }

    @Override
    public void fail(TikvException why) {
        failure = why;
        done = true;
        LockSupport.unpark(waiter);
    }

    /**
     * Waits for the result of an operation.
     *
     * @param deadlineNs the call's deadline
     * @param operation what to cancel when the thread is interrupted; only its cancel method is called
     * @param generation the use of the operation that is meant
     * @return the result
     */
    @SuppressWarnings({"NullAway", "ThreadPriorityCheck"}) // when done without failure the result is a T
    T await(long deadlineNs, @Nullable Operation operation, int generation) {
        long lastNs = deadlineNs + TimeUnit.MILLISECONDS.toNanos(GRACE_MS);
        int spins = engine.spins();
        while (!done) {
            if (spins > 0) {
                spins--;
                Thread.onSpinWait();
            } else if (Thread.currentThread().isInterrupted()) {
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
