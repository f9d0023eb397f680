package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.mvcc.KeyRecord;
import io.tikvdirect.embedded.internal.mvcc.LockType;
import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.mvcc.Version;
import io.tikvdirect.embedded.internal.mvcc.Versions;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.IsolationLevel;
import io.tikvdirect.proto.kvrpcpb.WriteConflict.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. How one request reads a key: at a timestamp, past some locks.
 *
 * <table>
 * <caption>Locks that don't block a read; the others do</caption>
 * <tr><th>isolation</th><th>lock</th></tr>
 * <tr><td>RC</td><td>all</td></tr>
 * <tr><td>SI, RCCheckTS</td><td>shared, pessimistic, of type Lock, in resolved_locks</td></tr>
 * <tr><td>SI</td><td>started after the read, or min_commit_ts above it</td></tr>
 * <tr><td>SI</td><td>on its own primary and not async, read at the maximum</td></tr>
 * <tr><td>SI, RCCheckTS</td><td>in committed_locks: the lock's value is read, unless the commit_ts is asked</td></tr>
 * </table>
 *
 * @param bypass resolved_locks
 * @param access committed_locks
 */
record SnapshotRead(
        long ts,
        IsolationLevel isolation,
        List<Long> bypass,
        List<Long> access,
        boolean needsCommitTs,
        boolean raisesMaxTs) {
    /** Immutable. What a key has. */
    record Found(ByteString value, long commitTs) {}

    static SnapshotRead of(Context context, long ts, boolean needsCommitTs) {
        return new SnapshotRead(
                ts,
                context.getIsolationLevel(),
                context.getResolvedLocksList(),
                context.getCommittedLocksList(),
                needsCommitTs,
                !context.getStaleRead());
    }

    /**
     * What the key has at the timestamp, null = nothing.
     *
     * @throws TxnException when a lock or, for RCCheckTS, a newer version is in the way
     */
    @Nullable
    Found read(TxnKey key, KeyRecord record) throws TxnException {
        TxnLock lock = record.lock();
        if (lock != null && blocks(key, lock)) {
            if (needsCommitTs || !access.contains(lock.startTs())) {
                throw inTheWay(key, lock);
            }
            ByteString value = lock.value();
            return value == null ? null : new Found(value, 0);
        }
        Version newest = record.newest();
        if (isolation == IsolationLevel.RCCheckTS && newest != null && Ts.isBefore(ts, newest.commitTs())) {
            throw TxnException.conflict(key, ByteString.EMPTY, ts, 0, newest.commitTs(), Reason.RcCheckTs);
        }
        Version version = Versions.visible(newest, ts, ts);
        return version == null || version.value() == null ? null : new Found(version.value(), version.commitTs());
    }

    private boolean blocks(TxnKey key, TxnLock lock) {
        if (isolation == IsolationLevel.RC
                || lock.type() == LockType.LOCK
                || lock.isPessimistic()
                || bypass.contains(lock.startTs())) {
            return false;
        }
        if (isolation == IsolationLevel.RCCheckTS) {
            return true;
        }
        boolean isLater = Ts.isBefore(ts, lock.startTs()) || Ts.isBefore(ts, lock.minCommitTs());
        boolean isOwnPrimary = ts == Ts.MAX && !lock.asyncCommit() && key.user().equals(lock.primary());
        return !isLater && !isOwnPrimary;
    }

    private TxnException inTheWay(TxnKey key, TxnLock lock) {
        return isolation == IsolationLevel.RCCheckTS
                ? TxnException.conflict(key, lock.primary(), ts, lock.startTs(), 0, Reason.RcCheckTs)
                : TxnException.locked(lock, key);
    }
}
