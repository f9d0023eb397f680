package io.tikvdirect.client.internal.txn;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();
    private final ReferenceQueue<Handle> forgotten = new ReferenceQueue<>();
    private final LongAdder leaked = new LongAdder();

    /** Held by all faces of one transaction, and by nothing else. */
    static final class Handle {
        private final TransactionCore core;

        private Handle(TransactionCore core) {
            this.core = core;
        }

        TransactionCore core() {
            return core;
        }
    }

    private static final class Entry extends PhantomReference<Handle> {
        private final TransactionCore core;
        private final @Nullable Throwable birth;

        Entry(Handle handle, ReferenceQueue<Handle> queue) {
            super(handle, queue);
            this.core = handle.core;
            this.birth = LOG.isDebugEnabled() ? new Throwable("the transaction was begun here") : null;
        }
    }

    /** A transaction was begun. */
    Handle add(TransactionCore core) {
        Handle handle = new Handle(core);
        Entry entry = new Entry(handle, forgotten);
        entries.add(entry);
        core.onEnd(() -> entries.remove(entry));
        return handle;
    }

    /** Rolls back transactions that nobody can end. */
    void rollBackForgotten() {
        for (Reference<?> found = forgotten.poll(); found != null; found = forgotten.poll()) {
            Entry entry = (Entry) found;
            if (entries.contains(entry) && entry.core.isActive()) {
                leaked.increment();
                LOG.warn(
                        "transaction {} was forgotten: it was neither committed, rolled back nor closed{}",
                        Long.toUnsignedString(entry.core.startTs()),
                        entry.birth == null ? "; the debug level of this log tells where such ones begin" : "",
                        entry.birth);
                entry.core.rollback();
            }
        }
    }

    /** Rolls back all that is not being committed. */
    void rollBackAll() {
        entries.forEach(entry -> entry.core.rollback());
    }

    /** {@return how many were forgotten} */
    long leaked() {
        return leaked.sum();
    }

    /** {@return how many have not ended} */
    int count() {
        return entries.size();
    }
}
