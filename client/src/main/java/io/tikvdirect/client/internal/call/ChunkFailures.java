package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.TikvException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Thread-safe. What went wrong in a chunked call, and which of its items have no result because of it. */
final class ChunkFailures {

    private final ReentrantLock lock = new ReentrantLock();
    private final List<TikvException> failures = new ArrayList<>();
    private final BitSet failed = new BitSet();

    /** Forgets everything, for the next call. */
    void clear() {
        lock.lock();
        try {
            failures.clear();
            failed.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Keeps a failure that concerns all items. */
    void add(TikvException failure, int items) {
        lock.lock();
        try {
            failures.add(failure);
            failed.set(0, items);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Keeps a failure that concerns a chunk.
     *
     * @param withFollowers whether those that the same operation would have carried next fail with it
     * @param then run for one failure at a time
     * @return how many chunks are over with this
     */
    int add(TikvException failure, ChunkPlan plan, int chunk, boolean withFollowers, Runnable then) {
        lock.lock();
        try {
            failures.add(failure);
            then.run();
            return mark(plan, chunk, withFollowers);
        } finally {
            lock.unlock();
        }
    }

    /** A chunk and its followers share the fate of another one whose failure is kept already. */
    int addTo(ChunkPlan plan, int chunk) {
        lock.lock();
        try {
            return mark(plan, chunk, true);
        } finally {
            lock.unlock();
        }
    }

    private int mark(ChunkPlan plan, int chunk, boolean withFollowers) {
        int marked = 0;
        for (int each = chunk; each != ChunkPlan.NONE; each = withFollowers ? plan.follower(each) : ChunkPlan.NONE) {
            for (int i = plan.from(each); i < plan.to(each); i++) {
                failed.set(plan.item(i));
            }
            marked++;
        }
        return marked;
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return failures.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** {@return the failures in the order they became known; once nothing is added any more} */
    List<TikvException> all() {
        return failures;
    }

    /** {@return the keys of the items that have no result; once nothing is added any more} */
    List<byte[]> keys(ChunkItems items) {
        List<byte[]> keys = new ArrayList<>();
        failed.stream().forEach(item -> keys.add(items.key(item)));
        return keys;
    }
}
