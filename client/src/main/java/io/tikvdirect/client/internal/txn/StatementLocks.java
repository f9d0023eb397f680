package io.tikvdirect.client.internal.txn;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Guarded by the guard of its transaction. What one statement has locked, over its attempts (PES-04). */
final class StatementLocks {

    private final Set<byte[]> before = new TreeSet<>(Arrays::compareUnsigned);
    private final Set<byte[]> now = new TreeSet<>(Arrays::compareUnsigned);
    private final Map<byte[], byte @Nullable []> values = new TreeMap<>(Arrays::compareUnsigned);

    /** A key is asked for; when it was locked by an earlier attempt it belongs to this one too. */
    void ask(byte[] key) {
        if (before.remove(key)) {
            now.add(key);
        }
    }

    /** A key was locked that was not before. */
    void locked(byte[] key) {
        now.add(key);
    }

    /** What a key holds; it cannot change while it is locked. */
    void keep(Map<byte[], byte @Nullable []> newest) {
        newest.forEach((key, value) -> {
            if (now.contains(key)) {
                values.put(key, value);
            }
        });
    }

    boolean knows(byte[] key) {
        return values.containsKey(key);
    }

    byte @Nullable [] value(byte[] key) {
        return values.get(key);
    }

    /** Another attempt begins. */
    void retry() {
        before.addAll(now);
        now.clear();
    }

    /** Locked by earlier attempts only. */
    Set<byte[]> leftOver() {
        return before;
    }

    /** All that was locked. */
    Set<byte[]> all() {
        Set<byte[]> all = new TreeSet<>(Arrays::compareUnsigned);
        all.addAll(before);
        all.addAll(now);
        return all;
    }

    boolean isEmpty() {
        return now.isEmpty();
    }
}
