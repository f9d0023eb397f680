package io.tikvdirect.embedded.internal.txn;

import io.tikvdirect.embedded.internal.mvcc.CommitRecord;
import io.tikvdirect.embedded.internal.mvcc.KeyRecord;
import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.mvcc.Versions;
import io.tikvdirect.proto.kvrpcpb.Action;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusResponse;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its caller. What became of a transaction, judged on its primary key, and what shall become of it.
 *
 * <table>
 * <caption>By what the key has of the transaction; the first row that fits</caption>
 * <tr><th>lock</th><th>condition</th><th>answer and effect</th></tr>
 * <tr><td>shared locks</td><td></td><td>primary_mismatch</td></tr>
 * <tr><td>of another primary, to be verified</td><td>pessimistic, and resolving a prewritten one</td><td>as without
 * lock, and the lock is removed</td></tr>
 * <tr><td>of another primary, to be verified</td><td>else</td><td>primary_mismatch</td></tr>
 * <tr><td>async commit</td><td>not forced to be ordinary</td><td>the lock as it is</td></tr>
 * <tr><td>pessimistic, taken with a conflict</td><td>the transaction is decided</td><td>that, and the lock is
 * removed</td></tr>
 * <tr><td>pessimistic, expired</td><td>resolving a pessimistic one</td><td>TTLExpirePessimisticRollback, lock
 * removed</td></tr>
 * <tr><td>expired</td><td></td><td>TTLExpireRollback, rolled back</td></tr>
 * <tr><td>alive</td><td>min_commit_ts set and not above the caller</td><td>pushed above it</td></tr>
 * <tr><td>alive</td><td></td><td>the lock; MinCommitTSPushed if now above the caller, or the caller is max</td></tr>
 * <tr><td>none</td><td>committed</td><td>commit_version</td></tr>
 * <tr><td>none</td><td>rolled back</td><td>NoAction</td></tr>
 * <tr><td>none</td><td>no rollback_if_not_exist</td><td>txn_not_found</td></tr>
 * <tr><td>none</td><td>resolving a pessimistic one</td><td>LockNotExistDoNothing</td></tr>
 * <tr><td>none</td><td></td><td>LockNotExistRollback, a protected rollback is noted</td></tr>
 * </table>
 */
final class StatusCheck {
    private final Workspace space;
    private final CheckTxnStatusRequest request;
    private final TxnKey key;
    private final long startTs;

    StatusCheck(Workspace space, CheckTxnStatusRequest request) {
        this.space = space;
        this.request = request;
        this.key = TxnKey.of(request.getPrimaryKey());
        this.startTs = request.getLockTs();
    }

    CheckTxnStatusResponse run() throws TxnException {
        raiseMaxTs();
        KeyRecord record = space.read(key);
        if (record.shared() != null) {
            throw TxnException.primaryMismatch(record.shared().info(key.user()));
        }
        TxnLock lock = record.lock();
        if (lock == null || lock.startTs() != startTs) {
            return missing(lock);
        }
        boolean isPrimary = key.user().equals(lock.primary());
        return request.getVerifyIsPrimary() && !isPrimary ? onMismatch(lock) : present(lock);
    }

    private void raiseMaxTs() {
        space.maxTs().raise(startTs);
        space.maxTs().raise(request.getCurrentTs());
        space.maxTs().raise(request.getCallerStartTs());
    }

    private CheckTxnStatusResponse onMismatch(TxnLock lock) throws TxnException {
        if (request.getResolvingPessimisticLock() || !lock.isPessimistic()) {
            throw TxnException.primaryMismatch(lock.info(key.user()));
        }
        CheckTxnStatusResponse response = missing(null);
        space.unlock(key, startTs, 0);
        return response;
    }

    private CheckTxnStatusResponse present(TxnLock lock) throws TxnException {
        if (lock.asyncCommit() && !request.getForceSyncCommit()) {
            return alive(lock, false);
        }
        if (lock.isPessimistic() && lock.lockedWithConflict()) {
            CheckTxnStatusResponse decided = decided();
            if (decided != null) {
                space.unlock(key, startTs, 0);
                return decided;
            }
        }
        return lock.isExpired(request.getCurrentTs()) ? expired(lock) : push(lock);
    }

    private CheckTxnStatusResponse expired(TxnLock lock) throws TxnException {
        if (lock.isPessimistic() && request.getResolvingPessimisticLock()) {
            space.unlock(key, startTs, 0);
            return action(Action.TTLExpirePessimisticRollback);
        }
        Rollbacks.lock(space, key, lock, true);
        return action(Action.TTLExpireRollback);
    }

    private CheckTxnStatusResponse push(TxnLock lock) throws TxnException {
        long caller = request.getCallerStartTs();
        TxnLock now = lock;
        if (lock.minCommitTs() != 0 && caller != Ts.MAX && !Ts.isBefore(caller, lock.minCommitTs())) {
            TxnLock.Draft pushed = lock.draft();
            pushed.minCommitTs = Ts.max(caller + 1, request.getCurrentTs());
            pushed.inMemory = false;
            now = pushed.lock();
            space.putLock(key, now, false);
        }
        boolean isAbove = caller == Ts.MAX || (caller != 0 && Ts.isBefore(caller, now.minCommitTs()));
        return alive(now, isAbove);
    }

    /** As recorded, the key of the lock is the primary it names, not the key asked (SURPRISES 29). */
    private static CheckTxnStatusResponse alive(TxnLock lock, boolean isPushed) {
        return CheckTxnStatusResponse.newBuilder()
                .setAction(isPushed ? Action.MinCommitTSPushed : Action.NoAction)
                .setLockTtl(lock.ttlMs())
                .setLockInfo(lock.info(lock.primary()))
                .build();
    }

    private @Nullable CheckTxnStatusResponse decided() throws TxnException {
        CommitRecord record = Versions.commitRecord(space.read(key).newest(), startTs);
        return switch (record.kind()) {
            case COMMITTED ->
                CheckTxnStatusResponse.newBuilder()
                        .setCommitVersion(record.commitTs())
                        .build();
            case ROLLED_BACK -> CheckTxnStatusResponse.getDefaultInstance();
            case NONE -> null;
        };
    }

    private CheckTxnStatusResponse missing(@Nullable TxnLock other) throws TxnException {
        CheckTxnStatusResponse decided = decided();
        if (decided != null) {
            return decided;
        }
        if (!request.getRollbackIfNotExist()) {
            throw TxnException.txnNotFound(key, startTs);
        }
        if (request.getResolvingPessimisticLock()) {
            return action(Action.LockNotExistDoNothing);
        }
        CommitRecord record = Versions.commitRecord(space.read(key).newest(), startTs);
        Rollbacks.missing(space, key, other, startTs, record, true);
        return action(Action.LockNotExistRollback);
    }

    private static CheckTxnStatusResponse action(Action action) {
        return CheckTxnStatusResponse.newBuilder().setAction(action).build();
    }
}
