package io.tikvdirect.client.internal.txn;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. The transactions that have not ended. One whose faces nobody holds any more cannot be ended by its user: it
 * is rolled back and reported, with the place where it was begun when the log level of this class is debug at that time.
 */
final class OpenTransactions {

    private static final Logger LOG = LoggerFactory.getLogger(OpenTransactions.class);

    /** So many lists that threads seldom meet at one; a power of two. */
    private static final int LISTS = 16;

    private final OpenList[] lists = new OpenList[LISTS];
    private final ReferenceQueue<Object> forgotten = new ReferenceQueue<>();
    private final LongAdder leaked = new LongAdder();

    OpenTransactions() {
        for (int i = 0; i < LISTS; i++) {
            lists[i] = new OpenList();
        }
    }

    /**
     * Its links are guarded by its list. What there is of a transaction beside its face: it learns when nobody holds the
     * face any more, and is kept by the list until the transaction has ended.
     */
    abstract static class Open extends PhantomReference<Object> {
        private final @Nullable Throwable birth;
        private @Nullable Open before;
        private @Nullable Open after;

        /**
         * A transaction that is in no list yet.
         *
         * @param face held by whoever can end it, and by nothing else
         * @param all where it is going to be
         */
        Open(Object face, OpenTransactions all) {
            super(face, all.forgotten);
            this.birth = LOG.isDebugEnabled() ? new Throwable("the transaction was begun here") : null;
        }

        abstract long startTs();

        abstract boolean isActive();

        abstract void rollback();
    }

    /** Guarded by itself. A part of the transactions, as a list through themselves. */
    private static final class OpenList {
        private @Nullable Open first;
        private int size;

        synchronized void add(Open open) {
            Open next = first;
            open.after = next;
            if (next != null) {
                next.before = open;
            }
            first = open;
            size++;
        }

        /** Does nothing when it is not in the list. */
        synchronized void remove(Open open) {
            Open before = open.before;
            Open after = open.after;
            if (before == null && first != open) {
                return;
            }
            if (before == null) {
                first = after;
            } else {
                before.after = after;
            }
            if (after != null) {
                after.before = before;
            }
            open.before = null;
            open.after = null;
            size--;
        }

        synchronized void addTo(List<Open> all) {
            for (Open open = first; open != null; open = open.after) {
                all.add(open);
            }
        }

        synchronized int size() {
            return size;
        }
    }

    private OpenList listOf(Open open) {
        // timestamps of one millisecond differ in their lowest bits only
        return lists[(int) open.startTs() & (LISTS - 1)];
    }

    /** A transaction was begun. */
    void add(Open open) {
        listOf(open).add(open);
    }

    /** A transaction has ended. */
    void remove(Open open) {
        listOf(open).remove(open);
    }

    /** Rolls back transactions that nobody can end. */
    void rollBackForgotten() {
        for (Reference<?> found = forgotten.poll(); found != null; found = forgotten.poll()) {
            Open open = (Open) found;
            if (open.isActive()) {
                leaked.increment();
                LOG.warn(
                        "transaction {} was forgotten: it was neither committed, rolled back nor closed{}",
                        Long.toUnsignedString(open.startTs()),
                        open.birth == null ? "; the debug level of this log tells where such ones begin" : "",
                        open.birth);
                open.rollback();
            }
        }
    }

    /** Rolls back all that is not being committed. */
    void rollBackAll() {
        List<Open> all = new ArrayList<>();
        for (OpenList list : lists) {
            list.addTo(all);
        }
        all.forEach(Open::rollback);
    }

    /** {@return how many were forgotten} */
    long leaked() {
        return leaked.sum();
    }

    /** {@return how many have not ended} */
    int count() {
        int count = 0;
        for (OpenList list : lists) {
            count += list.size();
        }
        return count;
    }
}
