package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.mvcc.KeyRecord;
import io.tikvdirect.embedded.internal.mvcc.LastChange;
import io.tikvdirect.embedded.internal.mvcc.LockType;
import io.tikvdirect.embedded.internal.mvcc.SharedLocks;
import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.mvcc.Version;
import io.tikvdirect.embedded.internal.mvcc.Versions;
import io.tikvdirect.proto.kvrpcpb.WriteConflict.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its caller. Takes a pessimistic lock on one key.
 *
 * <table>
 * <caption>By the locks that the key has</caption>
 * <tr><th>locks</th><th>asked</th><th>then</th></tr>
 * <tr><td>another's</td><td>any</td><td>locked</td></tr>
 * <tr><td>own, prewritten</td><td>alone</td><td>LockTypeNotMatch</td></tr>
 * <tr><td>own, pessimistic</td><td>alone</td><td>a larger for_update_ts is noted; answers as if locked now</td></tr>
 * <tr><td>shared, open</td><td>alone</td><td>locked, and nobody may join any more</td></tr>
 * <tr><td>shared, shrinking</td><td>alone, or shared by a new one</td><td>locked</td></tr>
 * <tr><td>shared with it</td><td>shared</td><td>a larger for_update_ts is noted</td></tr>
 * <tr><td>none, or shared and open</td><td></td><td>versions are checked, then it locks</td></tr>
 * </table>
 *
 * <table>
 * <caption>By the newest version</caption>
 * <tr><th>version</th><th>then</th></tr>
 * <tr><td>above for_update_ts</td><td>PessimisticRetry; with force it locks at that version's commit_ts</td></tr>
 * <tr><td>rollback of this transaction, here or overlapped</td><td>PessimisticLockRolledBack</td></tr>
 * <tr><td>present though it must not be</td><td>already_exist; with force and a conflict PessimisticRetry</td></tr>
 * </table>
 */
final class PessimisticLocks {
    private final Workspace space;
    private final PessimisticOptions options;
    private final TxnKey key;
    private final boolean mustNotExist;
    private final boolean isShared;

    PessimisticLocks(Workspace space, PessimisticOptions options, TxnKey key, boolean mustNotExist, boolean isShared) {
        this.space = space;
        this.options = options;
        this.key = key;
        this.mustNotExist = mustNotExist;
        this.isShared = isShared;
    }

    LockedKey acquire() throws TxnException {
        if (options.onlyIfExists() && !options.returnValues()) {
            throw TxnException.aborted("LockIfExistsFailed, lock_only_if_exists without return_values");
        }
        KeyRecord record = space.read(key);
        if (mustNotExist || options.reads()) {
            space.maxTs().raise(options.forUpdateTs());
        }
        TxnLock lock = record.lock();
        if (lock != null) {
            return again(record, lock);
        }
        SharedLocks shared = record.shared();
        if (shared != null && !isShared) {
            throw shared.isShrinkOnly() ? TxnException.locked(shared, key) : TxnException.sharedAndOpen(shared, key);
        }
        if (shared != null && shared.of(options.startTs()) != null) {
            return sharedAgain(shared);
        }
        if (shared != null && shared.isShrinkOnly()) {
            throw TxnException.locked(shared, key);
        }
        return lock(record.newest(), shared == null ? SharedLocks.empty() : shared);
    }

    private LockedKey again(KeyRecord record, TxnLock lock) throws TxnException {
        if (isShared || lock.startTs() != options.startTs()) {
            throw TxnException.locked(lock, key);
        }
        if (!lock.isPessimistic()) {
            throw TxnException.aborted("LockTypeNotMatch, the key is prewritten");
        }
        boolean isBehind = options.force() && Ts.isBefore(options.forUpdateTs(), lock.forUpdateTs());
        long at = isBehind ? lock.forUpdateTs() : options.forUpdateTs();
        Version visible = null;
        if (isBehind || options.reads() || mustNotExist) {
            visible = Versions.visible(record.newest(), at, options.startTs());
            requireStillAbsent(visible);
        }
        if (Ts.isBefore(lock.forUpdateTs(), at)) {
            TxnLock.Draft renewed = draft(at, lock.lastChange());
            renewed.lockedWithConflict = lock.lockedWithConflict();
            space.putLock(key, renewed.lock(), false);
        }
        return new LockedKey(value(visible), isBehind ? lock.forUpdateTs() : 0);
    }

    private void requireStillAbsent(@Nullable Version visible) throws TxnException {
        if (!mustNotExist || visible == null) {
            return;
        }
        if (Ts.isBefore(options.forUpdateTs(), visible.commitTs())) {
            throw retry(visible);
        }
        throw TxnException.alreadyExists(key);
    }

    private LockedKey sharedAgain(SharedLocks shared) throws TxnException {
        TxnLock own = shared.of(options.startTs());
        if (own != null && Ts.isBefore(own.forUpdateTs(), options.forUpdateTs())) {
            TxnLock.Draft renewed = draft(options.forUpdateTs(), own.lastChange());
            renewed.lockedWithConflict = own.lockedWithConflict();
            space.putShared(key, shared.with(renewed.lock()), options.startTs(), 0);
        }
        return new LockedKey(null, 0);
    }

    private LockedKey lock(@Nullable Version newest, SharedLocks shared) throws TxnException {
        Version conflict = newest == null ? null : checkNewest(newest);
        Version visible = Versions.visible(newest, Ts.MAX, options.startTs());
        if (options.onlyIfExists() && visible == null) {
            if (conflict != null) {
                throw retry(conflict);
            }
            return new LockedKey(null, 0);
        }
        long at = conflict == null ? options.forUpdateTs() : conflict.commitTs();
        TxnLock.Draft lock = draft(at, LastChange.above(newest));
        lock.lockedWithConflict = conflict != null;
        if (isShared) {
            space.putShared(key, shared.with(lock.lock()), options.startTs(), 0);
        } else {
            lock.inMemory = true;
            space.putLock(key, lock.lock(), true);
        }
        return new LockedKey(value(visible), conflict == null ? 0 : conflict.commitTs());
    }

    /** The version that the lock is taken over, null = none. */
    private @Nullable Version checkNewest(Version newest) throws TxnException {
        boolean isNewer = Ts.isBefore(options.forUpdateTs(), newest.commitTs());
        if (isNewer && !options.force()) {
            throw retry(newest);
        }
        Version own = Versions.seek(newest, options.startTs());
        if (own != null && own.isRollbackOf(options.startTs())) {
            throw TxnException.aborted("PessimisticLockRolledBack: " + TxnException.text(key));
        }
        try {
            if (mustNotExist) {
                Constraints.requireAbsent(key, newest, options.startTs());
            }
        } catch (TxnException present) {
            throw isNewer ? retry(newest) : present;
        }
        return isNewer ? newest : null;
    }

    private TxnException retry(Version with) {
        return TxnException.conflict(key, options.primary(), options.startTs(), with, Reason.PessimisticRetry);
    }

    private TxnLock.Draft draft(long forUpdateTs, LastChange lastChange) {
        TxnLock.Draft lock = new TxnLock.Draft(LockType.PESSIMISTIC, options.primary(), options.startTs());
        lock.ttlMs = options.ttlMs();
        lock.forUpdateTs = forUpdateTs;
        lock.minCommitTs = options.minCommitTs();
        lock.lastChange = lastChange;
        lock.inMemory = !isShared;
        return lock;
    }

    private static @Nullable ByteString value(@Nullable Version visible) {
        return visible == null ? null : visible.value();
    }
}
