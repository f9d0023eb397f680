package io.tikvdirect.embedded.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tikvdirect.proto.kvrpcpb.Deadlock;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.Op;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockKeyResult;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockKeyResultType;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockResponse;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockWakeUpMode;
import io.tikvdirect.proto.kvrpcpb.WriteConflict.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rows of the tables of {@link PessimisticLocks}, {@link PessimisticCommand} and {@link LockWaitQueues}. */
class PessimisticLocksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TxnKit kit = new TxnKit();

    @AfterEach
    void close() {
        kit.close();
    }

    private PessimisticLockResponse now(PessimisticLockRequest.Builder request) {
        CompletableFuture<PessimisticLockResponse> answer = kit.lock(request);
        assertThat(answer).isCompleted();
        return answer.join();
    }

    private KeyError refused(PessimisticLockRequest.Builder request) {
        PessimisticLockResponse answer = now(request);
        assertThat(answer.getErrorsList()).hasSize(1);
        return answer.getErrors(0);
    }

    private static PessimisticLockRequest.Builder waiting(long startTs, long waitMs, String key) {
        return TxnKit.locking(startTs, startTs, key).setWaitTimeout(waitMs);
    }

    private static PessimisticLockRequest.Builder forced(PessimisticLockRequest.Builder request) {
        return request.setWakeUpMode(PessimisticLockWakeUpMode.WakeUpModeForceLock);
    }

    private static PessimisticLockRequest.Builder shared(long startTs, String key) {
        PessimisticLockRequest.Builder request =
                TxnKit.locking(startTs, startTs, key).setPrimaryLock(TxnKit.bytes("p"));
        request.getMutationsBuilder(0).setOp(Op.SharedPessimisticLock);
        return request;
    }

    private PessimisticLockResponse awaited(CompletableFuture<PessimisticLockResponse> answer) {
        await().atMost(PATIENCE).until(answer::isDone);
        return answer.join();
    }

    @Test
    void valuesAndExistenceAreToldOnDemand() {
        kit.write("a", "1", 10, 20);

        PessimisticLockResponse values = now(TxnKit.locking(30, 30, "a", "b").setReturnValues(true));
        assertThat(values.getValuesList()).containsExactly(TxnKit.bytes("1"), TxnKit.bytes(""));
        assertThat(values.getNotFoundsList()).containsExactly(false, true);
        PessimisticLockResponse existence = now(TxnKit.locking(30, 30, "a", "b").setCheckExistence(true));
        assertThat(existence.getValuesList()).isEmpty();
        assertThat(existence.getNotFoundsList()).containsExactly(false, true);
    }

    @Test
    void aNewerVersionIsAConflictUnlessForced() {
        kit.write("a", "1", 10, 20);

        assertThat(refused(TxnKit.locking(15, 15, "a")).getConflict().getReason())
                .isEqualTo(Reason.PessimisticRetry);
        PessimisticLockKeyResult result =
                now(forced(TxnKit.locking(15, 15, "a"))).getResults(0);
        assertThat(result.getType()).isEqualTo(PessimisticLockKeyResultType.LockResultLockedWithConflict);
        assertThat(result.getLockedWithConflictTs()).isEqualTo(20);
        assertThat(result.getValue()).isEqualTo(TxnKit.bytes("1"));
        assertThat(kit.lockOf("a").forUpdateTs()).isEqualTo(20);
    }

    @Test
    void allKeysAreLockedOrNone() {
        now(TxnKit.locking(10, 10, "b"));

        assertThat(refused(TxnKit.locking(12, 12, "a", "b"))).matches(KeyError::hasLocked);
        assertThat(kit.lockOf("a")).isNull();
    }

    @Test
    void aMissingKeyIsLeftUnlockedIfSoAsked() {
        now(TxnKit.locking(10, 10, "a").setReturnValues(true).setLockOnlyIfExists(true));

        assertThat(kit.lockOf("a")).isNull();
        assertThat(refused(TxnKit.locking(10, 10, "a").setLockOnlyIfExists(true))
                        .getAbort())
                .isNotEmpty();
    }

    @Test
    void aRolledBackTransactionLocksNothingAnyMore() {
        kit.rollback(10, "a");

        assertThat(refused(TxnKit.locking(10, 10, "a")).getAbort()).contains("PessimisticLockRolledBack");
    }

    @Test
    void aRepetitionNotesTheLargerForUpdateTimestamp() {
        now(TxnKit.locking(10, 10, "a"));
        now(TxnKit.locking(10, 15, "a"));
        assertThat(kit.lockOf("a").forUpdateTs()).isEqualTo(15);

        now(TxnKit.locking(10, 12, "a"));
        assertThat(kit.lockOf("a").forUpdateTs()).isEqualTo(15);
        kit.unlock(10, 12, "a");
        assertThat(kit.lockOf("a")).isNotNull();
        kit.unlock(10, 15, "a");
        assertThat(kit.lockOf("a")).isNull();
    }

    @Test
    void aPrewrittenKeyIsNotLockedAgain() {
        kit.prewrite(10, TxnKit.put("a", "1"));

        assertThat(refused(TxnKit.locking(10, 10, "a")).getAbort()).contains("LockTypeNotMatch");
    }

    @Test
    void sharedLocksStandTogetherUntilSomebodyWantsTheKeyAlone() {
        now(shared(10, "a"));
        now(shared(11, "a"));

        assertThat(refused(TxnKit.locking(12, 12, "a")).getLocked().getSharedLockInfosCount())
                .isEqualTo(2);
        assertThat(refused(shared(13, "a"))).matches(KeyError::hasLocked);
        kit.unlock(10, 10, "a");
        kit.unlock(11, 11, "a");
        assertThat(now(TxnKit.locking(12, 12, "a")).getErrorsCount()).isZero();
    }

    @Test
    void aWaiterIsToldToRetryWhenTheLockIsReleased() {
        now(TxnKit.locking(10, 10, "a"));
        CompletableFuture<PessimisticLockResponse> waiter = kit.lock(waiting(20, 500, "a"));
        assertThat(waiter).isNotDone();

        kit.unlock(10, 10, "a");

        assertThat(waiter).isCompleted();
        assertThat(waiter.join().getErrors(0).getConflict())
                .matches(conflict -> conflict.getReason() == Reason.PessimisticRetry
                        && conflict.getConflictTs() == 10
                        && conflict.getConflictCommitTs() == 0);
    }

    @Test
    void theOldestWaiterIsWokenFirstAndTheRestALittleLater() {
        now(TxnKit.locking(10, 10, "a"));
        CompletableFuture<PessimisticLockResponse> younger = kit.lock(waiting(20, 500, "a"));
        CompletableFuture<PessimisticLockResponse> older = kit.lock(waiting(15, 500, "a"));

        kit.unlock(10, 10, "a");
        assertThat(older).isCompleted();
        assertThat(younger).isNotDone();

        kit.clock.advance(Duration.ofMillis(20));
        assertThat(awaited(younger).getErrors(0).hasConflict()).isTrue();
    }

    @Test
    void aForcedWaiterGetsTheLockAtOnce() {
        now(TxnKit.locking(10, 10, "a"));
        CompletableFuture<PessimisticLockResponse> waiter =
                kit.lock(forced(waiting(20, 500, "a")).setReturnValues(true));
        CompletableFuture<PessimisticLockResponse> next = kit.lock(forced(waiting(21, 500, "a")));

        kit.prewrite(TxnKit.prewriting(10, TxnKit.put("a", "1"))
                .setForUpdateTs(10)
                .addPessimisticActions(
                        io.tikvdirect.proto.kvrpcpb.PrewriteRequest.PessimisticAction.DO_PESSIMISTIC_CHECK));
        kit.commit(10, 40, "a");

        assertThat(waiter).isCompleted();
        assertThat(waiter.join().getResults(0).getLockedWithConflictTs()).isEqualTo(40);
        assertThat(kit.lockOf("a").startTs()).isEqualTo(20);
        assertThat(next).isNotDone();
        assertThat(kit.engine.waits()).singleElement().matches(wait -> wait.getWaitForTxn() == 20);
    }

    @Test
    void aWaitEndsByTheClusterClockAndNeverLaterThanTheServerAllows() {
        now(TxnKit.locking(10, 10, "a"));
        CompletableFuture<PessimisticLockResponse> shorter = kit.lock(waiting(20, 300, "a"));
        CompletableFuture<PessimisticLockResponse> endless = kit.lock(waiting(21, 100_000, "a"));

        kit.clock.advance(Duration.ofMillis(300));
        assertThat(awaited(shorter).getErrors(0).getLocked().getLockVersion()).isEqualTo(10);
        assertThat(endless).isNotDone();

        kit.clock.advance(Duration.ofMillis(700));
        assertThat(awaited(endless).getErrors(0)).matches(KeyError::hasLocked);
        assertThat(kit.engine.waits()).isEmpty();
    }

    @Test
    void aCircleOfWaitsIsToldToWhoClosesIt() {
        now(TxnKit.locking(10, 10, "a"));
        now(TxnKit.locking(20, 20, "b"));
        now(TxnKit.locking(30, 30, "c"));
        kit.lock(waiting(10, 500, "b"));
        kit.lock(waiting(20, 500, "c"));

        Deadlock deadlock = refused(waiting(30, 500, "a")).getDeadlock();

        assertThat(deadlock.getLockKey()).isEqualTo(TxnKit.bytes("a"));
        assertThat(deadlock.getLockTs()).isEqualTo(10);
        assertThat(deadlock.getWaitChainList())
                .extracting(wait -> wait.getTxn() + ">" + wait.getWaitForTxn())
                .containsExactly("10>20", "20>30", "30>10");
        assertThat(kit.engine.waits()).hasSize(2);
    }

    @Test
    void aWaitThatIsOverMakesNoCircle() {
        now(TxnKit.locking(10, 10, "a"));
        now(TxnKit.locking(20, 20, "b"));
        CompletableFuture<PessimisticLockResponse> over = kit.lock(waiting(10, 100, "b"));
        kit.clock.advance(Duration.ofMillis(100));
        awaited(over);

        assertThat(kit.lock(waiting(20, 500, "a"))).isNotDone();
    }

    @Test
    void aNewHolderMayCloseACircle() {
        now(TxnKit.locking(10, 10, "a"));
        now(TxnKit.locking(20, 20, "b"));
        CompletableFuture<PessimisticLockResponse> first = kit.lock(forced(waiting(20, 800, "a")));
        CompletableFuture<PessimisticLockResponse> second = kit.lock(forced(waiting(30, 800, "a")));
        now(TxnKit.locking(30, 30, "c"));
        kit.lock(waiting(20, 800, "c"));

        kit.unlock(10, 10, "a");

        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(second.join().getErrors(0)).matches(KeyError::hasDeadlock);
    }

    @Test
    void aFirstLockIsNeverPartOfACircle() {
        now(TxnKit.locking(10, 10, "a"));

        assertThat(kit.lock(waiting(20, 500, "a").setIsFirstLock(true))).isNotDone();
        assertThat(kit.engine.waits()).hasSize(1);
    }
}
