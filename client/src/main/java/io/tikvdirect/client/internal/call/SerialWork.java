package io.tikvdirect.client.internal.call;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Thread-safe. Work that any thread may ask for and that is done by one thread at a time, never nested: whoever asks while
 * nobody works does the work of all, until nobody has asked meanwhile. A round begins after every request that it answers.
 */
public final class SerialWork {

    private final AtomicInteger asked = new AtomicInteger();
    private final Runnable round;

    /**
     * Work that nobody has asked for.
     *
     * @param round does all there is to do; must not throw
     */
    public SerialWork(Runnable round) {
        this.round = round;
    }

    /** Asks for a round: done before this returns, or by the thread that works right now. */
    public void ask() {
        if (asked.getAndIncrement() != 0) {
            return;
        }
        int answered = 1;
        while (answered != 0) {
            round.run();
            answered = asked.addAndGet(-answered);
        }
    }
}
