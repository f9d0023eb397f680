package io.tikvdirect.embedded.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.proto.kvrpcpb.Action;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusResponse;
import io.tikvdirect.proto.kvrpcpb.Op;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockWakeUpMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rows of the table of {@link StatusCheck}. */
class StatusCheckTest {
    private static final long START = TxnKit.ts(1000, 0);
    private static final long ALIVE = TxnKit.ts(1001, 0);
    private static final long EXPIRED = TxnKit.ts(1001 + TxnKit.TTL_MS, 0);

    private final TxnKit kit = new TxnKit();

    @AfterEach
    void close() {
        kit.close();
    }

    private static CheckTxnStatusRequest.Builder asking(String key, long currentTs) {
        return CheckTxnStatusRequest.newBuilder()
                .setPrimaryKey(TxnKit.bytes(key))
                .setLockTs(START)
                .setCallerStartTs(ALIVE)
                .setCurrentTs(currentTs);
    }

    private void lock(PessimisticLockRequest.Builder request) {
        assertThat(kit.lock(request)).isCompletedWithValueMatching(answer -> answer.getErrorsCount() == 0);
    }

    @Test
    void sharedLocksAreNoPrimary() {
        PessimisticLockRequest.Builder request = TxnKit.locking(START, START, "a");
        request.getMutationsBuilder(0).setOp(Op.SharedPessimisticLock);
        lock(request);

        assertThat(kit.status(asking("a", ALIVE)).getError().hasPrimaryMismatch())
                .isTrue();
    }

    @Test
    void aLockOfAnotherPrimaryIsToldWhenItIsVerified() {
        kit.prewrite(START, TxnKit.put("p", "1"), TxnKit.put("a", "1"));

        CheckTxnStatusResponse told = kit.status(asking("a", ALIVE).setVerifyIsPrimary(true));
        assertThat(told.getError().getPrimaryMismatch().getLockInfo().getPrimaryLock())
                .isEqualTo(TxnKit.bytes("p"));
        assertThat(kit.status(asking("a", ALIVE)).getLockTtl()).isEqualTo(TxnKit.TTL_MS);
    }

    @Test
    void aStalePessimisticLockOfAnotherPrimaryGivesWay() {
        lock(TxnKit.locking(START, START, "a").setPrimaryLock(TxnKit.bytes("p")));

        CheckTxnStatusResponse told =
                kit.status(asking("a", ALIVE).setVerifyIsPrimary(true).setRollbackIfNotExist(true));
        assertThat(told.getAction()).isEqualTo(Action.LockNotExistRollback);
        assertThat(kit.lockOf("a")).isNull();
    }

    @Test
    void anAsyncCommitLockStaysEvenExpiredUnlessForced() {
        kit.prewrite(TxnKit.prewriting(START, TxnKit.put("a", "1")).setUseAsyncCommit(true));

        CheckTxnStatusResponse told = kit.status(asking("a", EXPIRED));
        assertThat(told.getAction()).isEqualTo(Action.NoAction);
        assertThat(told.getLockInfo().getUseAsyncCommit()).isTrue();
        assertThat(kit.status(asking("a", EXPIRED).setForceSyncCommit(true)).getAction())
                .isEqualTo(Action.TTLExpireRollback);
    }

    @Test
    void aForcedLockOfADecidedTransactionGivesWay() {
        kit.write("a", "0", START, START + 3);
        lock(TxnKit.locking(START, START, "a").setWakeUpMode(PessimisticLockWakeUpMode.WakeUpModeForceLock));
        assertThat(kit.lockOf("a").lockedWithConflict()).isTrue();

        assertThat(kit.status(asking("a", ALIVE)).getCommitVersion()).isEqualTo(START + 3);
        assertThat(kit.lockOf("a")).isNull();
    }

    @Test
    void anExpiredPessimisticLockIsGivenBackOrRolledBack() {
        lock(TxnKit.locking(START, START, "a"));
        assertThat(kit.status(asking("a", EXPIRED).setResolvingPessimisticLock(true))
                        .getAction())
                .isEqualTo(Action.TTLExpirePessimisticRollback);
        assertThat(kit.newest("a")).isNull();

        lock(TxnKit.locking(START, START, "a"));
        assertThat(kit.status(asking("a", EXPIRED)).getAction()).isEqualTo(Action.TTLExpireRollback);
        assertThat(kit.newest("a")).matches(version -> version.isRollbackOf(START));
    }

    @Test
    void aLockIsAliveUpToTheLastMillisecondOfItsTimeToLive() {
        kit.prewrite(START, TxnKit.put("a", "1"));

        assertThat(kit.status(asking("a", EXPIRED - 1)).getLockTtl()).isEqualTo(TxnKit.TTL_MS);
        assertThat(kit.status(asking("a", EXPIRED)).getAction()).isEqualTo(Action.TTLExpireRollback);
    }

    @Test
    void aMinimumIsPushedAboveTheCaller() {
        kit.prewrite(TxnKit.prewriting(START, TxnKit.put("a", "1")).setMinCommitTs(START + 1));

        CheckTxnStatusResponse told = kit.status(asking("a", ALIVE + 5));
        assertThat(told.getAction()).isEqualTo(Action.MinCommitTSPushed);
        assertThat(told.getLockInfo().getMinCommitTs()).isEqualTo(ALIVE + 5);
        assertThat(kit.commit(START, ALIVE, "a").hasCommitTsExpired()).isTrue();
    }

    @Test
    void aLockWithoutMinimumIsNotPushedButACallerAtMaxPasses() {
        kit.prewrite(START, TxnKit.put("a", "1"));

        assertThat(kit.status(asking("a", ALIVE)).getAction()).isEqualTo(Action.NoAction);
        assertThat(kit.status(asking("a", ALIVE).setCallerStartTs(Ts.MAX)).getAction())
                .isEqualTo(Action.MinCommitTSPushed);
        assertThat(kit.lockOf("a").minCommitTs()).isZero();
    }

    @Test
    void decidedTransactionsAreToldWithoutEffect() {
        kit.write("a", "1", START, START + 7);
        assertThat(kit.status(asking("a", EXPIRED)).getCommitVersion()).isEqualTo(START + 7);

        kit.rollback(START, "b");
        assertThat(kit.status(asking("b", EXPIRED))).isEqualTo(CheckTxnStatusResponse.getDefaultInstance());
    }

    @Test
    void aMissingTransactionIsUnknownUnlessItShallBeRolledBack() {
        assertThat(kit.status(asking("a", ALIVE)).getError().hasTxnNotFound()).isTrue();
        CheckTxnStatusRequest.Builder resolving =
                asking("a", ALIVE).setRollbackIfNotExist(true).setResolvingPessimisticLock(true);
        assertThat(kit.status(resolving).getAction()).isEqualTo(Action.LockNotExistDoNothing);
        assertThat(kit.newest("a")).isNull();
        assertThat(kit.status(asking("a", ALIVE).setRollbackIfNotExist(true)).getAction())
                .isEqualTo(Action.LockNotExistRollback);
        assertThat(kit.newest("a")).matches(version -> version.isProtected());
    }
}
