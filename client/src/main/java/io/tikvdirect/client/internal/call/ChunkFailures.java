package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.TikvException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. What went wrong in a chunked call, and which of its items have no result because of it. Takes next to no
 * memory as long as nothing does.
 */
final class ChunkFailures {

    /** What is kept from the first failure on. */
    private static final class Kept {
        private final ReentrantLock lock = new ReentrantLock();
        private final List<TikvException> failures = new ArrayList<>();
        private final BitSet failed = new BitSet();

        int mark(ChunkPlan plan, int chunk, boolean withFollowers) {
            int marked = 0;
            for (int each = chunk;
                    each != ChunkPlan.NONE;
                    each = withFollowers ? plan.follower(each) : ChunkPlan.NONE) {
                for (int i = plan.from(each); i < plan.to(each); i++) {
                    failed.set(plan.item(i));
                }
                marked++;
            }
            return marked;
        }
    }

    private static final AtomicReferenceFieldUpdater<ChunkFailures, Kept> KEPT =
            AtomicReferenceFieldUpdater.newUpdater(ChunkFailures.class, Kept.class, "kept");

    private volatile @Nullable Kept kept;

    private Kept kept() {
        Kept present = kept;
        return present != null ? present : KEPT.updateAndGet(this, other -> other == null ? new Kept() : other);
    }

    /** Forgets everything, for the next call. */
    void clear() {
        kept = null;
    }

    /** Keeps a failure that concerns all items. */
    void add(TikvException failure, int items) {
        Kept present = kept();
        present.lock.lock();
        try {
            present.failures.add(failure);
            present.failed.set(0, items);
        } finally {
            present.lock.unlock();
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
        Kept present = kept();
        present.lock.lock();
        try {
            present.failures.add(failure);
            then.run();
            return present.mark(plan, chunk, withFollowers);
        } finally {
            present.lock.unlock();
        }
    }

    /** A chunk and its followers share the fate of another one whose failure is kept already. */
    int addTo(ChunkPlan plan, int chunk) {
        Kept present = kept();
        present.lock.lock();
        try {
            return present.mark(plan, chunk, true);
        } finally {
            present.lock.unlock();
        }
    }

    boolean isEmpty() {
        Kept present = kept;
        if (present == null) {
            return true;
        }
        present.lock.lock();
        try {
            return present.failures.isEmpty();
        } finally {
            present.lock.unlock();
        }
    }

    /** {@return the failures in the order they became known; once nothing is added any more} */
    List<TikvException> all() {
        Kept present = kept;
        return present == null ? List.of() : present.failures;
    }

    /** {@return the keys of the items that have no result; once nothing is added any more} */
    List<byte[]> keys(ChunkItems items) {
        List<byte[]> keys = new ArrayList<>();
        Kept present = kept;
        if (present != null) {
            present.failed.stream().forEach(item -> keys.add(items.key(item)));
        }
        return keys;
    }
}
