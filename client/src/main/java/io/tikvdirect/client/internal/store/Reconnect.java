package io.tikvdirect.client.internal.store;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Confined to its link's event loop. How long to wait before the next attempt to reach a store: nothing the first time,
 * then doubling from {@value #BASE_MS} ms to {@value #CAP_MS} ms, of which a random half is taken, so that clients do not
 * come back all at once.
 *
 * <p>The cap is what makes a client work again within a second of the store's return. At worst the store returns just after
 * an attempt to connect was lost, and the attempt times out just before the transport would have repeated it, which it does
 * every 300 ms: 300 ms, a pause of 500 ms, and the round trips of a connection. New calls go at once then; those that
 * wait out a back-off of their own (up to 2 s, within their deadlines) follow. Not in this bound: packets lost on a
 * connection that stands, which TCP repeats after pauses that double, until a probe gives the connection up.
 */
final class Reconnect {

    static final long BASE_MS = 25;
    static final long CAP_MS = 500;

    private int failures;

    /**
     * Counts a failure.
     *
     * @return milliseconds to wait before the next attempt
     */
    long failed() {
        long ceiling = Math.min(CAP_MS, BASE_MS << Math.min(failures, 10));
        failures++;
        return ceiling / 2 + ThreadLocalRandom.current().nextLong(ceiling / 2 + 1);
    }

    /** The store has answered a request: the next failure is a first one again. */
    void succeeded() {
        failures = 0;
    }

    int failures() {
        return failures;
    }
}
