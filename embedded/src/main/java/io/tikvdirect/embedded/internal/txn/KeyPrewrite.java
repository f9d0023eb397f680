package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.mvcc.KeyRecord;
import io.tikvdirect.embedded.internal.mvcc.LastChange;
import io.tikvdirect.embedded.internal.mvcc.LockType;
import io.tikvdirect.embedded.internal.mvcc.SharedLocks;
import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.mvcc.Version;
import io.tikvdirect.embedded.internal.mvcc.VersionType;
import io.tikvdirect.embedded.internal.mvcc.Versions;
import io.tikvdirect.proto.kvrpcpb.Assertion;
import io.tikvdirect.proto.kvrpcpb.AssertionLevel;
import io.tikvdirect.proto.kvrpcpb.LockInfo;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest.PessimisticAction;
import io.tikvdirect.proto.kvrpcpb.WriteConflict.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its caller. The prewrite of one key.
 *
 * <table>
 * <caption>By the lock that the key has</caption>
 * <tr><th>lock</th><th>action</th><th>then</th></tr>
 * <tr><td>none</td><td>DO_PESSIMISTIC_CHECK</td><td>the lost lock is made good if nobody wrote since start_ts, else
 * PessimisticLockNotFound</td></tr>
 * <tr><td>none</td><td>other</td><td>checks, then lock</td></tr>
 * <tr><td>another's</td><td>DO_PESSIMISTIC_CHECK</td><td>PessimisticLockNotFound</td></tr>
 * <tr><td>another's</td><td>other</td><td>locked; to a pessimistic transaction with a ttl of 0</td></tr>
 * <tr><td>own, pessimistic</td><td>any</td><td>becomes the lock; the larger ttl and min_commit_ts stay</td></tr>
 * <tr><td>own, prewritten</td><td>any</td><td>nothing more, its min_commit_ts is answered (0 = not async)</td></tr>
 * <tr><td>own, flushed earlier</td><td>flush</td><td>is overwritten by a later generation only</td></tr>
 * </table>
 */
final class KeyPrewrite {
    private final Workspace space;
    private final PrewriteOptions options;
    private final PrewriteMutation mutation;
    private final TxnKey key;
    private final List<ByteString> secondaries;

    private long ttlMs;
    private long minCommitTs;
    private long forUpdateTs;
    private LastChange lastChange = LastChange.UNKNOWN;
    private boolean isLocked;
    private boolean isAmended;
    private @Nullable SharedLocks shared;
    private @Nullable Version latest;
    private boolean latestIsKnown;

    KeyPrewrite(Workspace space, PrewriteOptions options, PrewriteMutation mutation, List<ByteString> secondaries) {
        this.space = space;
        this.options = options;
        this.mutation = mutation;
        this.key = mutation.key();
        this.secondaries = secondaries;
        this.ttlMs = options.ttlMs();
        this.minCommitTs = options.minCommitTs();
        this.forUpdateTs = options.forUpdateTs();
    }

    /**
     * Checks the key and locks it; for one phase the lock goes to {@code onePhase} instead.
     *
     * @return the commit timestamp that was chosen, 0 = none
     * @throws TxnException COMMIT_TS_TOO_LARGE after an ordinary lock was put
     */
    long run(OnePhaseLocks onePhase) throws TxnException {
        if (options.isPessimistic() && !mutation.writes()) {
            throw TxnException.aborted("CheckNotExists in a pessimistic prewrite");
        }
        KeyRecord record = space.read(key);
        if (mutation.mustNotExist()) {
            space.maxTs().raise(options.startTs());
        }
        LockState state = checkLock(record);
        if (state.isPrewritten() && options.generation() == 0) {
            return state.minCommitTs();
        }
        checkVersions(record, state);
        if (!mutation.writes()) {
            space.maxTs().raise(options.startTs());
            return options.choosesCommitTs() ? Ts.max(options.minCommitTs(), options.startTs() + 1) : 0;
        }
        return put(onePhase, state);
    }

    /** What the key's lock means for this prewrite; {@code minCommitTs} of a prewritten one. */
    private record LockState(boolean isPrewritten, boolean isPessimistic, long minCommitTs) {
        static final LockState NONE = new LockState(false, false, 0);
        static final LockState PESSIMISTIC = new LockState(false, true, 0);
    }

    private LockState checkLock(KeyRecord record) throws TxnException {
        if (record.shared() != null) {
            return checkShared(record.shared());
        }
        TxnLock lock = record.lock();
        if (lock != null) {
            if (mutation.isShared()) {
                throw TxnException.locked(lock, key);
            }
            return checkLock(lock);
        }
        if (mutation.action() == PessimisticAction.DO_PESSIMISTIC_CHECK) {
            requireNotShared();
            amend(record.newest());
        }
        return LockState.NONE;
    }

    private LockState checkShared(SharedLocks locks) throws TxnException {
        TxnLock own = locks.of(options.startTs());
        if (own == null) {
            requireNotShared();
            throw TxnException.locked(locks, key);
        }
        if (!mutation.isShared()) {
            throw TxnException.aborted("a shared lock is prewritten with SharedLock");
        }
        shared = locks;
        return checkLock(own);
    }

    private void requireNotShared() throws TxnException {
        if (mutation.isShared()) {
            throw TxnException.pessimisticLockNotFound(key, "no shared lock to prewrite");
        }
    }

    private LockState checkLock(TxnLock lock) throws TxnException {
        isLocked = true;
        if (lock.startTs() != options.startTs()) {
            if (mutation.action() == PessimisticAction.DO_PESSIMISTIC_CHECK) {
                throw TxnException.pessimisticLockNotFound(key, "locked by another");
            }
            throw TxnException.locked(infoFor(lock));
        }
        lastChange = lock.lastChange();
        return lock.isPessimistic() ? checkPessimistic(lock) : checkPrewritten(lock);
    }

    /** A pessimistic transaction shall find out at once about a lock that it did not expect. */
    private LockInfo infoFor(TxnLock lock) {
        LockInfo info = lock.info(key.user());
        return options.isPessimistic() ? info.toBuilder().setLockTtl(0).build() : info;
    }

    private LockState checkPessimistic(TxnLock lock) throws TxnException {
        if (!options.isPessimistic()) {
            throw TxnException.aborted("LockTypeNotMatch, an optimistic prewrite of a pessimistic lock");
        }
        Long expected = mutation.expectedForUpdateTs();
        if (expected != null && expected != lock.forUpdateTs()) {
            throw TxnException.pessimisticLockNotFound(key, "its for_update_ts is not the expected one");
        }
        ttlMs = Ts.max(ttlMs, lock.ttlMs());
        minCommitTs = Ts.max(minCommitTs, lock.minCommitTs());
        forUpdateTs = Ts.max(forUpdateTs, lock.forUpdateTs());
        return LockState.PESSIMISTIC;
    }

    private LockState checkPrewritten(TxnLock lock) throws TxnException {
        if (options.generation() > 0 && lock.generation() >= options.generation()) {
            throw TxnException.oldGeneration();
        }
        if (lock.generation() > 0 && mutation.mustNotExist() && lock.type() == LockType.PUT) {
            throw TxnException.alreadyExists(key);
        }
        return new LockState(true, false, lock.asyncCommit() ? lock.minCommitTs() : 0);
    }

    /** The lock was lost; that does no harm if nobody has written since. */
    private void amend(@Nullable Version newest) throws TxnException {
        if (newest != null && !Ts.isBefore(newest.commitTs(), options.startTs())) {
            throw TxnException.pessimisticLockNotFound(key, "it is lost and somebody wrote");
        }
        lastChange = LastChange.above(newest);
        latest = newest;
        latestIsKnown = true;
        isAmended = true;
        checkAssertion(newest);
    }

    private void checkVersions(KeyRecord record, LockState state) throws TxnException {
        if (!skipsConstraintCheck()) {
            latest = checkNewer(record.newest());
            latestIsKnown = true;
        }
        boolean laterFlush = options.generation() > 0 && state.isPrewritten();
        if (!isAmended && !laterFlush) {
            checkAssertion(record.newest());
        }
    }

    private boolean skipsConstraintCheck() {
        if (!options.isPessimistic()) {
            return options.skipConstraintCheck();
        }
        return switch (mutation.action()) {
            case DO_CONSTRAINT_CHECK -> false;
            case SKIP_PESSIMISTIC_CHECK -> !options.isRetry();
            default -> true;
        };
    }

    /** The version that counts as the latest, after it was found not to be in the way. */
    private @Nullable Version checkNewer(@Nullable Version newest) throws TxnException {
        for (Version version = newest; version != null; version = version.older()) {
            if (version.isRollbackOf(options.startTs())) {
                throw conflict(version, Reason.SelfRolledBack);
            }
            if (version == newest) {
                lastChange = LastChange.above(newest);
            }
            if (options.isPessimistic() ? mayPass(version) : isOlder(version, Reason.Optimistic)) {
                if (mutation.mustNotExist()) {
                    Constraints.requireAbsent(key, version, options.startTs());
                }
                return version;
            }
        }
        if (newest == null) {
            lastChange = LastChange.NONE;
        }
        return null;
    }

    private boolean isOlder(Version version, Reason reason) throws TxnException {
        if (Ts.isBefore(options.startTs(), version.commitTs())) {
            throw conflict(version, reason);
        }
        return true;
    }

    /** Newer rollbacks say nothing to a pessimistic transaction; what lies beneath them is looked at. */
    private boolean mayPass(Version version) throws TxnException {
        if (mutation.action() == PessimisticAction.DO_CONSTRAINT_CHECK) {
            isOlder(version, Reason.LazyUniquenessCheck);
        }
        if (!Ts.isBefore(options.forUpdateTs(), version.commitTs())) {
            return true;
        }
        if (version.type() == VersionType.ROLLBACK) {
            return false;
        }
        throw TxnException.pessimisticLockNotFound(key, "a key without lock was written");
    }

    private TxnException conflict(Version with, Reason reason) {
        return TxnException.conflict(key, options.primary(), options.startTs(), with, reason);
    }

    private void checkAssertion(@Nullable Version newest) throws TxnException {
        Assertion assertion = mutation.assertion();
        if (assertion == Assertion.None || options.assertionLevel() == AssertionLevel.Off) {
            return;
        }
        if (options.assertionLevel() != AssertionLevel.Strict && !latestIsKnown) {
            return;
        }
        Version data = dataVersion(newest);
        boolean failed = assertion == Assertion.Exist
                ? data == null || data.type() == VersionType.DELETE
                : data != null && data.type() == VersionType.PUT;
        if (failed) {
            if (skipsConstraintCheck()) {
                checkNewer(newest);
            }
            throw TxnException.assertionFailed(key, options.startTs(), assertion, data);
        }
    }

    /** The put or delete that an assertion is about. */
    private @Nullable Version dataVersion(@Nullable Version newest) {
        if (!latestIsKnown) {
            return Versions.visible(newest, Ts.MAX, options.startTs());
        }
        Version version = latest;
        if (version == null || (version.gcFence() != Version.NO_FENCE && version.gcFence() != 0)) {
            return null;
        }
        return version.type().isData() ? version : Versions.visible(version, version.commitTs(), options.startTs());
    }

    private long put(OnePhaseLocks onePhase, LockState state) throws TxnException {
        TxnLock.Draft lock = lock();
        boolean tooLarge = options.choosesCommitTs() && !chooseCommitTs(lock);
        if (shared != null) {
            requireTwoPhases(tooLarge);
            space.putShared(key, shared.with(lock.lock()), options.startTs(), 0);
        } else if (options.onePhase() && !tooLarge) {
            onePhase.add(key, lock.lock(), state.isPessimistic());
        } else {
            requireOnce();
            space.putLock(key, lock.lock(), !isLocked);
        }
        if (tooLarge) {
            throw TxnException.commitTsTooLarge();
        }
        return options.choosesCommitTs() ? lock.minCommitTs : 0;
    }

    /** A real server answers OK here and ends its process soon after. */
    private void requireOnce() throws TxnException {
        if (space.hasChanged(key)) {
            throw TxnException.aborted("the key is prewritten twice in one request: " + TxnException.text(key));
        }
    }

    private void requireTwoPhases(boolean tooLarge) throws TxnException {
        if (options.choosesCommitTs() && !tooLarge) {
            throw TxnException.aborted("shared locks are committed in two phases only");
        }
    }

    private TxnLock.Draft lock() {
        TxnLock.Draft lock = new TxnLock.Draft(mutation.lockType(), options.primary(), options.startTs());
        lock.ttlMs = ttlMs;
        lock.value = mutation.value();
        lock.forUpdateTs = forUpdateTs;
        lock.txnSize = options.txnSize();
        lock.minCommitTs = minCommitTs;
        lock.generation = options.generation();
        if (lock.type == LockType.LOCK) {
            lock.lastChange = lastChange;
        }
        return lock;
    }

    /** Whether the commit timestamp is within the limit; if not, the lock stays an ordinary one. */
    private boolean chooseCommitTs(TxnLock.Draft lock) {
        long above = Ts.max(Ts.max(space.maxTs().get(), options.startTs()), options.forUpdateTs()) + 1;
        long chosen = Ts.max(lock.minCommitTs, above);
        if (options.isTooLarge(chosen)) {
            return false;
        }
        lock.minCommitTs = chosen;
        if (options.secondaries() != null) {
            lock.asyncCommit = true;
            lock.secondaries = secondaries;
        }
        return true;
    }
}
