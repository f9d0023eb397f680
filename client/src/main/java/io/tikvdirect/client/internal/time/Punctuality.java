package io.tikvdirect.client.internal.time;

import java.util.concurrent.atomic.LongAccumulator;

/**
 * Thread-safe. How far the calls of a client outlived their deadlines, and how late its event loops ran their timers: the
 * client's own account of its promise that a call ends by its deadline.
 *
 * <p>The two numbers belong together. A call ends when a loop gets round to ending it, so an overrun about as large as the
 * loop's delay says that the machine was busy; a larger one says that the client has lost sight of a call.
 */
public final class Punctuality {

    private final LongAccumulator worstOverrunNs = new LongAccumulator(Math::max, 0);
    private final LongAccumulator worstDelayNs = new LongAccumulator(Math::max, 0);

    /** Nothing was late so far. */
    public Punctuality() {}

    /**
     * A call, or the part of it that one request carries, has ended.
     *
     * @param nowNs when, as {@link System#nanoTime()}
     * @param deadlineNs when it had to, as {@link System#nanoTime()}
     */
    public void ended(final long nowNs, final long deadlineNs) {
        if (nowNs - deadlineNs > 0) {
            worstOverrunNs.accumulate(nowNs - deadlineNs);
        }
    }

    /**
     * A timer ran on an event loop.
     *
     * @param nowNs when, as {@link System#nanoTime()}
     * @param dueNs when it was due, as {@link System#nanoTime()}
     */
    public void timerRan(final long nowNs, final long dueNs) {
        worstDelayNs.accumulate(nowNs - dueNs);
    }

    /** {@return how far the worst call outlived its deadline, in nanoseconds; 0 when none did} */
    public long worstOverrunNs() {
        return worstOverrunNs.get();
    }

    /** {@return how late the worst timer ran, in nanoseconds} */
    public long worstDelayNs() {
        return worstDelayNs.get();
    }
}
