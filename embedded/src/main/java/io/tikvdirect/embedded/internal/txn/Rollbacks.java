package io.tikvdirect.embedded.internal.txn;

import io.tikvdirect.embedded.internal.mvcc.CommitRecord;
import io.tikvdirect.embedded.internal.mvcc.KeyRecord;
import io.tikvdirect.embedded.internal.mvcc.SharedLocks;
import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.mvcc.Version;
import io.tikvdirect.embedded.internal.mvcc.VersionType;
import io.tikvdirect.embedded.internal.mvcc.Versions;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. How a transaction is rolled back on a key.
 *
 * <table>
 * <caption>{@link #cleanUp}</caption>
 * <tr><th>the key has</th><th>then</th></tr>
 * <tr><td>the transaction's lock, alive at currentTs</td><td>locked</td></tr>
 * <tr><td>the transaction's lock otherwise</td><td>lock removed, rollback noted</td></tr>
 * <tr><td>its commit</td><td>refused: committed</td></tr>
 * <tr><td>its rollback</td><td>nothing</td></tr>
 * <tr><td>nothing of it</td><td>rollback noted, protected if asked; another's async commit lock remembers it too</td></tr>
 * </table>
 *
 * A rollback is protected on the primary, for a flushed lock, or when asked; an unprotected one is forgotten with the
 * next rollback of the key.
 */
final class Rollbacks {
    private Rollbacks() {}

    /**
     * Rolls a transaction back on a key.
     *
     * @param currentTs when to judge the time to live, 0 = roll back whatever it is
     */
    static void cleanUp(Workspace space, TxnKey key, long startTs, long currentTs, boolean protect)
            throws TxnException {
        KeyRecord record = space.pending(key);
        TxnLock own = own(record, startTs);
        if (own == null) {
            cleanUpMissing(space, key, record.lock(), startTs, protect);
            return;
        }
        if (currentTs != 0 && !own.isExpired(currentTs)) {
            throw TxnException.locked(
                    record.shared() == null
                            ? own.info(key.user())
                            : record.shared().info(key.user()));
        }
        lock(space, key, own, !protect);
    }

    static @Nullable TxnLock own(KeyRecord record, long startTs) {
        if (record.shared() != null) {
            return record.shared().of(startTs);
        }
        TxnLock lock = record.lock();
        return lock != null && lock.startTs() == startTs ? lock : null;
    }

    private static void cleanUpMissing(
            Workspace space, TxnKey key, @Nullable TxnLock other, long startTs, boolean protect) throws TxnException {
        CommitRecord record = Versions.commitRecord(space.read(key).newest(), startTs);
        switch (record.kind()) {
            case COMMITTED -> throw TxnException.committed(key, record.commitTs());
            case ROLLED_BACK -> {}
            case NONE -> missing(space, key, other, startTs, record, protect);
        }
    }

    /** Notes the rollback of a transaction of which the key has nothing. */
    static void missing(
            Workspace space, TxnKey key, @Nullable TxnLock other, long startTs, CommitRecord record, boolean protect)
            throws TxnException {
        if (!protect) {
            collapse(space, key, startTs);
        }
        if (other != null && protect && record.version() == null) {
            rememberUnder(space, key, other, startTs);
        }
        Version rollback = record.rollback(startTs, protect);
        if (rollback != null) {
            space.putVersion(key, rollback);
        }
    }

    /** An async commit may choose its commit timestamp by itself: it must not hide this rollback. */
    static void rememberUnder(Workspace space, TxnKey key, TxnLock other, long startTs) throws TxnException {
        if (other.asyncCommit() && !Ts.isBefore(startTs, other.minCommitTs())) {
            space.putLock(key, other.withRollback(startTs), false);
        }
    }

    /** Removes the transaction's lock and notes the rollback. */
    static void lock(Workspace space, TxnKey key, TxnLock lock, boolean collapse) throws TxnException {
        long startTs = lock.startTs();
        CommitRecord record = Versions.commitRecord(space.read(key).newest(), startTs);
        if (record.kind() == CommitRecord.Kind.NONE) {
            boolean isProtected = key.user().equals(lock.primary()) || lock.generation() > 0;
            Version rollback = record.rollback(startTs, isProtected);
            if (rollback != null) {
                space.putVersion(key, rollback);
            }
            if (collapse) {
                collapse(space, key, startTs);
            }
        }
        release(space, key, startTs, 0);
    }

    /** Removes one transaction's lock, of several that share the key or of one. */
    static void release(Workspace space, TxnKey key, long startTs, long commitTs) throws TxnException {
        SharedLocks shared = space.pending(key).shared();
        if (shared == null) {
            space.unlock(key, startTs, commitTs);
        } else {
            space.putShared(key, shared.without(startTs), startTs, commitTs);
        }
    }

    /** Forgets the newest rollback before this one, unless it is protected. */
    static void collapse(Workspace space, TxnKey key, long startTs) throws TxnException {
        Version before = Versions.seek(space.read(key).newest(), startTs);
        if (before != null && before.type() == VersionType.ROLLBACK && !before.isProtected()) {
            space.deleteVersion(key, before.commitTs());
        }
    }
}
