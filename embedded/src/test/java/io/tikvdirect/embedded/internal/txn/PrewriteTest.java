package io.tikvdirect.embedded.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.proto.kvrpcpb.Assertion;
import io.tikvdirect.proto.kvrpcpb.AssertionLevel;
import io.tikvdirect.proto.kvrpcpb.FlushRequest;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.Mutation;
import io.tikvdirect.proto.kvrpcpb.Op;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest.PessimisticAction;
import io.tikvdirect.proto.kvrpcpb.PrewriteResponse;
import io.tikvdirect.proto.kvrpcpb.WriteConflict.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rows of the tables of {@link Prewrites} and {@link KeyPrewrite}. */
class PrewriteTest {
    private final TxnKit kit = new TxnKit();

    @AfterEach
    void close() {
        kit.close();
    }

    private static PrewriteRequest.Builder pessimistic(
            long startTs, long forUpdateTs, PessimisticAction action, Mutation mutation) {
        return TxnKit.prewriting(startTs, mutation).setForUpdateTs(forUpdateTs).addPessimisticActions(action);
    }

    private static PrewriteRequest.Builder onePhase(long startTs, Mutation... mutations) {
        return TxnKit.prewriting(startTs, mutations).setTryOnePc(true);
    }

    @Test
    void everyLockedKeyIsToldAndNothingIsWritten() {
        kit.prewrite(10, TxnKit.put("a", "1"), TxnKit.put("b", "1"));

        PrewriteResponse answer = kit.prewrite(12, TxnKit.put("c", "2"), TxnKit.put("a", "2"), TxnKit.put("b", "2"));

        assertThat(answer.getErrorsList()).hasSize(2).allMatch(KeyError::hasLocked);
        assertThat(kit.lockOf("c")).isNull();
    }

    @Test
    void aConflictReplacesAllOtherErrors() {
        kit.prewrite(10, TxnKit.put("a", "1"));
        kit.write("b", "1", 11, 20);

        PrewriteResponse answer = kit.prewrite(12, TxnKit.put("a", "2"), TxnKit.put("b", "2"));

        assertThat(answer.getErrorsList()).singleElement().matches(KeyError::hasConflict);
        assertThat(answer.getErrors(0).getConflict().getReason()).isEqualTo(Reason.Optimistic);
    }

    @Test
    void aRepeatedPrewriteKeepsTheFirstValueAndOneAfterTheCommitIsFine() {
        kit.prewrite(10, TxnKit.put("a", "1"));
        assertThat(kit.prewrite(10, TxnKit.put("a", "2")).getErrorsCount()).isZero();
        assertThat(kit.commit(10, 20, "a")).isNull();

        assertThat(kit.prewrite(10, TxnKit.put("a", "3")).getErrorsCount()).isZero();
        assertThat(kit.read("a", 30)).isEqualTo("1");
        assertThat(kit.lockOf("a")).isNull();
    }

    @Test
    void anInsertNeedsAnAbsentKey() {
        kit.write("a", "1", 10, 20);

        assertThat(kit.prewrite(30, TxnKit.mutation(Op.Insert, "a")).getErrors(0))
                .matches(KeyError::hasAlreadyExist);
        assertThat(kit.prewrite(30, TxnKit.mutation(Op.CheckNotExists, "a")).getErrors(0))
                .matches(KeyError::hasAlreadyExist);
        assertThat(kit.prewrite(30, TxnKit.mutation(Op.CheckNotExists, "b")).getErrorsCount())
                .isZero();
        assertThat(kit.lockOf("b")).isNull();
    }

    @Test
    void anInsertLooksThroughLocksAndRollbacks() {
        kit.write("a", "1", 10, 20);
        kit.prewrite(21, TxnKit.mutation(Op.Lock, "a"));
        kit.commit(21, 22, "a");

        assertThat(kit.prewrite(30, TxnKit.mutation(Op.Insert, "a")).getErrors(0))
                .matches(KeyError::hasAlreadyExist);
    }

    @Test
    void aKeyIsNotPrewrittenTwiceInOneRequest() {
        PrewriteResponse answer = kit.prewrite(10, TxnKit.put("a", "1"), TxnKit.put("a", "2"));

        assertThat(answer.getErrors(0).getAbort()).isNotEmpty();
        assertThat(kit.lockOf("a")).isNull();
    }

    @Test
    void whatWouldEndARealServerIsRefused() {
        assertThat(kit.prewrite(PrewriteRequest.newBuilder().setStartVersion(5))
                        .getErrors(0)
                        .getAbort())
                .isNotEmpty();
        assertThat(kit.prewrite(10, TxnKit.mutation(Op.Rollback, "a"))
                        .getErrors(0)
                        .getAbort())
                .isNotEmpty();
        assertThat(kit.prewrite(10, TxnKit.put("", "1")).getErrors(0).getAbort())
                .isNotEmpty();
    }

    @Test
    void assertionsAreCheckedWhereTheVersionIsKnownOrStrictly() {
        Mutation exists =
                TxnKit.put("a", "1").toBuilder().setAssertion(Assertion.Exist).build();
        PrewriteRequest.Builder request = TxnKit.prewriting(10, exists);

        assertThat(kit.prewrite(request.setAssertionLevel(AssertionLevel.Fast)).getErrors(0))
                .matches(KeyError::hasAssertionFailed);
        assertThat(kit.prewrite(request.setSkipConstraintCheck(true)).getErrorsCount())
                .isZero();
        kit.rollback(10, "a");
        assertThat(kit.prewrite(TxnKit.prewriting(12, exists)
                                .setSkipConstraintCheck(true)
                                .setAssertionLevel(AssertionLevel.Strict))
                        .getErrors(0))
                .matches(KeyError::hasAssertionFailed);
    }

    @Test
    void anAsyncCommitIsAboveEveryReadSoFar() {
        kit.read("b", 100);

        PrewriteResponse answer = kit.prewrite(TxnKit.prewriting(10, TxnKit.put("a", "1"), TxnKit.put("b", "1"))
                .setUseAsyncCommit(true)
                .addSecondaries(TxnKit.bytes("b")));

        assertThat(answer.getMinCommitTs()).isEqualTo(101);
        assertThat(kit.lockOf("a").secondaries()).containsExactly(TxnKit.bytes("b"));
        assertThat(kit.lockOf("b").secondaries()).isEmpty();
    }

    @Test
    void onePhaseCommitsAtOnceAndItsRetryAnswersTheSame() {
        PrewriteResponse first = kit.prewrite(onePhase(10, TxnKit.put("a", "1"), TxnKit.put("b", "1")));
        PrewriteResponse again = kit.prewrite(onePhase(10, TxnKit.put("a", "1"), TxnKit.put("b", "1")));

        assertThat(first.getOnePcCommitTs()).isEqualTo(11);
        assertThat(again).isEqualTo(first);
        assertThat(kit.lockOf("a")).isNull();
        assertThat(kit.read("b", 11)).isEqualTo("1");
    }

    @Test
    void beyondTheLimitOnePhaseFallsBackToOrdinaryLocks() {
        kit.read("x", 100);

        PrewriteResponse answer = kit.prewrite(
                onePhase(10, TxnKit.put("a", "1"), TxnKit.put("b", "1")).setMaxCommitTs(50));

        assertThat(answer).isEqualTo(PrewriteResponse.getDefaultInstance());
        assertThat(kit.lockOf("a")).matches(lock -> !lock.asyncCommit() && lock.minCommitTs() == 0);
        assertThat(kit.lockOf("b")).isNotNull();
        assertThat(kit.commit(10, 120, "a", "b")).isNull();
    }

    @Test
    void aRetryOfWhatFellBackStaysInTwoPhases() {
        kit.read("x", 100);
        kit.prewrite(TxnKit.prewriting(10, TxnKit.put("a", "1"))
                .setUseAsyncCommit(true)
                .setMaxCommitTs(50));

        PrewriteResponse again = kit.prewrite(TxnKit.prewriting(10, TxnKit.put("a", "1"), TxnKit.put("b", "1"))
                .setUseAsyncCommit(true)
                .setMaxCommitTs(500));

        assertThat(again.getMinCommitTs()).isZero();
        assertThat(kit.lockOf("b").asyncCommit()).isFalse();
    }

    @Test
    void aPessimisticLockBecomesThePrewrittenOneWithItsLargerTimes() {
        kit.lock(TxnKit.locking(10, 15, "a").setLockTtl(9000).setMinCommitTs(40));

        kit.prewrite(pessimistic(10, 12, PessimisticAction.DO_PESSIMISTIC_CHECK, TxnKit.put("a", "1")));

        assertThat(kit.lockOf("a"))
                .matches(lock -> !lock.isPessimistic()
                        && lock.ttlMs() == 9000
                        && lock.minCommitTs() == 40
                        && lock.forUpdateTs() == 15);
    }

    @Test
    void aLostPessimisticLockIsMadeGoodOnlyIfNobodyWrote() {
        kit.write("b", "1", 11, 20);

        assertThat(kit.prewrite(pessimistic(10, 15, PessimisticAction.DO_PESSIMISTIC_CHECK, TxnKit.put("a", "1")))
                        .getErrorsCount())
                .isZero();
        assertThat(kit.prewrite(pessimistic(10, 15, PessimisticAction.DO_PESSIMISTIC_CHECK, TxnKit.put("b", "1")))
                        .getErrors(0)
                        .getAbort())
                .contains("PessimisticLockNotFound");
    }

    @Test
    void anUnexpectedForUpdateTimestampMeansTheLockWasLost() {
        kit.lock(TxnKit.locking(10, 15, "a"));
        PrewriteRequest.Builder request =
                pessimistic(10, 15, PessimisticAction.DO_PESSIMISTIC_CHECK, TxnKit.put("a", "1"));
        request.addForUpdateTsConstraintsBuilder().setExpectedForUpdateTs(14);

        assertThat(kit.prewrite(request).getErrors(0).getAbort()).contains("PessimisticLockNotFound");
        request.getForUpdateTsConstraintsBuilder(0).setExpectedForUpdateTs(15);
        assertThat(kit.prewrite(request).getErrorsCount()).isZero();
    }

    @Test
    void aPutOffConstraintCheckFindsTheConflict() {
        kit.write("a", "1", 11, 20);

        PrewriteResponse answer =
                kit.prewrite(pessimistic(10, 30, PessimisticAction.DO_CONSTRAINT_CHECK, TxnKit.put("a", "2")));

        assertThat(answer.getErrors(0).getConflict().getReason()).isEqualTo(Reason.LazyUniquenessCheck);
    }

    @Test
    void aPessimisticPrewriteTellsOthersLocksWithoutTimeToLive() {
        kit.prewrite(10, TxnKit.put("a", "1"));

        PrewriteResponse answer =
                kit.prewrite(pessimistic(12, 12, PessimisticAction.SKIP_PESSIMISTIC_CHECK, TxnKit.put("a", "2")));

        assertThat(answer.getErrors(0).getLocked().getLockTtl()).isZero();
    }

    @Test
    void aLaterFlushOverwritesAnEarlierOneOnly() throws TxnException {
        flush(1, TxnKit.put("a", "1"));
        flush(3, TxnKit.put("a", "3"));
        flush(2, TxnKit.put("a", "2"));

        assertThat(kit.lockOf("a"))
                .matches(lock ->
                        lock.generation() == 3 && TxnKit.bytes("3").equals(lock.value()) && lock.minCommitTs() == 11);
    }

    private void flush(long generation, Mutation mutation) throws TxnException {
        kit.writes.flush(
                kit.region,
                FlushRequest.newBuilder()
                        .setStartTs(10)
                        .setPrimaryKey(TxnKit.bytes("a"))
                        .setGeneration(generation)
                        .addMutations(mutation)
                        .build());
    }
}
