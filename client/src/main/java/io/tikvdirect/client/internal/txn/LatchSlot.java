package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.internal.txn.Latches.Latch;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Keys with the same hash: who has each, who waits, and when it was last committed. What nobody has is
 * forgotten two minutes after its commit, or sooner when there are too many.
 */
final class LatchSlot {

    /** From so many keys on, old ones are looked for (client-go: latchListCount). */
    static final int RECYCLE_FROM = 5;

    /** How long a commit is remembered (client-go: expireDuration). */
    static final long REMEMBERED_MS = TimeUnit.MINUTES.toMillis(2);

    /** Keys remembered at most. */
    static final int MOST_KEYS = 1_024;

    /** Commits that wait for one key at most. */
    static final int MOST_WAITERS = 256;

    /** What becomes of who asks. */
    enum Answer {
        TAKEN,
        STALE,
        WAIT,
        CROWDED
    }

    private static final class Entry {
        private @Nullable Latch owner;
        private long commitTs;
        private final ArrayDeque<Latch> waiters = new ArrayDeque<>(1);

        boolean isFree() {
            return owner == null && waiters.isEmpty();
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ByteBuffer, Entry> entries = new LinkedHashMap<>();

    /** Asks for a key. */
    Answer ask(byte[] key, Latch latch) {
        lock.lock();
        try {
            ByteBuffer name = ByteBuffer.wrap(key);
            Entry entry = entries.get(name);
            if (entry == null) {
                recycle(latch.startTs());
                entry = new Entry();
                entries.put(name, entry);
            }
            if (isStale(entry, latch)) {
                return Answer.STALE;
            }
            if (entry.owner == null) {
                entry.owner = latch;
                latch.take();
                return Answer.TAKEN;
            }
            if (entry.waiters.size() == MOST_WAITERS) {
                return Answer.CROWDED;
            }
            entry.waiters.add(latch);
            return Answer.WAIT;
        } finally {
            lock.unlock();
        }
    }

    private static boolean isStale(Entry entry, Latch latch) {
        return Long.compareUnsigned(entry.commitTs, latch.startTs()) > 0;
    }

    /**
     * Lets a key go.
     *
     * @param commitTs when it was committed; 0: it was not
     * @return who waited and has it now, behind those that have lost it for good
     */
    List<Latch> letGo(byte[] key, long commitTs) {
        lock.lock();
        try {
            ByteBuffer name = ByteBuffer.wrap(key);
            Entry entry = entries.get(name);
            if (entry == null) {
                return List.of();
            }
            if (Long.compareUnsigned(commitTs, entry.commitTs) > 0) {
                entry.commitTs = commitTs;
            }
            entry.owner = null;
            List<Latch> next = handOn(entry);
            if (entry.isFree() && entry.commitTs == 0) {
                entries.remove(name);
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private static List<Latch> handOn(Entry entry) {
        List<Latch> next = new ArrayList<>(1);
        for (Latch first = entry.waiters.poll(); first != null; first = entry.waiters.poll()) {
            next.add(first);
            if (!isStale(entry, first)) {
                entry.owner = first;
                first.take();
                return next;
            }
        }
        return next;
    }

    /** Leaves the line for a key; false when it is not in it any more. */
    boolean leave(byte[] key, Latch latch) {
        lock.lock();
        try {
            Entry entry = entries.get(ByteBuffer.wrap(key));
            return entry != null && entry.waiters.remove(latch);
        } finally {
            lock.unlock();
        }
    }

    /** When a key was last committed here, as far as it is remembered; 0: not known. */
    long committed(byte[] key) {
        lock.lock();
        try {
            Entry entry = entries.get(ByteBuffer.wrap(key));
            return entry == null ? 0 : entry.commitTs;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    private void recycle(long nowTs) {
        if (entries.size() < RECYCLE_FROM) {
            return;
        }
        long nowMs = nowTs >>> Clock.LOGICAL_BITS;
        for (Iterator<Entry> each = entries.values().iterator(); each.hasNext(); ) {
            Entry entry = each.next();
            boolean isOld = nowMs - (entry.commitTs >>> Clock.LOGICAL_BITS) >= REMEMBERED_MS;
            if (entry.isFree() && (isOld || entries.size() >= MOST_KEYS)) {
                each.remove();
            }
        }
    }
}
