package io.tikvdirect.embedded.internal.mvcc;

import org.jspecify.annotations.Nullable;

/**
 * Immutable. All that is kept of a key.
 *
 * @param lock the one transaction's that holds it alone, or null
 * @param shared those of the transactions that hold it together, or null; never both
 * @param newest the newest version, or null
 */
public record KeyRecord(@Nullable TxnLock lock, @Nullable SharedLocks shared, @Nullable Version newest) {
    /** Of a key that was never written. */
    public static final KeyRecord EMPTY = new KeyRecord(null, null, null);

    public boolean isEmpty() {
        return !isLocked() && newest == null;
    }

    public boolean isLocked() {
        return lock != null || shared != null;
    }

    /** The record under that lock. */
    public KeyRecord withLock(TxnLock by) {
        return new KeyRecord(by, null, newest);
    }

    /** The record under those locks; none = not locked. */
    public KeyRecord withShared(SharedLocks by) {
        return new KeyRecord(null, by.isEmpty() ? null : by, newest);
    }

    public KeyRecord unlocked() {
        return new KeyRecord(null, null, newest);
    }

    /** The record with another chain of versions. */
    public KeyRecord withVersions(@Nullable Version chain) {
        return new KeyRecord(lock, shared, chain);
    }
}
