package io.tikvdirect.embedded.internal.mvcc;

import io.tikvdirect.embedded.internal.data.SortedSnapshot;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Thread-safe. The transactional keys of the whole cluster, shared by all stores as the raw pairs are. Readers take
 * {@link #now()} without a lock; writers hold {@link #writing()} from their first look to {@link #publish}, so that each
 * command is atomic and sees what the ones before it did.
 */
public final class MvccSpace {
    /**
     * Immutable. The keys at one moment.
     *
     * @param keys all keys, memcomparable
     * @param locked those of them that are locked, to find locks without passing all keys
     */
    public record State(SortedSnapshot<KeyRecord> keys, SortedSnapshot<KeyRecord> locked) {
        /** The record of a key, {@link KeyRecord#EMPTY} when there is none. */
        public KeyRecord get(byte[] key) {
            KeyRecord record = keys.get(key);
            return record == null ? KeyRecord.EMPTY : record;
        }

        State with(byte[] key, KeyRecord record) {
            return new State(
                    record.isEmpty() ? keys.without(key) : keys.with(key, record),
                    record.isLocked() ? locked.with(key, record) : locked.without(key));
        }

        State withoutRange(byte[] start, byte[] end) {
            return new State(keys.withoutRange(start, end), locked.withoutRange(start, end));
        }
    }

    private final ReentrantLock writing = new ReentrantLock();
    private volatile State state = new State(SortedSnapshot.empty(), SortedSnapshot.empty());

    /** The keys as of now. */
    public State now() {
        return state;
    }

    /** Who holds it is the only writer. */
    public ReentrantLock writing() {
        return writing;
    }

    /** Replaces the records of some keys, all at once; by who holds {@link #writing()}. */
    public void publish(Map<byte[], KeyRecord> changes) {
        requireWriter();
        State next = state;
        for (Map.Entry<byte[], KeyRecord> change : changes.entrySet()) {
            next = next.with(change.getKey(), change.getValue());
        }
        state = next;
    }

    /** Removes the keys from {@code start} to below {@code end} (empty: to the end) with all they have. */
    public void destroyRange(byte[] start, byte[] end) {
        writing.lock();
        try {
            state = state.withoutRange(start, end);
        } finally {
            writing.unlock();
        }
    }

    private void requireWriter() {
        if (!writing.isHeldByCurrentThread()) {
            throw new IllegalStateException("only the writer may publish");
        }
    }
}
