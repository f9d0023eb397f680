package io.tikvdirect.client.internal.region;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Thread-safe. Counts what may have made some region unusable, or another look at it due: a region given up, a store that
 * failed or moved, a second that has passed. Who finds a region usable after having read the number may rely on it for as
 * long as the number stays; it moves on after the change it tells of.
 */
final class Generation {
    private final AtomicInteger number = new AtomicInteger();

    int number() {
        return number.get();
    }

    void advance() {
        number.incrementAndGet();
    }
}
