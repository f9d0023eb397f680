package io.tikvdirect.embedded.internal.mvcc;

import com.google.protobuf.ByteString;
import io.tikvdirect.proto.kvrpcpb.LockInfo;
import io.tikvdirect.proto.kvrpcpb.Op;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Immutable. The locks of several transactions that share a key, the youngest first. */
public final class SharedLocks {
    private static final SharedLocks EMPTY = new SharedLocks(new TreeMap<>(order()), false);

    private final NavigableMap<Long, TxnLock> byStart;
    private final boolean shrinkOnly;

    private SharedLocks(NavigableMap<Long, TxnLock> byStart, boolean shrinkOnly) {
        this.byStart = byStart;
        this.shrinkOnly = shrinkOnly;
    }

    private static Comparator<Long> order() {
        return (a, b) -> Long.compareUnsigned(b, a);
    }

    /** Nobody's. */
    public static SharedLocks empty() {
        return EMPTY;
    }

    /** The lock of the transaction that started at {@code startTs}, or null. */
    public @Nullable TxnLock of(long startTs) {
        return byStart.get(startTs);
    }

    /** All of them. */
    public Collection<TxnLock> all() {
        return Collections.unmodifiableCollection(byStart.values());
    }

    public boolean isEmpty() {
        return byStart.isEmpty();
    }

    /** Whether nobody may join, since somebody waits for the key alone. */
    public boolean isShrinkOnly() {
        return shrinkOnly;
    }

    /** The locks with one more, or with one transaction's replaced. */
    public SharedLocks with(TxnLock lock) {
        TreeMap<Long, TxnLock> all = new TreeMap<>(byStart);
        all.put(lock.startTs(), lock);
        return new SharedLocks(all, shrinkOnly);
    }

    /** The locks without that of the transaction that started at {@code startTs}. */
    public SharedLocks without(long startTs) {
        TreeMap<Long, TxnLock> all = new TreeMap<>(byStart);
        all.remove(startTs);
        return new SharedLocks(all, shrinkOnly);
    }

    /** The same locks, which nobody may join any more. */
    public SharedLocks shrinkOnly() {
        return new SharedLocks(byStart, true);
    }

    /** The locks as errors describe them. */
    public LockInfo info(ByteString key) {
        return info(key, byStart.values());
    }

    /** Some of the locks as errors describe them. */
    public static LockInfo info(ByteString key, Collection<TxnLock> some) {
        LockInfo.Builder info = LockInfo.newBuilder().setKey(key).setLockType(Op.SharedLock);
        some.forEach(lock -> info.addSharedLockInfos(lock.info(key)));
        return info.build();
    }
}
