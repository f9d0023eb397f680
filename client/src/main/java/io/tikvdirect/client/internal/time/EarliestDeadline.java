package io.tikvdirect.client.internal.time;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. One timer for many waiters: it fires at the earliest of their deadlines, and whoever owns the waiters then
 * ends those that are due and says when to come back.
 *
 * <p>Waiters usually leave long before their deadline and then cost nothing here, neither a timer to cancel nor an entry
 * to remove; the timer simply finds nothing due when it fires.
 */
public final class EarliestDeadline implements AutoCloseable {
    /** Answer of {@link Waiters#expire} when nobody waits. */
    public static final long NONE = Long.MAX_VALUE;

    private final ScheduledExecutorService scheduler;
    private final Waiters waiters;
    private long armedNs;
    private @Nullable ScheduledFuture<?> timer;
    private boolean closed;

    /**
     * A timer that is not armed.
     *
     * @param scheduler where it fires, an event loop for instance
     * @param waiters who is asked then
     */
    public EarliestDeadline(final ScheduledExecutorService scheduler, final Waiters waiters) {
        this.scheduler = scheduler;
        this.waiters = waiters;
    }

    /**
     * Sees to it that the timer fires no later than a deadline.
     *
     * @param deadlineNs the deadline, {@link System#nanoTime()} based, or {@link #NONE}
     */
    public synchronized void add(final long deadlineNs) {
        if (closed || deadlineNs == NONE) {
            return;
        }
        if (timer == null) {
            arm(deadlineNs);
        } else if (deadlineNs - armedNs < 0) {
            timer.cancel(false);
            arm(deadlineNs);
        }
    }

    private void arm(final long deadlineNs) {
        armedNs = deadlineNs;
        final long delayNs = Math.max(0, deadlineNs - System.nanoTime());
        timer = scheduler.schedule(this::fire, delayNs, TimeUnit.NANOSECONDS);
    }

    /** Disarms first, so that a waiter who comes while others are ended arms the timer for itself. */
    private void fire() {
        disarm();
        add(waiters.expire(System.nanoTime()));
    }

    private synchronized void disarm() {
        timer = null;
    }

    /** Never fires again. */
    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /** Whoever waits. */
    @FunctionalInterface
    public interface Waiters {

        /**
         * Ends all waiters whose deadline has come.
         *
         * @param nowNs the present {@link System#nanoTime()}
         * @return the earliest deadline of those that go on waiting, or {@link EarliestDeadline#NONE}
         */
        long expire(long nowNs);
    }
}
