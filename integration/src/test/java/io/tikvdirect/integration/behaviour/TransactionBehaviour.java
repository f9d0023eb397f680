package io.tikvdirect.integration.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.client.txn.CommitMode;
import io.tikvdirect.client.txn.DeadlockException;
import io.tikvdirect.client.txn.KeyExistsException;
import io.tikvdirect.client.txn.KeyLockedException;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.Snapshot;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.client.txn.TransactionScanner;
import io.tikvdirect.client.txn.WriteConflictException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Transactions, as every server has to serve them. */
abstract class TransactionBehaviour extends ServerBehaviour {
    private static final TransactionOptions ASYNC = TransactionOptions.DEFAULT.withAsyncCommit(true);
    private static final TransactionOptions ONE_PHASE = TransactionOptions.DEFAULT.withOnePhaseCommit(true);
    private static final List<TransactionOptions> KINDS = List.of(
            TransactionOptions.DEFAULT,
            ASYNC,
            ONE_PHASE,
            TransactionOptions.PESSIMISTIC,
            TransactionOptions.PESSIMISTIC.withAsyncCommit(true),
            TransactionOptions.PESSIMISTIC.withOnePhaseCommit(true));

    private final TransactionClient transactions;

    TransactionBehaviour(ServerUnderTest server) {
        super(server);
        this.transactions = server.features().contains(ServerFeature.TRANSACTIONS) ? client.transactions() : null;
    }

    /** Raw keys and those of transactions have nothing to do with each other. */
    @Override
    void removeWhatWasWritten() {
        List<byte[]> keys = new ArrayList<>();
        try (TransactionScanner pairs =
                now().scanner(all(), ScanOptions.unlimited().keysOnly())) {
            pairs.forEachRemaining(pair -> keys.add(pair.key()));
        }
        transactions.run(TransactionOptions.DEFAULT, txn -> {
            keys.forEach(txn::delete);
            return null;
        });
    }

    private Snapshot now() {
        return transactions.snapshot(transactions.timestamp());
    }

    private Timestamp write(String... namesAndValues) {
        try (Transaction txn = transactions.begin()) {
            for (int i = 0; i < namesAndValues.length; i += 2) {
                txn.put(key(namesAndValues[i]), bytes(namesAndValues[i + 1]));
            }
            return txn.commit();
        }
    }

    private String read(Snapshot snapshot, String name) {
        return text(snapshot.get(key(name)));
    }

    private static String text(byte[] value) {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    private static List<String> texts(List<KvPair> pairs) {
        return pairs.stream().map(pair -> text(pair.value())).toList();
    }

    private void splitTransactionsAt(int... indexes) {
        if (server.features().contains(ServerFeature.PD_SPLIT)) {
            transactions.splitRegions(Arrays.stream(indexes).mapToObj(this::key).toList());
        }
    }

    @Test
    @Capability(
            value = {"TXN-01", "TXN-02", "TXN-04", "SNP-01"},
            needs = ServerFeature.TRANSACTIONS)
    void everyKindOfCommitIsSeenByLaterSnapshotsAndByNoEarlierOne() {
        for (TransactionOptions options : KINDS) {
            String name = "kind" + KINDS.indexOf(options);
            Snapshot before = now();
            Timestamp committed;
            try (Transaction txn = transactions.begin(options)) {
                txn.put(key(name), bytes("v"));
                txn.put(key(name + "/other"), bytes("w"));
                committed = txn.commit();
                assertThat(committed).isGreaterThan(txn.startTimestamp());
            }
            assertThat(read(before, name)).isNull();
            assertThat(read(now(), name)).isEqualTo("v");
            assertThat(read(transactions.snapshot(committed), name + "/other")).isEqualTo("w");
            assertThat(read(transactions.snapshot(new Timestamp(committed.version() - 1)), name))
                    .isNull();
        }
    }

    @Test
    @Capability(
            value = {"TXN-10", "TXN-11"},
            needs = ServerFeature.TRANSACTIONS)
    void theServerTakesPartInAsyncAndOnePhaseCommits() {
        assertThat(modes(ASYNC)).contains(CommitMode.ASYNC);
        assertThat(modes(ONE_PHASE)).contains(CommitMode.ONE_PHASE);
    }

    /** Several, as a store whose clock has gone on by two seconds on a busy machine asks for two phases. */
    private List<CommitMode> modes(TransactionOptions options) {
        List<CommitMode> modes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            try (Transaction txn = transactions.begin(options)) {
                txn.put(key("mode"), bytes("v"));
                txn.commit();
                modes.add(txn.commitMode());
            }
        }
        return modes;
    }

    @Test
    @Capability(
            value = {"TXN-02", "TXN-04", "SNP-02", "SNP-03"},
            needs = {ServerFeature.TRANSACTIONS, ServerFeature.PD_SPLIT})
    void aLargeTransactionOverRegionsIsAllThere() {
        splitTransactionsAt(200, 400, 600);
        List<byte[]> keys = IntStream.range(0, 800).mapToObj(this::key).toList();
        for (TransactionOptions options : KINDS) {
            byte[] value = bytes("value".repeat(20) + KINDS.indexOf(options));
            try (Transaction txn = transactions.begin(options)) {
                keys.forEach(key -> txn.put(key, value));
                txn.commit();
            }
            assertThat(now().batchGet(keys)).allMatch(found -> Arrays.equals(found, value));
            int found = 0;
            try (TransactionScanner pairs =
                    now().scanner(all(), ScanOptions.unlimited().withPageSize(100))) {
                while (pairs.hasNext()) {
                    assertThat(pairs.next().key()).isEqualTo(keys.get(found++));
                }
            }
            assertThat(found).isEqualTo(800);
        }
    }

    @Test
    @Capability(
            value = {"MEM-01", "MEM-04", "SNP-03"},
            needs = ServerFeature.TRANSACTIONS)
    void ownWritesAreReadOverTheSnapshot() {
        write("a", "1", "c", "3", "e", "5");
        try (Transaction txn = transactions.begin()) {
            txn.put(key("b"), bytes("2"));
            txn.delete(key("c"));
            txn.put(key("e"), bytes("five"));
            write("d", "later");
            assertThat(texts(txn.scan(all(), ScanOptions.limit(10)))).containsExactly("1", "2", "five");
            assertThat(texts(txn.scan(all(), ScanOptions.limit(2)))).containsExactly("1", "2");
            assertThat(txn.batchGet(List.of(key("c"), key("d"), key("b")))).containsExactly(null, null, bytes("2"));
        }
        assertThat(texts(now().scan(all(), ScanOptions.limit(10)))).containsExactly("1", "3", "later", "5");
    }

    @Test
    @Capability(
            value = "SNP-03",
            needs = {ServerFeature.TRANSACTIONS, ServerFeature.TXN_REVERSE_SCAN_OF_SNAPSHOTS})
    void scansBackwardsSeeTheirSnapshotToo() {
        write("a", "1", "b", "2");
        Snapshot snapshot = now();
        write("a", "later", "c", "later");
        assertThat(texts(snapshot.scan(all(), ScanOptions.limit(10).reversed())))
                .containsExactly("2", "1");
        assertThat(texts(now().scan(all(), ScanOptions.limit(2).reversed()))).containsExactly("later", "2");
    }

    @Test
    @Capability(
            value = {"SNP-03", "SNP-06"},
            needs = ServerFeature.TRANSACTIONS)
    void scansKeepToTheirRangeAndMayLeaveValuesOut() {
        write("a", "1", "b", "2", "c", "3");
        KeyRange part = KeyRange.of(key("a"), key("c"));
        assertThat(texts(now().scan(part, ScanOptions.limit(10)))).containsExactly("1", "2");
        assertThat(now().scan(part, ScanOptions.limit(10).keysOnly()))
                .hasSize(2)
                .allMatch(pair -> {
                    byte[] value = pair.value();
                    return value == null || value.length == 0;
                });
        assertThat(now().scan(KeyRange.of(key("x"), key("z")), ScanOptions.limit(10)))
                .isEmpty();
    }

    @Test
    @Capability(
            value = {"TXN-02", "TXN-21"},
            needs = ServerFeature.TRANSACTIONS)
    void theFirstToCommitWins() {
        for (TransactionOptions options : List.of(TransactionOptions.DEFAULT, ASYNC, ONE_PHASE)) {
            try (Transaction slow = transactions.begin(options)) {
                slow.put(key("contested"), bytes("slow"));
                slow.put(key("beside"), bytes("slow"));
                Timestamp won = write("contested", "fast");
                assertThatThrownBy(slow::commit)
                        .isInstanceOfSatisfying(
                                WriteConflictException.class, conflict -> assertThat(conflict.conflictCommitTimestamp())
                                        .isEqualTo(won));
            }
            assertThat(read(now(), "contested")).isEqualTo("fast");
            assertThat(read(now(), "beside")).isNull();
        }
    }

    @Test
    @Capability(value = "TXN-14", needs = ServerFeature.TRANSACTIONS)
    void anInsertFindsOutWhatExists() {
        write("there", "1");
        for (TransactionOptions options : KINDS) {
            try (Transaction txn = transactions.begin(options)) {
                txn.insert(key("there"), bytes("2"));
                txn.insert(key("new"), bytes("2"));
                assertThatThrownBy(txn::commit).isInstanceOf(KeyExistsException.class);
            }
        }
        assertThat(read(now(), "new")).isNull();
        try (Transaction txn = transactions.begin()) {
            txn.delete(key("there"));
            txn.insert(key("there"), bytes("again"));
            txn.commit();
        }
        assertThat(read(now(), "there")).isEqualTo("again");
    }

    @Test
    @Capability(
            value = {"PES-01", "PES-02"},
            needs = ServerFeature.TRANSACTIONS)
    void aLockedKeyIsReadAsOfNowAndStaysSo() {
        write("locked", "1");
        try (Transaction txn = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            write("locked", "2");
            assertThat(txn.lock(List.of(key("locked"), key("absent")), LockOptions.DEFAULT.returningValues()))
                    .containsExactly(bytes("2"), null);
            assertThat(text(txn.get(key("locked")))).isEqualTo("1");
            txn.put(key("locked"), bytes("3"));
            assertThat(text(txn.getForUpdate(key("locked")))).isEqualTo("3");
            txn.commit();
        }
        assertThat(read(now(), "locked")).isEqualTo("3");
    }

    @Test
    @Capability(
            value = {"PES-01", "PES-06"},
            needs = ServerFeature.TRANSACTIONS)
    void nobodyGetsALockThatAnotherHoldsUntilItIsReleased() {
        try (Transaction holder = transactions.begin(TransactionOptions.PESSIMISTIC);
                Transaction other = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            holder.lock(List.of(key("row")), LockOptions.DEFAULT);
            assertThatThrownBy(() -> other.lock(List.of(key("row")), LockOptions.DEFAULT.noWait()))
                    .isInstanceOf(KeyLockedException.class);
            assertThatThrownBy(
                            () -> other.lock(List.of(key("row")), LockOptions.DEFAULT.withWait(Duration.ofMillis(50))))
                    .isInstanceOf(KeyLockedException.class);
            assertThat(read(now(), "row")).isNull(); // readers do not wait for it
            holder.rollback();
            assertThat(transactions.awaitBackground(Duration.ofSeconds(60))).isTrue();
            other.lock(List.of(key("row")), LockOptions.DEFAULT.noWait());
            other.put(key("row"), bytes("other"));
            other.commit();
        }
        assertThat(read(now(), "row")).isEqualTo("other");
    }

    @Test
    @Capability(value = "PES-01", needs = ServerFeature.TRANSACTIONS)
    void whoWaitsForALockGetsItWhenItsHolderCommits() throws Exception {
        try (Transaction holder = transactions.begin(TransactionOptions.PESSIMISTIC);
                Transaction waiter = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            holder.lock(List.of(key("row")), LockOptions.DEFAULT);
            CompletableFuture<String> waiting =
                    CompletableFuture.supplyAsync(() -> text(waiter.getForUpdate(key("row"))));
            holder.put(key("row"), bytes("held"));
            holder.commit();
            assertThat(waiting.get(60, TimeUnit.SECONDS)).isEqualTo("held");
        }
    }

    @Test
    @Capability(value = "PES-03", needs = ServerFeature.TRANSACTIONS)
    void twoThatWaitForEachOtherAreADeadlock() throws Exception {
        try (Transaction one = transactions.begin(TransactionOptions.PESSIMISTIC);
                Transaction two = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            one.lock(List.of(key("a")), LockOptions.DEFAULT);
            two.lock(List.of(key("b")), LockOptions.DEFAULT);
            CompletableFuture<?> first = lockOrRollBack(one, key("b"));
            CompletableFuture<?> second = lockOrRollBack(two, key("a"));
            Set<Boolean> deadlocks = new HashSet<>();
            for (CompletableFuture<?> each : List.of(first, second)) {
                deadlocks.add(isDeadlock(each));
            }
            assertThat(deadlocks).contains(true);
        }
    }

    /** On a thread of its own: the common pool may have one for both. */
    private static CompletableFuture<?> lockOrRollBack(Transaction txn, byte[] key) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        txn.lock(List.of(key), LockOptions.DEFAULT);
                    } catch (DeadlockException deadlock) {
                        txn.rollback(); // the other one gets on
                        throw deadlock;
                    }
                },
                task -> new Thread(task, "locker").start());
    }

    private static boolean isDeadlock(CompletableFuture<?> lock) throws Exception {
        try {
            lock.get(60, TimeUnit.SECONDS);
            return false;
        } catch (ExecutionException failed) {
            assertThat(failed).hasCauseInstanceOf(DeadlockException.class);
            return true;
        }
    }

    @Test
    @Capability(
            value = "PES-01",
            needs = {ServerFeature.TRANSACTIONS, ServerFeature.TXN_LOCK_ONLY_CONFLICTS})
    void aKeyThatWasOnlyLockedIsAConflictForAnOlderWriter() {
        write("guard", "1");
        try (Transaction older = transactions.begin()) {
            older.put(key("guard"), bytes("older"));
            try (Transaction locker = transactions.begin()) {
                locker.lock(List.of(key("guard")), LockOptions.DEFAULT);
                locker.put(key("decided"), bytes("by the guard"));
                locker.commit();
            }
            assertThatThrownBy(older::commit).isInstanceOf(WriteConflictException.class);
        }
        assertThat(read(now(), "guard")).isEqualTo("1");
    }

    @Test
    @Capability(
            value = {"TXN-01", "TXN-21"},
            needs = ServerFeature.TRANSACTIONS)
    void contendingTransactionsLoseNoUpdate() {
        write("counter", "0");
        IntStream.range(0, 4).parallel().forEach(thread -> {
            for (int i = 0; i < 15; i++) {
                TransactionOptions options = KINDS.get((thread + i) % KINDS.size());
                transactions.run(options.withRetryFor(Duration.ofSeconds(120)), txn -> {
                    boolean locking = options.pessimistic();
                    byte[] held = locking ? txn.getForUpdate(key("counter")) : txn.get(key("counter"));
                    int count = Integer.parseInt(text(Objects.requireNonNull(held)));
                    txn.put(key("counter"), bytes(Integer.toString(count + 1)));
                    return null;
                });
            }
        });
        assertThat(read(now(), "counter")).isEqualTo("60");
    }

    @Test
    @Capability(
            value = {"TSO-01", "SNP-01"},
            needs = ServerFeature.TRANSACTIONS)
    void timestampsGrowAndTheLatestSnapshotNeedsNone() {
        Timestamp last = transactions.timestamp();
        for (int i = 0; i < 50; i++) {
            Timestamp next = transactions.timestamp();
            assertThat(next).isGreaterThan(last);
            last = next;
        }
        write("latest", "v");
        assertThat(read(transactions.snapshot(Timestamp.LATEST), "latest")).isEqualTo("v");
    }
}
