package io.tikvdirect.embedded.internal.txn;

import io.tikvdirect.embedded.internal.mvcc.CommitRecord;
import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.mvcc.Version;
import io.tikvdirect.embedded.internal.mvcc.Versions;

/**
 * Immutable. How a transaction is committed on a key.
 *
 * <table>
 * <caption>{@link #commit}</caption>
 * <tr><th>the key has</th><th>then</th></tr>
 * <tr><td>the transaction's lock, min_commit_ts above</td><td>refused: commit_ts_expired</td></tr>
 * <tr><td>its pessimistic lock</td><td>lock removed, nothing written (SURPRISES 27)</td></tr>
 * <tr><td>its lock otherwise</td><td>version written, lock removed</td></tr>
 * <tr><td>its commit, wherever</td><td>nothing (SURPRISES 26)</td></tr>
 * <tr><td>its rollback, or nothing of it</td><td>refused: txn_lock_not_found</td></tr>
 * </table>
 */
final class Commits {
    private Commits() {}

    static void commit(Workspace space, TxnKey key, long startTs, long commitTs) throws TxnException {
        TxnLock own = Rollbacks.own(space.pending(key), startTs);
        if (own == null) {
            CommitRecord record = Versions.commitRecord(space.read(key).newest(), startTs);
            if (record.kind() != CommitRecord.Kind.COMMITTED) {
                throw TxnException.lockNotFound(key, startTs, commitTs);
            }
            return;
        }
        if (Ts.isBefore(commitTs, own.minCommitTs())) {
            throw TxnException.commitTsExpired(key, own, commitTs);
        }
        if (own.isPessimistic()) {
            Rollbacks.release(space, key, startTs, 0);
        } else {
            space.putVersion(key, Version.committed(own, commitTs));
            Rollbacks.release(space, key, startTs, commitTs);
        }
    }

    /** Refuses a commit that does not come after its start. */
    static void requireAfterStart(long startTs, long commitTs) throws TxnException {
        if (!Ts.isBefore(startTs, commitTs)) {
            throw TxnException.aborted("InvalidTxnTso, start " + Long.toUnsignedString(startTs) + ", commit "
                    + Long.toUnsignedString(commitTs));
        }
    }
}
