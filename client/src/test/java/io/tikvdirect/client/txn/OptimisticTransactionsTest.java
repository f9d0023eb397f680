package io.tikvdirect.client.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.raw.ScanOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Transactions as a user sees them, over several regions; where it makes no difference, in all modes of commit. */
@Timeout(120)
class OptimisticTransactionsTest extends TransactionFixture {

    @ParameterizedTest
    @MethodSource("modes")
    void theSlowerOfTwoWritersLoses(TransactionOptions options) {
        write("k", "0");
        try (Transaction slow = transactions.begin(options)) {
            slow.get(key("k"));
            write("k", "1");
            slow.put(key("k"), value("2"));
            slow.put(key("other"), value("2"));

            WriteConflictException conflict = catchThrowableOfType(WriteConflictException.class, slow::commit);
            assertThat(conflict.startTimestamp()).isEqualTo(slow.startTimestamp());
            assertThat(conflict.isRetryable()).isTrue();
        }
        assertThat(read("k")).isEqualTo("1");
        assertThat(read("other")).isNull();
    }

    @Test
    void aConflictOnOneOfManyKeysLeavesNothingBehind() {
        List<byte[]> keys = new ArrayList<>();
        try (Transaction txn = transactions.begin()) {
            for (int i = 0; i < 200; i++) {
                keys.add(key("k" + i));
                txn.put(keys.get(i), new byte[500]);
            }
            write("k77", "faster");
            assertThatThrownBy(txn::commit).isInstanceOf(WriteConflictException.class);
        }
        List<byte[]> found = transactions.snapshot(transactions.timestamp()).batchGet(keys);
        for (int i = 0; i < 200; i++) {
            assertThat(found.get(i)).isEqualTo(i == 77 ? value("faster") : null);
        }
        transactions.run(OPTIMISTIC, again -> {
            keys.forEach(key -> again.put(key, value("again")));
            return null;
        });
    }

    @Test
    void runBeginsAnewAfterAConflict() {
        write("k", "0");
        List<Integer> attempts = new ArrayList<>();
        String result = transactions.run(OPTIMISTIC, txn -> {
            attempts.add(txn.attempt());
            byte[] seen = txn.get(key("k"));
            if (txn.attempt() == 1) {
                write("k", "1");
            }
            txn.put(key("k"), value(new String(seen, StandardCharsets.UTF_8) + "+"));
            return "done";
        });
        assertThat(result).isEqualTo("done");
        assertThat(attempts).containsExactly(1, 2);
        assertThat(read("k")).isEqualTo("1+");
    }

    @Test
    void runWithoutTimeToRetryReportsTheConflict() {
        assertThatThrownBy(() -> transactions.run(OPTIMISTIC.withRetryFor(Duration.ZERO), txn -> {
                    txn.get(key("k"));
                    write("k", "faster");
                    txn.put(key("k"), value("slow"));
                    return null;
                }))
                .isInstanceOf(WriteConflictException.class);
    }

    @Test
    void whatTheBodyThrowsRollsBackAndIsThrown() {
        assertThatThrownBy(() -> transactions.run(OPTIMISTIC, txn -> {
                    txn.put(key("k"), value("v"));
                    throw new IllegalArgumentException("mine");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mine");
        assertThat(read("k")).isNull();
    }

    @ParameterizedTest
    @MethodSource("modes")
    void anInsertOfAnExistingKeyFails(TransactionOptions options) {
        write("k", "there");
        try (Transaction txn = transactions.begin(options)) {
            txn.insert(key("k"), value("mine"));
            txn.insert(key("free"), value("mine"));
            KeyExistsException exists = catchThrowableOfType(KeyExistsException.class, txn::commit);
            assertThat(exists.details().key()).isNotNull();
        }
        assertThat(read("k")).isEqualTo("there");
        assertThat(read("free")).isNull();
        try (Transaction txn = transactions.begin(options)) {
            txn.insert(key("free"), value("mine"));
            txn.commit();
        }
        assertThat(read("free")).isEqualTo("mine");
    }

    @Test
    void aKeyInsertedAndDeletedAgainMustStillBeAbsent() {
        write("k", "there");
        try (Transaction txn = transactions.begin()) {
            txn.insert(key("k"), value("mine"));
            txn.delete(key("k"));
            assertThatThrownBy(txn::commit).isInstanceOf(KeyExistsException.class);
        }
        try (Transaction txn = transactions.begin()) {
            txn.insert(key("absent"), value("mine"));
            txn.delete(key("absent"));
            assertThatThrownBy(() -> {
                        txn.insert(key("absent"), value("1"));
                        txn.insert(key("absent"), value("2"));
                    })
                    .isInstanceOf(KeyExistsException.class);
            txn.delete(key("absent"));
            txn.commit();
        }
        assertThat(read("absent")).isNull();
    }

    @Test
    void savepointsUndoWhatCameAfterThem() {
        try (Transaction txn = transactions.begin()) {
            txn.put(key("a"), value("1"));
            Savepoint first = txn.savepoint();
            txn.put(key("a"), value("2"));
            txn.put(key("b"), value("2"));
            Savepoint second = txn.savepoint();
            txn.delete(key("a"));
            txn.rollbackTo(second);
            assertThat(txn.get(key("a"))).isEqualTo(value("2"));
            txn.rollbackTo(first);
            assertThat(txn.get(key("a"))).isEqualTo(value("1"));
            assertThat(txn.get(key("b"))).isNull();
            txn.commit();
        }
        assertThat(read("a")).isEqualTo("1");
        assertThat(read("b")).isNull();
    }

    @Test
    void anEndedTransactionIsOfNoUse() {
        Transaction txn = transactions.begin();
        txn.put(key("k"), value("v"));
        txn.rollback();
        assertThatThrownBy(() -> txn.get(key("k"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> txn.put(key("k"), value("v"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(txn::commit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(txn::rollback).isInstanceOf(IllegalStateException.class);
        txn.close();
        assertThat(read("k")).isNull();
    }

    @Test
    void keysAndValuesAreCheckedBeforeTheyAreTaken() {
        try (Transaction txn = transactions.begin()) {
            assertThatThrownBy(() -> txn.put(new byte[0], value("v"))).isInstanceOf(InvalidArgumentException.class);
            assertThatThrownBy(() -> txn.put(key("k"), new byte[0])).isInstanceOf(InvalidArgumentException.class);
            assertThatThrownBy(() -> txn.get(new byte[0])).isInstanceOf(InvalidArgumentException.class);
            assertThatThrownBy(() -> txn.lock(List.of(key("k")), LockOptions.DEFAULT.returningValues()))
                    .isInstanceOf(InvalidArgumentException.class);
        }
    }

    @Test
    void anOptimisticTransactionMayDependOnWhatItHasOnlyRead() {
        write("read", "1");
        try (Transaction reader = transactions.begin()) {
            reader.lock(List.of(key("read")), LockOptions.DEFAULT);
            reader.put(key("written"), value("v"));
            write("read", "2");
            assertThatThrownBy(reader::commit).isInstanceOf(WriteConflictException.class);
            assertThat(reader.commitMode()).isNull();
        }
        assertThat(read("written")).isNull();
        try (Transaction reader = transactions.begin()) {
            reader.lock(List.of(key("read")), LockOptions.DEFAULT);
            reader.put(key("written"), value("v"));
            reader.commit();
        }
        assertThat(read("read")).isEqualTo("2");
        assertThat(read("written")).isEqualTo("v");
    }

    @Test
    void aCommitTellsHowItWasDoneAndItsRestCanBeAwaited() {
        for (boolean async : new boolean[] {true, false}) {
            for (boolean onePhase : new boolean[] {true, false}) {
                TransactionOptions options =
                        TransactionOptions.DEFAULT.withAsyncCommit(async).withOnePhaseCommit(onePhase);
                Transaction txn = transactions.begin(options);
                txn.put(key("mode"), value("v"));
                assertThat(txn.commitMode()).isNull();
                txn.commit();
                CommitMode wanted = async ? CommitMode.ASYNC : CommitMode.TWO_PHASES;
                assertThat(txn.commitMode()).isEqualTo(onePhase ? CommitMode.ONE_PHASE : wanted);
                assertThat(transactions.awaitBackground(Duration.ofSeconds(30))).isTrue();
            }
        }
    }

    @Test
    void committingNothingNeedsNobody() {
        try (Transaction txn = transactions.begin()) {
            assertThat(txn.commit()).isEqualTo(txn.startTimestamp());
            assertThat(txn.commitMode()).isNull();
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void aTransactionLargerThanAChunkOverSeveralRegions(TransactionOptions options) throws Exception {
        TxnClusters.split(cluster, key("1"));
        TxnClusters.split(cluster, key("2"));
        List<byte[]> keys = new ArrayList<>();
        try (Transaction txn = transactions.begin(options)) {
            for (int i = 0; i < 300; i++) {
                keys.add(key(Integer.toString(i)));
                txn.put(keys.get(i), new byte[1 + i % 700]);
            }
            txn.commit();
        }
        List<byte[]> found = transactions.snapshot(transactions.timestamp()).batchGet(keys);
        for (int i = 0; i < 300; i++) {
            assertThat(found.get(i)).hasSize(1 + i % 700);
        }
    }

    @Test
    void theAsynchronousFaceDoesTheSame() throws Exception {
        AsyncTransactionClient async = transactions.async();
        String result = async.run(ONE_PHASE, txn -> {
                    txn.put(key("a"), value("1"));
                    return txn.get(key("a")).thenCompose(own -> {
                        txn.put(key("b"), own);
                        return txn.scan(KeyRange.prefix(TxnClusters.bytes(prefix)), ScanOptions.limit(10))
                                .thenApply(pairs -> "saw " + pairs.size());
                    });
                })
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        assertThat(result).isEqualTo("saw 2");
        AsyncSnapshot snapshot =
                async.snapshot(async.timestamp().toCompletableFuture().get(60, TimeUnit.SECONDS));
        assertThat(snapshot.get(key("b")).toCompletableFuture().get(60, TimeUnit.SECONDS))
                .isEqualTo(value("1"));
        assertThat(snapshot.batchGet(List.of(key("a"), key("z")))
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS))
                .containsExactly(value("1"), null);
    }

    @Test
    void theAsynchronousRunBeginsAnewAfterAConflict() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        transactions
                .async()
                .run(OPTIMISTIC, txn -> {
                    attempts.set(txn.attempt());
                    CompletableFuture<Void> other = txn.attempt() > 1
                            ? CompletableFuture.completedFuture(null)
                            : CompletableFuture.runAsync(() -> write("k", "faster"));
                    return other.thenRun(() -> txn.put(key("k"), value("slow")));
                })
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        assertThat(attempts).hasValue(2);
        assertThat(read("k")).isEqualTo("slow");
    }

    @Test
    void moneyIsNeitherMadeNorLost() throws Exception {
        int accounts = 8;
        for (int i = 0; i < accounts; i++) {
            write("account" + i, "100");
        }
        TxnClusters.split(cluster, key("account4"));
        List<CompletableFuture<Void>> clerks = new ArrayList<>();
        List<TransactionOptions> modes = modes();
        for (int clerk = 0; clerk < 6; clerk++) {
            Random random = new Random(clerk);
            TransactionOptions mode = modes.get(clerk).withRetryFor(Duration.ofSeconds(60));
            clerks.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 30; i++) {
                    transfer(random, mode, accounts);
                    assertThat(sum(accounts)).isEqualTo(100 * accounts);
                }
            }));
        }
        for (CompletableFuture<Void> clerk : clerks) {
            clerk.get(110, TimeUnit.SECONDS);
        }
        assertThat(sum(accounts)).isEqualTo(100 * accounts);
    }

    private void transfer(Random random, TransactionOptions mode, int accounts) {
        int from = random.nextInt(accounts);
        int to = (from + 1 + random.nextInt(accounts - 1)) % accounts;
        transactions.run(mode, txn -> {
            byte[] source = key("account" + from);
            byte[] target = key("account" + to);
            List<byte[]> held = mode.pessimistic()
                    ? txn.lock(List.of(source, target), LockOptions.DEFAULT.returningValues())
                    : txn.batchGet(List.of(source, target));
            int has = Integer.parseInt(new String(held.get(0), StandardCharsets.UTF_8));
            int gets = Integer.parseInt(new String(held.get(1), StandardCharsets.UTF_8));
            txn.put(source, value(Integer.toString(has - 1)));
            txn.put(target, value(Integer.toString(gets + 1)));
            return null;
        });
    }

    private int sum(int accounts) {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < accounts; i++) {
            keys.add(key("account" + i));
        }
        return transactions.snapshot(transactions.timestamp()).batchGet(keys).stream()
                .mapToInt(value -> Integer.parseInt(new String(value, StandardCharsets.UTF_8)))
                .sum();
    }
}
