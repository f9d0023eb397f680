package io.tikvdirect.client.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Transactions as a user sees them, over several regions. */
@Timeout(120)
class TransactionsTest {

    private static final TransactionOptions OPTIMISTIC = TransactionOptions.DEFAULT;
    private static final TransactionOptions ASYNC = OPTIMISTIC.withAsyncCommit(true);
    private static final TransactionOptions ONE_PHASE = ASYNC.withOnePhaseCommit(true);
    private static final TransactionOptions PESSIMISTIC = TransactionOptions.PESSIMISTIC;

    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private static EmbeddedCluster cluster;
    private static TikvClient client;
    private static TransactionClient transactions;
    private String prefix;

    @BeforeAll
    static void start() throws Exception {
        cluster = TxnClusters.start();
        client = TxnClusters.open(cluster);
        transactions = client.transactions();
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        cluster.close();
    }

    @BeforeEach
    void choosePrefix() throws Exception {
        prefix = "txn/" + System.nanoTime() + "-" + PREFIXES.incrementAndGet() + "/";
    }

    static List<TransactionOptions> modes() {
        return List.of(
                OPTIMISTIC,
                ASYNC,
                ONE_PHASE,
                ONE_PHASE.withCausalConsistency(true),
                PESSIMISTIC,
                ONE_PHASE.withPessimistic(true));
    }

    private byte[] key(String name) {
        return TxnClusters.bytes(prefix + name);
    }

    private static byte[] value(String text) {
        return TxnClusters.bytes(text);
    }

    private void write(String name, String text) {
        transactions.run(OPTIMISTIC, txn -> {
            txn.put(key(name), value(text));
            return null;
        });
    }

    private String read(String name) {
        byte[] found = transactions.snapshot(transactions.timestamp()).get(key(name));
        return found == null ? null : new String(found, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("modes")
    void committedWritesAreSeenByLaterSnapshotsAndNotByEarlierOnes(TransactionOptions options) {
        Timestamp before = transactions.timestamp();
        Timestamp committed;
        try (Transaction txn = transactions.begin(options)) {
            for (int i = 0; i < 20; i++) {
                txn.put(key("k" + i), value("v" + i));
            }
            assertThat(txn.size()).isEqualTo(20);
            committed = txn.commit();
        }

        assertThat(committed).isGreaterThan(before);
        for (int i = 0; i < 20; i++) {
            assertThat(transactions.snapshot(before).get(key("k" + i))).isNull();
            assertThat(transactions.snapshot(committed).get(key("k" + i))).isEqualTo(value("v" + i));
            assertThat(transactions.snapshot(Timestamp.LATEST).get(key("k" + i)))
                    .isEqualTo(value("v" + i));
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void aTransactionReadsItsOwnWritesOverItsSnapshot(TransactionOptions options) {
        write("a", "old");
        write("b", "old");
        try (Transaction txn = transactions.begin(options)) {
            write("c", "later");
            txn.put(key("a"), value("new"));
            txn.delete(key("b"));

            assertThat(txn.get(key("a"))).isEqualTo(value("new"));
            assertThat(txn.get(key("b"))).isNull();
            assertThat(txn.get(key("c"))).isNull();
            assertThat(txn.batchGet(List.of(key("c"), key("a"), key("b"), key("a"))))
                    .containsExactly(null, value("new"), null, value("new"));
            txn.commit();
        }
        assertThat(read("a")).isEqualTo("new");
        assertThat(read("b")).isNull();
        assertThat(read("c")).isEqualTo("later");
    }

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

    @Test
    void scansMergeOwnWritesBothWays() throws Exception {
        Random random = new Random(7);
        TreeMap<String, String> model = new TreeMap<>();
        transactions.run(OPTIMISTIC, txn -> {
            for (int i = 0; i < 300; i++) {
                String name = String.format("%03d", i);
                txn.put(key(name), value("s" + i));
                model.put(name, "s" + i);
            }
            return null;
        });
        for (String border : List.of("050", "111", "222")) {
            TxnClusters.split(cluster, key(border));
        }
        try (Transaction txn = transactions.begin()) {
            for (int i = 0; i < 200; i++) {
                String name = String.format("%03d", random.nextInt(400)) + (random.nextBoolean() ? "" : "x");
                if (random.nextInt(3) == 0) {
                    txn.delete(key(name));
                    model.remove(name);
                } else {
                    txn.put(key(name), value("t" + i));
                    model.put(name, "t" + i);
                }
            }
            KeyRange all = KeyRange.prefix(TxnClusters.bytes(prefix));
            for (int pageSize : new int[] {1, 7, 64, 1000}) {
                ScanOptions options = ScanOptions.unlimited().withPageSize(pageSize);
                assertThat(names(txn.scanner(all, options))).containsExactlyElementsOf(model.keySet());
                List<String> descending = new ArrayList<>(model.keySet());
                Collections.reverse(descending);
                assertThat(names(txn.scanner(all, options.reversed()))).containsExactlyElementsOf(descending);
            }
            for (int limit = 1; limit < 60; limit += 13) {
                List<KvPair> pairs = txn.scan(KeyRange.of(key("1"), key("2")), ScanOptions.limit(limit));
                List<Map.Entry<String, String>> expected =
                        model.subMap("1", "2").entrySet().stream().limit(limit).toList();
                assertThat(pairs).hasSize(expected.size());
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(pairs.get(i))
                            .isEqualTo(new KvPair(
                                    key(expected.get(i).getKey()),
                                    value(expected.get(i).getValue())));
                }
            }
            assertThat(txn.scan(all, ScanOptions.limit(5).keysOnly())).allMatch(pair -> pair.value() == null);
            txn.commit();
        }
        assertThat(names(transactions
                        .snapshot(transactions.timestamp())
                        .scanner(KeyRange.prefix(TxnClusters.bytes(prefix)), ScanOptions.unlimited())))
                .containsExactlyElementsOf(model.keySet());
    }

    private List<String> names(TransactionScanner scanner) {
        List<String> names = new ArrayList<>();
        try (scanner) {
            scanner.forEachRemaining(
                    pair -> names.add(new String(pair.key(), StandardCharsets.UTF_8).substring(prefix.length())));
        }
        return names;
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
    void lockedKeysGiveTheirNewestValuesAndStayTheirOwners() throws Exception {
        write("a", "old");
        try (Transaction txn = transactions.begin(PESSIMISTIC)) {
            write("a", "newer");
            assertThat(txn.get(key("a"))).isEqualTo(value("old"));
            List<byte[]> values =
                    txn.lock(List.of(key("a"), key("b"), key("a")), LockOptions.DEFAULT.returningValues());
            assertThat(values).containsExactly(value("newer"), null, value("newer"));
            assertThat(txn.getForUpdate(key("a"))).isEqualTo(value("newer"));
            try (Transaction other = transactions.begin(PESSIMISTIC)) {
                assertThatThrownBy(() -> other.lock(List.of(key("b")), LockOptions.DEFAULT.noWait()))
                        .isInstanceOf(KeyLockedException.class);
            }
            txn.put(key("a"), value("mine"));
            txn.commit();
        }
        assertThat(read("a")).isEqualTo("mine");
        assertThat(read("b")).isNull();
        write("b", "free");
    }

    @Test
    void aLockIsWaitedForUntilItsOwnerEnds() throws Exception {
        try (Transaction first = transactions.begin(PESSIMISTIC);
                Transaction second = transactions.begin(PESSIMISTIC)) {
            first.lock(List.of(key("k")), LockOptions.DEFAULT);
            CompletableFuture<List<byte[]>> waiting = second.async()
                    .lock(List.of(key("k")), LockOptions.DEFAULT.returningValues())
                    .toCompletableFuture();
            first.put(key("k"), value("first"));
            first.commit();

            assertThat(waiting.get(60, TimeUnit.SECONDS)).containsExactly(value("first"));
            second.put(key("k"), value("second"));
            second.commit();
        }
        assertThat(read("k")).isEqualTo("second");
    }

    @Test
    void waitingForALockEndsInTime() {
        try (Transaction first = transactions.begin(PESSIMISTIC);
                Transaction second = transactions.begin(PESSIMISTIC)) {
            first.lock(List.of(key("k")), LockOptions.DEFAULT);
            assertThatThrownBy(() -> second.lock(
                            List.of(key("x"), key("k")), LockOptions.DEFAULT.withWait(Duration.ofMillis(200))))
                    .isInstanceOf(KeyLockedException.class);
        }
        transactions.run(PESSIMISTIC, txn -> {
            txn.lock(List.of(key("x"), key("k")), LockOptions.DEFAULT);
            return null;
        });
    }

    @Test
    void onlyExistingKeysAreLockedWhenAskedSo() {
        write("there", "1");
        try (Transaction first = transactions.begin(PESSIMISTIC);
                Transaction second = transactions.begin(PESSIMISTIC)) {
            assertThat(first.lock(List.of(key("there")), LockOptions.DEFAULT.onlyExisting()))
                    .containsExactly(value("1"));
            assertThat(first.lock(List.of(key("absent")), LockOptions.DEFAULT.onlyExisting()))
                    .containsExactly((byte[]) null);
            second.lock(List.of(key("absent")), LockOptions.DEFAULT.noWait());
            assertThatThrownBy(() -> second.lock(List.of(key("there")), LockOptions.DEFAULT.noWait()))
                    .isInstanceOf(KeyLockedException.class);
        }
    }

    @Test
    void aDeadlockHasOneVictim() throws Exception {
        try (Transaction first = transactions.begin(PESSIMISTIC);
                Transaction second = transactions.begin(PESSIMISTIC)) {
            first.lock(List.of(key("a")), LockOptions.DEFAULT);
            second.lock(List.of(key("b")), LockOptions.DEFAULT);
            CompletableFuture<List<byte[]>> one =
                    first.async().lock(List.of(key("b")), LockOptions.DEFAULT).toCompletableFuture();
            CompletableFuture<List<byte[]>> two =
                    second.async().lock(List.of(key("a")), LockOptions.DEFAULT).toCompletableFuture();
            CompletableFuture<Boolean> victim = CompletableFuture.anyOf(
                            one.handle((done, failure) -> failure), two.handle((done, failure) -> failure))
                    .thenApply(failure -> failure instanceof DeadlockException);
            assertThat(victim.get(60, TimeUnit.SECONDS)).isTrue();
            (one.isCompletedExceptionally() ? first : second).rollback();
            (one.isCompletedExceptionally() ? two : one).get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void timestampsGrowAndAgeIsKnown() {
        Timestamp first = transactions.timestamp();
        Timestamp second = transactions.timestamp();
        assertThat(first.isBefore(second)).isTrue();
        Timestamp recent = transactions.lowResolutionTimestamp();
        assertThat(recent.isBefore(transactions.timestamp())).isTrue();
        long before = transactions.lowResolutionTimestamp().physicalMs();
        Timestamp stale = transactions.staleTimestamp(Duration.ofSeconds(30));
        long after = transactions.lowResolutionTimestamp().physicalMs();
        assertThat(stale.physicalMs()).isBetween(before - 30_000, after - 30_000);
        assertThatThrownBy(() -> transactions.staleTimestamp(Duration.ofDays(365 * 1000)))
                .isInstanceOf(InvalidArgumentException.class);
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

    @Test
    void theOrderOfABatchIsTheCallers() {
        transactions.run(OPTIMISTIC, txn -> {
            for (int i = 0; i < 50; i += 2) {
                txn.put(key("k" + i), value("v" + i));
            }
            return null;
        });
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            order.add(i);
            order.add(i);
        }
        Collections.shuffle(order, new Random(3));
        List<byte[]> found = transactions
                .snapshot(transactions.timestamp())
                .batchGet(order.stream().map(i -> key("k" + i)).toList());
        for (int i = 0; i < order.size(); i++) {
            int number = order.get(i);
            assertThat(Arrays.equals(found.get(i), number % 2 == 0 ? value("v" + number) : null))
                    .isTrue();
        }
    }
}
