package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.Snapshot;
import io.tikvdirect.client.txn.SnapshotOptions;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What clients that have died leave behind, row by row of {@link LockResolution}: a reader or writer that comes later finds
 * out what became of the transaction, and never decides wrongly.
 */
@Timeout(120)
class AbandonedLocksTest extends EngineFixture {

    private static final long GONE_MS = 1;

    private List<byte[]> keys;

    @BeforeAll
    static void start() throws Exception {
        open(EmbeddedCluster.builder().stores(2).start());
    }

    @BeforeEach
    void chooseKeys() {
        keys = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            keys.add(("locks/" + System.nanoTime() + "/" + i).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Locks some of the keys as a transaction of all of them, and dies. */
    private void prewrite(long startTs, long ttlMs, boolean asyncCommit, List<byte[]> locked) {
        if (asyncCommit) {
            prewriteAsync(locked, keys.get(0), keys.subList(1, keys.size()), startTs, ttlMs);
        } else {
            prewrite(locked, keys.get(0), startTs, ttlMs);
        }
    }

    private CommitCall commitPrimary(long startTs, long commitTs) {
        return commitPrimary(keys.get(0), startTs, commitTs);
    }

    private List<byte[]> readAll() {
        return now().batchGet(keys);
    }

    @Test
    void thePrimaryIsCommittedSoTheRestIsToo() {
        long startTs = timestamp();
        prewrite(startTs, HOUR_MS, false, keys);
        long commitTs = timestamp();
        assertThat(commitPrimary(startTs, commitTs).failure()).isNull();

        assertThat(now().get(keys.get(2))).isEqualTo(new byte[] {7});
        assertThat(transactions.snapshot(new Timestamp(commitTs - 1)).get(keys.get(1)))
                .isNull();
        assertThat(readAll()).doesNotContainNull();
    }

    @Test
    void thePrimaryIsRolledBackSoNothingIsThere() {
        long startTs = timestamp();
        prewrite(startTs, HOUR_MS, false, keys);
        Rollback.inBackground(engine, keys.subList(0, 1), startTs);

        assertThat(now().get(keys.get(2))).isNull();
        assertThat(readAll()).containsOnlyNulls();
    }

    @Test
    void aReaderDoesNotWaitForALivingTransactionButPushesIt() {
        long startTs = timestamp();
        prewrite(startTs, HOUR_MS, false, keys);
        long early = timestamp();

        assertThat(readAll()).containsOnlyNulls();
        assertThat(now().get(keys.get(0))).isNull();
        assertThat(now().scan(KeyRange.of(keys.get(0), keys.get(2)), ScanOptions.limit(5)))
                .isEmpty();

        CommitCall tooEarly = commitPrimary(startTs, early);
        assertThat(tooEarly.refusal()).isNotNull();
        assertThat(tooEarly.refusal().hasCommitTsExpired()).isTrue();
        assertThat(commitPrimary(startTs, timestamp()).failure()).isNull();
        assertThat(readAll()).doesNotContainNull();
    }

    @Test
    void aTransactionWhoseTimeIsOverIsRolledBackForGood() {
        long startTs = past();
        prewrite(startTs, GONE_MS, false, keys);

        assertThat(readAll()).containsOnlyNulls();
        assertThat(commitPrimary(startTs, timestamp()).failure()).isNotNull();
        assertThat(readAll()).containsOnlyNulls();
    }

    @Test
    void aSecondaryWithoutPrimaryIsLeftAloneWhileItsTimeIsNotOver() {
        prewrite(timestamp(), HOUR_MS, false, keys.subList(1, 2));

        Snapshot hurried = now().with(SnapshotOptions.DEFAULT.withTimeout(Duration.ofMillis(400)));
        assertStillLocked(() -> hurried.get(keys.get(1)));
    }

    @Test
    void aSecondaryWithoutPrimaryIsRolledBackWhenItsTimeIsOver() {
        long startTs = past();
        prewrite(startTs, GONE_MS, false, keys.subList(1, 2));

        assertThat(now().get(keys.get(1))).isNull();
        assertThat(commitPrimary(startTs, timestamp()).failure()).isNotNull();
    }

    @Test
    void anAsyncCommitWithAllKeysLockedIsCommitted() {
        long startTs = past();
        prewrite(startTs, GONE_MS, true, keys);

        assertThat(now().get(keys.get(1))).isEqualTo(new byte[] {7});
        assertThat(readAll()).doesNotContainNull();
    }

    @Test
    void anAsyncCommitWithAKeyNotLockedIsRolledBack() {
        long startTs = past();
        prewrite(startTs, GONE_MS, true, keys.subList(0, 2));

        assertThat(now().get(keys.get(1))).isNull();
        assertThat(readAll()).containsOnlyNulls();
        assertThatThrownBy(() -> prewrite(startTs, GONE_MS, true, keys.subList(2, 3)))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void anAsyncCommitThatFellBackIsDecidedByItsPrimaryAlone() {
        long startTs = past();
        prewrite(startTs, GONE_MS, true, keys.subList(0, 2));
        prewrite(startTs, GONE_MS, false, keys.subList(2, 3));

        assertThat(readAll()).containsOnlyNulls();
        assertThat(commitPrimary(startTs, timestamp()).failure()).isNotNull();
    }

    @Test
    void aWriterGetsPastWhatIsLeft() {
        prewrite(timestamp(), GONE_MS, false, keys);
        write((byte) 1);
        long startTs = timestamp();
        prewrite(startTs, HOUR_MS, false, keys);
        assertThat(commitPrimary(startTs, timestamp()).failure()).isNull();
        write((byte) 2);
        prewrite(timestamp(), GONE_MS, true, keys);
        write((byte) 3);
        assertThat(readAll()).containsExactly(new byte[] {3}, new byte[] {3}, new byte[] {3});
    }

    private void write(byte value) {
        transactions.run(TransactionOptions.DEFAULT, txn -> {
            keys.forEach(key -> txn.put(key, new byte[] {value}));
            return null;
        });
    }

    @Test
    void aWriterWaitsForALivingTransactionUntilItsDeadline() {
        prewrite(timestamp(), HOUR_MS, false, keys);
        TransactionOptions hurried = TransactionOptions.DEFAULT.withTimeout(Duration.ofSeconds(2));
        try (Transaction txn = transactions.begin(hurried)) {
            txn.put(keys.get(1), new byte[] {1});
            assertStillLocked(txn::commit);
        }
    }

    /** A deadline that passes while a store or the oracle is being asked looks different, and means the same. */
    private static void assertStillLocked(ThrowingCallable call) {
        TikvException failure = catchThrowableOfType(TikvException.class, call);
        assertThat(failure.code()).isIn(ErrorCode.KEY_LOCKED, ErrorCode.REQUEST_TIMEOUT, ErrorCode.PD_UNAVAILABLE);
    }

    @Test
    void anAbandonedPessimisticLockIsTakenOver() {
        lock(keys, keys.get(0), timestamp(), GONE_MS);

        try (Transaction txn = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            txn.lock(keys, LockOptions.DEFAULT);
            keys.forEach(key -> txn.put(key, new byte[] {4}));
            txn.commit();
        }
        assertThat(readAll()).containsExactly(new byte[] {4}, new byte[] {4}, new byte[] {4});
    }

    @Test
    void aFewLockedKeysAmongManyAreReadAgainAlone() {
        List<byte[]> many = new ArrayList<>(keys);
        transactions.run(TransactionOptions.DEFAULT, txn -> {
            for (int i = 0; i < 3_000; i++) {
                byte[] key =
                        (new String(keys.get(0), StandardCharsets.UTF_8) + "/" + i).getBytes(StandardCharsets.UTF_8);
                many.add(key);
                txn.put(key, new byte[] {1});
            }
            return null;
        });
        long startTs = timestamp();
        prewrite(startTs, HOUR_MS, false, keys);
        assertThat(commitPrimary(startTs, timestamp()).failure()).isNull();

        assertThat(now().batchGet(many)).hasSize(3_003).doesNotContainNull();
    }

    @Test
    void whatIsKnownToBeOverIsNotAskedAgain() {
        FinishedTransactions finished = new FinishedTransactions();
        for (long start = 0; start <= FinishedTransactions.CAPACITY; start++) {
            finished.add(start, TxnStatus.committed(start + 1));
        }
        assertThat(finished.get(0)).isNull();
        assertThat(finished.get(1)).isEqualTo(TxnStatus.committed(2));
        assertThat(finished.get(FinishedTransactions.CAPACITY)).isNotNull();
    }

    @Test
    void aLockCallThatFailsKeepsWhatWasLockedBefore() {
        LockOptions now = LockOptions.DEFAULT.noWait();
        try (Transaction owner = transactions.begin(TransactionOptions.PESSIMISTIC);
                Transaction other = transactions.begin(TransactionOptions.PESSIMISTIC);
                Transaction third = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            owner.lock(List.of(keys.get(0)), now);
            other.lock(List.of(keys.get(1)), now);
            assertThatThrownBy(() -> owner.lock(List.of(keys.get(0), keys.get(1)), now.returningValues()))
                    .isInstanceOf(TikvException.class);
            awaitIdle();
            assertThatThrownBy(() -> third.lock(List.of(keys.get(0)), now)).isInstanceOf(TikvException.class);
        }
    }
}
