package io.tikvdirect.embedded.internal.topology;

import java.util.concurrent.atomic.AtomicLong;

/** Thread-safe. PD's counter for ids of stores, regions and peers: each number is given once. */
public final class Ids {
    private final AtomicLong last = new AtomicLong();

    /** The next id, from 1 on. */
    public long next() {
        return last.incrementAndGet();
    }

    /** Takes {@code count} ids at once and gives the last of them, as PD's AllocID does. */
    public long lastOf(int count) {
        return last.addAndGet(count);
    }
}
