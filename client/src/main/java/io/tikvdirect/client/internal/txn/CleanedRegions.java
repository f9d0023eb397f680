package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.internal.region.Region;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Thread-safe. Where all pessimistic locks of a transaction were asked to be removed at once, first in, first out. A store
 * that does not know this request leaves them, and is asked by keys the next time.
 */
final class CleanedRegions {

    static final int CAPACITY = 2_048;

    private record Cleaning(long startTs, long regionId, long regionVersion) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Cleaning> done = new LinkedHashSet<>();

    /** Notes a cleaning; false when it has been done before. */
    boolean add(long startTs, Region region) {
        lock.lock();
        try {
            boolean isNew = done.add(new Cleaning(startTs, region.id(), region.version()));
            if (done.size() > CAPACITY) {
                var eldest = done.iterator();
                eldest.next();
                eldest.remove();
            }
            return isNew;
        } finally {
            lock.unlock();
        }
    }
}
