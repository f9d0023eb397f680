package io.tikvdirect.client.internal.store;

import io.netty.channel.EventLoop;
import io.tikvdirect.client.internal.time.Punctuality;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Confined to its link's event loop. Sees to it that operations end at their deadline, without doing anything for those
 * that end before.
 *
 * <p>It remembers the earliest deadline it was shown; a tick of {@value #TICK_MS} ms, running only while something is
 * under way, has everything looked through once that moment has passed. An operation so costs one comparison, and ends
 * at most one tick late.
 */
final class DeadlineTick implements Runnable {

    static final long TICK_MS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(DeadlineTick.class);

    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(TICK_MS);
    private static final int IDLE_TICKS = 100;

    private final EventLoop loop;
    private final Punctuality punctuality;
    private final Watched watched;
    private @Nullable Future<?> ticking;
    private long earliestNs;
    private long dueNs;
    private int idleTicks;

    /**
     * A tick that does not run yet.
     *
     * @param loop where it will
     * @param punctuality told how late it does
     * @param watched whose operations
     */
    DeadlineTick(EventLoop loop, Punctuality punctuality, Watched watched) {
        this.loop = loop;
        this.punctuality = punctuality;
        this.watched = watched;
    }

    /**
     * Watches an operation that is under way from now on.
     *
     * @param deadlineNs its deadline
     */
    void watch(long deadlineNs) {
        if (ticking == null) {
            earliestNs = deadlineNs;
            dueNs = System.nanoTime() + TICK_NS;
            ticking = loop.scheduleWithFixedDelay(this, TICK_NS, TICK_NS, TimeUnit.NANOSECONDS);
        } else if (deadlineNs - earliestNs < 0) {
            earliestNs = deadlineNs;
        }
        idleTicks = 0;
    }

    @Override
    public void run() {
        long nowNs = System.nanoTime();
        punctuality.timerRan(nowNs, dueNs);
        try {
            look(nowNs);
        } catch (RuntimeException | Error broken) {
            // a periodic task that throws is not run again, and nothing here would ever meet its deadline
            earliestNs = nowNs;
            LOG.error("a look at deadlines failed; the next one follows in {} ms", TICK_MS, broken);
        }
        dueNs = System.nanoTime() + TICK_NS;
    }

    private void look(long nowNs) {
        if (watched.isIdle()) {
            if (++idleTicks >= IDLE_TICKS) {
                stop();
            }
        } else if (nowNs - earliestNs >= 0) {
            // what is ended may submit again, and is then watched against the new earliest deadline
            earliestNs = nowNs + TimeUnit.HOURS.toNanos(24);
            watched.sweep(nowNs);
        }
        watched.onTick(nowNs);
    }

    /** Watches an operation that goes on after a sweep; only called by it. */
    void keep(long deadlineNs) {
        if (deadlineNs - earliestNs < 0) {
            earliestNs = deadlineNs;
        }
    }

    void stop() {
        Future<?> running = ticking;
        ticking = null;
        if (running != null) {
            running.cancel(false);
        }
    }

    /** Confined to the same event loop. Holds operations. */
    interface Watched {

        /** {@return whether nothing is under way} */
        boolean isIdle();

        /**
         * Called at every tick.
         *
         * @param nowNs now
         */
        void onTick(long nowNs);

        /**
         * Ends everything past its deadline and shows the deadline of everything else to {@link #keep}.
         *
         * @param nowNs now
         */
        void sweep(long nowNs);
    }
}
