package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.codec.key.ForeignKeyException;
import io.tikvdirect.proto.kvrpcpb.Action;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusResponse;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import java.util.ArrayList;
import java.util.List;

/**
 * Owned by one thread at a time. Decides about one transaction whose locks were met, and removes them when it is over.
 *
 * <p>The rule above all others: nothing is removed before the primary key, or for an async commit every key, has said what
 * became of the transaction; and asking for that is what makes it final.
 *
 * <pre>
 * state             event                                           next state
 * ----------------  ----------------------------------------------  ----------------------------------------
 * START             the fate is known from before                    CLEAN
 * START             it is not                                        CHECK_STATUS
 * START             it is not, and locks are taken for over          CHECK_STATUS
 * START             the time could not be had                        DONE: failed
 * CHECK_STATUS      committed, rolled back                           CLEAN
 * CHECK_STATUS      pessimistic primary lock gone                    CLEAN, pessimistic locks only
 * CHECK_STATUS      alive, its time not over                         DONE: alive
 * CHECK_STATUS      alive, async commit, its time over               CHECK_SECONDARIES
 * CHECK_STATUS      no such transaction, the lock's time not over    DONE: alive (its primary may still come)
 * CHECK_STATUS      no such transaction, the lock's time over        CHECK_STATUS, rolling it back
 * CHECK_STATUS      primary mismatch, pessimistic lock               CLEAN, pessimistic locks only
 * CHECK_STATUS      any other error, or a request failed             DONE: failed
 * CHECK_SECONDARIES all locked                                       CLEAN: committed at the largest minimum
 * CHECK_SECONDARIES one committed, or one not locked                 CLEAN: committed, or rolled back
 * CHECK_SECONDARIES one locked without async commit                  CHECK_STATUS, forcing ordinary commit rules
 * CHECK_SECONDARIES a request failed                                 DONE: failed
 * CLEAN             removed, or left to others (see Cleaning)        DONE
 * CLEAN             a request failed                                 DONE: failed
 * </pre>
 */
final class LockResolution {

    /** Where a resolution is. */
    enum State {
        START,
        CHECK_STATUS,
        CHECK_SECONDARIES,
        CLEAN,
        DONE
    }

    /** Who removes the locks of a transaction that is over. */
    enum Cleaning {
        /** The resolution, before it ends: for writes, which the locks are in the way of. */
        AWAITED,
        /** The resolution, after it has ended: for reads. */
        IN_BACKGROUND,
        /** The caller, who knows that every lock is too old to be respected: for the collector of garbage. */
        BY_CALLER
    }

    /** After every lock's time. */
    private static final long FAR_FUTURE = -1;

    private final TxnEngine engine;
    private final LockResolver resolver;
    private final List<Lock> locks;
    private final Lock lead;
    private final long callerStartTs;
    private final Cleaning cleaning;
    private final long deadlineNs;
    private final Promise<TxnStatus> promise;
    private State state = State.START;
    private long nowTs;
    private boolean rollbackIfNotExist;
    private boolean forceSyncCommit;
    private List<byte[]> asyncCommitKeys = List.of();

    /**
     * A resolution not begun.
     *
     * @param locks of one transaction, at least one
     * @param callerStartTs read timestamp of the caller, to push the transaction behind it; 0 for none
     * @param cleaning who removes the locks
     */
    LockResolution(
            TxnEngine engine,
            LockResolver resolver,
            List<Lock> locks,
            long callerStartTs,
            Cleaning cleaning,
            long deadlineNs,
            Promise<TxnStatus> promise) {
        this.engine = engine;
        this.resolver = resolver;
        this.locks = locks;
        this.lead = lead(locks);
        this.callerStartTs = callerStartTs;
        this.cleaning = cleaning;
        this.deadlineNs = deadlineNs;
        this.promise = promise;
    }

    /** A lock with a value decides how the transaction is asked about: its fate must be final. */
    private static Lock lead(List<Lock> locks) {
        for (Lock lock : locks) {
            if (!lock.pessimistic()) {
                return lock;
            }
        }
        return locks.get(0);
    }

    void start() {
        TxnStatus known = resolver.finished().get(lead.startTs());
        if (known != null) {
            clean(known);
        } else if (cleaning == Cleaning.BY_CALLER) {
            onTime(FAR_FUTURE);
        } else {
            engine.clock().recent(Clock.LOCK_RESOLUTION_NS, deadlineNs, TxnEngine.promise(this::onTime, this::fail));
        }
    }

    private void onTime(long timestamp) {
        nowTs = timestamp;
        checkStatus();
    }

    private void move(State next) {
        engine.trace().moved(state, next);
        state = next;
    }

    State state() {
        return state;
    }

    long startTs() {
        return lead.startTs();
    }

    long callerStartTs() {
        return callerStartTs;
    }

    private void checkStatus() {
        move(State.CHECK_STATUS);
        CheckTxnStatusRequest request = CheckTxnStatusRequest.newBuilder()
                .setPrimaryKey(engine.storeKey(lead.primary()))
                .setLockTs(lead.startTs())
                .setCallerStartTs(callerStartTs)
                // a store that gives a lock no time at all asks for its resolution at once
                .setCurrentTs(lead.ttlMs() == 0 ? -1 : nowTs)
                .setRollbackIfNotExist(rollbackIfNotExist)
                .setForceSyncCommit(forceSyncCommit)
                .setResolvingPessimisticLock(lead.pessimistic())
                .setVerifyIsPrimary(true)
                .build();
        engine.ask(
                OperationKind.KV_CHECK_TXN_STATUS,
                lead.primary(),
                request,
                CheckTxnStatusResponse.parser(),
                deadlineNs,
                TxnEngine.promise(this::onStatus, this::fail));
    }

    private void onStatus(CheckTxnStatusResponse answer) {
        if (answer.hasError()) {
            onError(answer.getError());
        } else if (answer.getLockTtl() > 0) {
            onAlive(answer);
        } else if (answer.getCommitVersion() > 0) {
            clean(TxnStatus.committed(answer.getCommitVersion()));
        } else if (answer.getAction() == Action.TTLExpirePessimisticRollback
                || answer.getAction() == Action.LockNotExistDoNothing) {
            clean(TxnStatus.PESSIMISTIC_LOCK_GONE);
        } else {
            clean(TxnStatus.ROLLED_BACK);
        }
    }

    private void onError(KeyError error) {
        if (error.hasTxnNotFound()) {
            long leftMs = TxnEngine.leftMs(lead.startTs(), lead.ttlMs(), nowTs);
            if (leftMs > 0) {
                done(TxnStatus.alive(leftMs, false));
            } else if (rollbackIfNotExist) {
                fail(KeyErrors.nonsense("a transaction that is not there was not rolled back"));
            } else {
                rollbackIfNotExist = true;
                checkStatus();
            }
        } else if (error.hasPrimaryMismatch() && lead.pessimistic()) {
            clean(TxnStatus.PRIMARY_MOVED);
        } else {
            fail(engine.errors().of(error, FailureDetails.of(OperationKind.KV_CHECK_TXN_STATUS.label())));
        }
    }

    private void onAlive(CheckTxnStatusResponse answer) {
        long leftMs = TxnEngine.leftMs(lead.startTs(), answer.getLockTtl(), nowTs);
        boolean async = answer.hasLockInfo() && answer.getLockInfo().getUseAsyncCommit() && !forceSyncCommit;
        if (!async || leftMs > 0) {
            done(TxnStatus.alive(leftMs, answer.getAction() == Action.MinCommitTSPushed));
            return;
        }
        try {
            checkSecondaries(Lock.of(answer.getLockInfo(), engine.keySpace()).get(0));
        } catch (ForeignKeyException foreign) {
            fail(KeyErrors.nonsense("a lock with keys of another key space"));
        }
    }

    private void checkSecondaries(Lock primary) {
        move(State.CHECK_SECONDARIES);
        asyncCommitKeys = new ArrayList<>(primary.secondaries());
        asyncCommitKeys.add(primary.primary());
        SecondaryCheck.run(engine, primary, deadlineNs, TxnEngine.promise(this::onSecondaries, this::fail));
    }

    private void onSecondaries(SecondaryCheck.Result result) {
        if (!result.isAsyncCommit()) {
            forceSyncCommit = true;
            asyncCommitKeys = List.of();
            checkStatus();
        } else if (result.commitTs() == 0) {
            clean(TxnStatus.ROLLED_BACK);
        } else {
            clean(TxnStatus.committed(result.commitTs()));
        }
    }

    private void clean(TxnStatus status) {
        move(State.CLEAN);
        if (status.isFinal()) {
            resolver.finished().add(lead.startTs(), status);
        }
        LockRemoval removal = new LockRemoval(engine, locks, asyncCommitKeys, status);
        if (cleaning == Cleaning.AWAITED) {
            removal.run(deadlineNs, TxnEngine.promise(removed -> done(status), this::fail));
            return;
        }
        if (cleaning == Cleaning.IN_BACKGROUND) {
            engine.background().run("removing locks", removed -> removal.run(LockRemoval.deadlineNs(), removed));
        }
        done(status);
    }

    private void done(TxnStatus status) {
        move(State.DONE);
        resolver.onEnd(this);
        promise.succeed(status);
    }

    private void fail(TikvException failure) {
        move(State.DONE);
        resolver.onEnd(this);
        promise.fail(failure);
    }
}
