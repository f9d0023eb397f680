package io.tikvdirect.embedded.internal.mvcc;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. One version of a key, linked to the next older one: what TiKV keeps in its write and default families. Two
 * versions are the same only if they are one object.
 */
public final class Version {
    /** No fence was noted. */
    public static final long NO_FENCE = -1L;

    private final long commitTs;
    private final VersionType type;
    private final long startTs;
    private final @Nullable ByteString value;
    private final LastChange lastChange;
    private boolean isProtected;
    private boolean hasOverlappedRollback;
    private long gcFence = NO_FENCE;
    private @Nullable Version older;

    private Version(long commitTs, VersionType type, long startTs, @Nullable ByteString value, LastChange lastChange) {
        this.commitTs = commitTs;
        this.type = type;
        this.startTs = startTs;
        this.value = value;
        this.lastChange = lastChange;
    }

    /**
     * A version that stands alone.
     *
     * @param value of a put, else null
     * @param lastChange where the data lies when this is none
     */
    public static Version of(
            VersionType type, long startTs, long commitTs, @Nullable ByteString value, LastChange lastChange) {
        return new Version(commitTs, type, startTs, value, lastChange);
    }

    /** What the commit of {@code lock} writes. */
    public static Version committed(TxnLock lock, long commitTs) {
        Version version =
                new Version(commitTs, lock.type().committed(), lock.startTs(), lock.value(), lock.lastChange());
        version.hasOverlappedRollback = lock.rollbackTs().contains(commitTs);
        return version;
    }

    /** The record that the transaction was rolled back; a protected one must not be forgotten. */
    public static Version rollback(long startTs, boolean isProtected) {
        Version version = new Version(startTs, VersionType.ROLLBACK, startTs, null, LastChange.UNKNOWN);
        version.isProtected = isProtected;
        return version;
    }

    private Version copy() {
        Version copy = new Version(commitTs, type, startTs, value, lastChange);
        copy.isProtected = isProtected;
        copy.hasOverlappedRollback = hasOverlappedRollback;
        copy.gcFence = gcFence;
        copy.older = older;
        return copy;
    }

    /**
     * A version of another transaction that now says also that the one starting here was rolled back.
     *
     * @param fence the next newer data version, 0 = there is none
     */
    public Version overlapped(long fence) {
        Version copy = copy();
        copy.hasOverlappedRollback = true;
        copy.gcFence = fence;
        return copy;
    }

    /** The version above another next older one. */
    Version above(@Nullable Version next) {
        if (next == older) {
            return this;
        }
        Version copy = copy();
        copy.older = next;
        return copy;
    }

    /** Where it stands; a rollback stands at its transaction's start. */
    public long commitTs() {
        return commitTs;
    }

    public VersionType type() {
        return type;
    }

    /** The transaction that wrote it. */
    public long startTs() {
        return startTs;
    }

    /** The value of a put, else null. */
    public @Nullable ByteString value() {
        return value;
    }

    /** Of a rollback: whether it must not be forgotten. */
    public boolean isProtected() {
        return isProtected;
    }

    /** Whether another transaction, which started at {@link #commitTs()}, was rolled back. */
    public boolean hasOverlappedRollback() {
        return hasOverlappedRollback;
    }

    /** The next newer data version when the overlapped rollback was noted, 0 = none; {@link #NO_FENCE} = not noted. */
    public long gcFence() {
        return gcFence;
    }

    /** Where the data lies when this is none. */
    public LastChange lastChange() {
        return lastChange;
    }

    /** The next older version, or null. */
    public @Nullable Version older() {
        return older;
    }

    /** Whether a read at {@code ts} that found this as the latest version may trust it. */
    public boolean isValidAsLatest(long ts) {
        return gcFence == NO_FENCE || gcFence == 0 || Ts.isBefore(ts, gcFence);
    }

    /** Whether it says that the transaction starting at {@code ts}, where it stands, was rolled back. */
    public boolean isRollbackOf(long ts) {
        return commitTs == ts && (type == VersionType.ROLLBACK || hasOverlappedRollback);
    }
}
