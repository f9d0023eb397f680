package io.tikvdirect.client.internal.store;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.backoff.Backoffer;
import io.tikvdirect.client.internal.events.ClientEvents;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Operations that wait out a back-off, each by a timer on the loop that sent it here. Whoever takes an
 * operation out, its timer or {@link #close}, owns it: taking out is atomic, so it goes on or fails exactly once.
 */
public final class Sleepers {

    private final long budgetNs;
    private final Set<Sleep> sleeping = ConcurrentHashMap.newKeySet();
    private final LongAdder backoffs = new LongAdder();
    private volatile boolean closed;

    /**
     * Nobody sleeps yet.
     *
     * @param budgetNs sleep allowed per operation, in nanoseconds
     */
    public Sleepers(long budgetNs) {
        this.budgetNs = budgetNs;
    }

    /**
     * Lets an operation sleep and go on, or fails it.
     *
     * @param operation owned by the caller, never after
     * @param kind what was met
     * @param cause in words
     * @param atLeastNs a pause the server asked for, in nanoseconds; 0: none
     * @param loop where the timer runs
     */
    void backOff(Operation operation, BackoffKind kind, String cause, long atLeastNs, EventLoop loop) {
        backoffs.increment();
        Backoffer backoffer = operation.backoffer();
        if (backoffer == null) {
            backoffer = new Backoffer(budgetNs, operation.deadlineNs(), ThreadLocalRandom.current());
            operation.backoffer(backoffer);
        }
        long nowNs = System.nanoTime();
        long delayNs = backoffer.nextDelayNs(kind, nowNs, cause, atLeastNs);
        if (delayNs == Backoffer.GIVE_UP) {
            operation.fail(givenUp(operation, backoffer.failure(operation.details(nowNs)), nowNs));
        } else {
            ClientEvents.backOff(kind.name(), cause, delayNs);
            operation.tellPause(delayNs);
            sleep(operation, delayNs, loop);
        }
    }

    private static TikvException givenUp(Operation operation, TikvException failure, long nowNs) {
        return operation.dispatched && !operation.replayable()
                ? new UndeterminedException(
                        "the outcome of the write is unknown",
                        operation.details(nowNs).build(),
                        failure)
                : failure;
    }

    /**
     * Lets an operation go on at once, but not deep inside what the caller is doing.
     *
     * @param operation owned by the caller, never after
     * @param loop where it goes on
     */
    void goOn(Operation operation, EventLoop loop) {
        sleep(operation, 0, loop);
    }

    private void sleep(Operation operation, long delayNs, EventLoop loop) {
        Sleep sleep = new Sleep(operation);
        sleeping.add(sleep);
        try {
            sleep.timer = loop.schedule(sleep, delayNs, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException loopEnded) {
            sleep.fail();
        }
        if (closed) {
            sleep.fail();
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** {@return how many back-offs were asked for} */
    public long backoffs() {
        return backoffs.sum();
    }

    /** Fails everybody who sleeps, and whoever comes later. */
    public void close() {
        closed = true;
        sleeping.forEach(Sleep::fail);
    }

    /** One operation and its timer. */
    private final class Sleep implements Runnable {
        private final Operation operation;
        private volatile @Nullable Future<?> timer;

        Sleep(Operation operation) {
            this.operation = operation;
        }

        @Override
        public void run() {
            if (sleeping.remove(this)) {
                operation.dispatched = operation.dispatched && operation.replayable();
                operation.listener().onRoute(operation);
            }
        }

        void fail() {
            if (sleeping.remove(this)) {
                Future<?> pending = timer;
                if (pending != null) {
                    pending.cancel(false);
                }
                operation.fail(new ClientClosedException(
                        "the client was closed",
                        operation.details(System.nanoTime()).build(),
                        null));
            }
        }
    }
}
