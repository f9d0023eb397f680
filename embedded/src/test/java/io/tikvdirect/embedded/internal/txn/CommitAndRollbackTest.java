package io.tikvdirect.embedded.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.embedded.internal.mvcc.VersionType;
import io.tikvdirect.proto.kvrpcpb.CleanupRequest;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.ResolveLockRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rows of the tables of {@link Commits} and {@link Rollbacks}. */
class CommitAndRollbackTest {
    private final TxnKit kit = new TxnKit();

    @AfterEach
    void close() {
        kit.close();
    }

    private KeyError cleanup(long startTs, long currentTs, String key) {
        CleanupRequest request = CleanupRequest.newBuilder()
                .setKey(TxnKit.bytes(key))
                .setStartVersion(startTs)
                .setCurrentTs(currentTs)
                .build();
        return TxnKit.errorOf(() -> kit.writes.cleanup(kit.region, request));
    }

    @Test
    void aCommitMakesTheValueVisibleFromItsTimestampOn() {
        kit.write("a", "1", 10, 20);

        assertThat(kit.read("a", 19)).isEqualTo("-");
        assertThat(kit.read("a", 20)).isEqualTo("1");
        assertThat(kit.lockOf("a")).isNull();
    }

    @Test
    void aCommitOfSeveralKeysIsAllOrNothing() {
        kit.prewrite(10, TxnKit.put("a", "1"));

        assertThat(kit.commit(10, 20, "a", "b")).matches(KeyError::hasTxnLockNotFound);
        assertThat(kit.lockOf("a")).isNotNull();
        assertThat(kit.newest("a")).isNull();
    }

    @Test
    void aRepeatedCommitIsFineEvenAtAnotherTimestamp() {
        kit.write("a", "1", 10, 20);

        assertThat(kit.commit(10, 25, "a")).isNull();
        assertThat(kit.read("a", 20)).isEqualTo("1");
    }

    @Test
    void aCommitBelowThePushedMinimumIsRefused() {
        kit.prewrite(TxnKit.prewriting(10, TxnKit.put("a", "1")).setMinCommitTs(30));

        KeyError error = kit.commit(10, 29, "a");
        assertThat(error).matches(KeyError::hasCommitTsExpired);
        assertThat(error.getCommitTsExpired().getMinCommitTs()).isEqualTo(30);
        assertThat(kit.commit(10, 30, "a")).isNull();
    }

    @Test
    void aCommitNotAfterItsStartIsRefused() {
        kit.prewrite(10, TxnKit.put("a", "1"));

        assertThat(kit.commit(10, 10, "a")).matches(error -> !error.getAbort().isEmpty());
    }

    @Test
    void aCommitOfAPessimisticLockOnlyGivesItBack() {
        assertThat(kit.lock(TxnKit.locking(10, 10, "a"))).isCompleted();

        assertThat(kit.commit(10, 20, "a")).isNull();
        assertThat(kit.lockOf("a")).isNull();
        assertThat(kit.newest("a")).isNull();
    }

    @Test
    void aRolledBackTransactionCanNotCommitNorPrewriteAgain() {
        kit.prewrite(10, TxnKit.put("a", "1"));

        assertThat(kit.rollback(10, "a")).isNull();
        assertThat(kit.commit(10, 20, "a")).matches(KeyError::hasTxnLockNotFound);
        assertThat(kit.prewrite(10, TxnKit.put("a", "1")).getErrors(0)).matches(KeyError::hasConflict);
    }

    @Test
    void aCommittedTransactionIsNotRolledBack() {
        kit.write("a", "1", 10, 20);

        assertThat(kit.rollback(10, "a")).matches(error -> !error.getAbort().isEmpty());
        assertThat(kit.read("a", 20)).isEqualTo("1");
    }

    @Test
    void anUnprotectedRollbackIsForgottenWithTheNext() {
        kit.prewrite(10, TxnKit.put("p", "1"), TxnKit.put("a", "1"));
        kit.rollback(10, "a");
        kit.rollback(12, "a");

        assertThat(kit.newest("a")).matches(version -> version.startTs() == 12 && version.older() == null);
    }

    @Test
    void aProtectedRollbackStays() {
        kit.prewrite(10, TxnKit.put("a", "1"));
        kit.rollback(10, "a");
        kit.rollback(12, "a");

        assertThat(kit.newest("a").older()).matches(version -> version.isProtected() && version.startTs() == 10);
    }

    @Test
    void aCleanupOfALivingLockIsRefusedAndOfAnExpiredOneRollsBack() {
        long start = TxnKit.ts(1000, 0);
        kit.prewrite(start, TxnKit.put("a", "1"));

        assertThat(cleanup(start, TxnKit.ts(1000 + TxnKit.TTL_MS, 0), "a")).matches(KeyError::hasLocked);
        assertThat(cleanup(start, TxnKit.ts(1001 + TxnKit.TTL_MS, 0), "a")).isNull();
        assertThat(kit.newest("a")).matches(version -> version.type() == VersionType.ROLLBACK);
    }

    @Test
    void aProtectedRollbackWhereAnotherCommittedIsNotedOnThatCommit() {
        kit.write("a", "1", 10, 20);

        assertThat(cleanup(20, 0, "a")).isNull();
        assertThat(kit.newest("a")).matches(version -> version.hasOverlappedRollback() && version.commitTs() == 20);
        assertThat(kit.read("a", 30)).isEqualTo("1");
        assertThat(kit.prewrite(20, TxnKit.put("a", "2")).getErrors(0)).matches(KeyError::hasConflict);
    }

    @Test
    void aRollbackUnderAnAsyncCommitLockIsNotLostWhenThatCommitsThere() {
        kit.prewrite(TxnKit.prewriting(10, TxnKit.put("a", "1")).setUseAsyncCommit(true));

        assertThat(cleanup(15, 0, "a")).isNull();
        assertThat(kit.commit(10, 15, "a")).isNull();
        assertThat(kit.newest("a")).matches(version -> version.hasOverlappedRollback() && version.commitTs() == 15);
    }

    @Test
    void aRegionIsResolvedByTheFatesOfItsTransactions() throws TxnException {
        kit.prewrite(10, TxnKit.put("a", "1"), TxnKit.put("b", "1"));
        kit.prewrite(11, TxnKit.put("c", "2"));
        ResolveLockRequest.Builder fates = ResolveLockRequest.newBuilder();
        fates.addTxnInfosBuilder().setTxn(10).setStatus(20);
        fates.addTxnInfosBuilder().setTxn(11);

        kit.locks.resolve(kit.region, fates.build());

        assertThat(kit.read("a", 30)).isEqualTo("1");
        assertThat(kit.read("b", 30)).isEqualTo("1");
        assertThat(kit.read("c", 30)).isEqualTo("-");
    }

    @Test
    void lossOfALockInMemoryIsNotWhatResolvingARegionMeans() throws TxnException {
        assertThat(kit.lock(TxnKit.locking(10, 10, "a"))).isCompleted();

        kit.locks.resolve(
                kit.region, ResolveLockRequest.newBuilder().setStartVersion(10).build());

        assertThat(kit.lockOf("a")).isNotNull();
    }

    @Test
    void versionsBelowTheSafePointGoWithTheNextWriteOfTheirKey() {
        kit.write("a", "1", 10, 20);
        kit.write("a", "2", 30, 40);
        kit.engine.collectBelow(50);
        assertThat(kit.read("a", 20)).isEqualTo("1");

        kit.write("a", "3", 60, 70);

        assertThat(kit.read("a", 20)).isEqualTo("-");
        assertThat(kit.read("a", 50)).isEqualTo("2");
        assertThat(kit.read("a", 70)).isEqualTo("3");
    }
}
