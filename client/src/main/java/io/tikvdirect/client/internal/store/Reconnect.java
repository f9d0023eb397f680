package io.tikvdirect.client.internal.store;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Confined to its link's event loop. How long to wait before the next attempt to reach a store: nothing the first time,
 * then doubling from {@value #BASE_MS} ms to {@value #CAP_MS} ms, of which a random half is taken, so that clients do not
 * come back all at once. The cap is what makes a client work again well within a second of the store's return.
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
