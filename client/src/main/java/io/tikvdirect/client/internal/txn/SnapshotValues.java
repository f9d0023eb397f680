package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.txn.ValueCache;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. What was read at one timestamp, up to a bound; when that is reached the key that was not asked for the
 * longest time goes. Keys and values are copied in and out, because they are their readers' own.
 */
final class SnapshotValues implements ValueCache {

    /** What a key counts for beside its bytes and those of its value. */
    private static final int ENTRY_BYTES = 96;

    /** Immutable. A key that was read. */
    static final class Found {
        private final byte @Nullable [] value;

        Found(byte @Nullable [] value) {
            this.value = value;
        }

        /** Its value, the caller's own; null when there is none. */
        byte @Nullable [] value() {
            return value;
        }
    }

    private static final SnapshotValues NONE = new SnapshotValues(0);

    private final long capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ByteBuffer, Found> values = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;
    private long hits;

    private SnapshotValues(long capacity) {
        this.capacity = capacity;
    }

    /**
     * A cache that keeps nothing yet.
     *
     * @param capacity in bytes; 0: it never keeps anything
     */
    static SnapshotValues of(long capacity) {
        return capacity == 0 ? NONE : new SnapshotValues(capacity);
    }

    boolean isOn() {
        return capacity > 0;
    }

    /** What was read of a key; null when nobody has read it, or it was forgotten. */
    @Nullable
    Found find(byte[] key) {
        if (capacity == 0) {
            return null;
        }
        lock.lock();
        try {
            Found found = values.get(ByteBuffer.wrap(key));
            if (found == null) {
                return null;
            }
            hits++;
            return new Found(found.value == null ? null : found.value.clone());
        } finally {
            lock.unlock();
        }
    }

    /** A key was read. */
    void add(byte[] key, byte @Nullable [] value) {
        long size = size(key, value);
        if (size > capacity) {
            return;
        }
        Found found = new Found(value == null ? null : value.clone());
        lock.lock();
        try {
            if (values.putIfAbsent(ByteBuffer.wrap(key.clone()), found) == null) {
                bytes += size;
                makeRoom();
            }
        } finally {
            lock.unlock();
        }
    }

    private void makeRoom() {
        var eldest = values.entrySet().iterator();
        while (bytes > capacity) {
            Map.Entry<ByteBuffer, Found> entry = eldest.next();
            bytes -= size(entry.getKey().array(), entry.getValue().value);
            eldest.remove();
        }
    }

    private static long size(byte[] key, byte @Nullable [] value) {
        return (long) ENTRY_BYTES + key.length + (value == null ? 0 : value.length);
    }

    @Override
    public long hits() {
        lock.lock();
        try {
            return hits;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int size() {
        lock.lock();
        try {
            return values.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void forget(List<byte[]> keys) {
        lock.lock();
        try {
            for (byte[] key : keys) {
                Found found = values.remove(ByteBuffer.wrap(key));
                if (found != null) {
                    bytes -= size(key, found.value);
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
