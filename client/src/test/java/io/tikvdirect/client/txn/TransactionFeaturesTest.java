package io.tikvdirect.client.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.raw.ScanOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What transactions can do by option. */
@Timeout(180)
class TransactionFeaturesTest extends TransactionFixture {

    @Test
    void aLockInTurnHasTheNewestValueWhoeverWroteIt() throws Exception {
        LockOptions inTurn = LockOptions.DEFAULT.inTurn().returningValues();
        try (Transaction first = transactions.begin(PESSIMISTIC);
                Transaction second = transactions.begin(PESSIMISTIC)) {
            assertThat(first.lock(List.of(key("hot")), inTurn)).containsExactly((byte[]) null);
            CompletableFuture<List<byte[]>> waiting =
                    second.async().lock(List.of(key("hot")), inTurn).toCompletableFuture();
            first.put(key("hot"), value("first"));
            first.commit();
            assertThat(waiting.get(60, TimeUnit.SECONDS)).containsExactly(value("first"));
            second.put(key("hot"), value("second"));
            second.commit();
        }
        assertThat(read("hot")).isEqualTo("second");
    }

    @Test
    void aHotRowCountsEveryVisitor() throws Exception {
        write("counter", "0");
        List<CompletableFuture<Void>> visitors = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            visitors.add(CompletableFuture.runAsync(() -> {
                for (int visit = 0; visit < 10; visit++) {
                    transactions.run(PESSIMISTIC.withRetryFor(Duration.ofSeconds(60)), this::visit);
                }
            }));
        }
        for (CompletableFuture<Void> visitor : visitors) {
            visitor.get(120, TimeUnit.SECONDS);
        }
        assertThat(read("counter")).isEqualTo("40");
    }

    private Void visit(Transaction txn) {
        byte[] now = txn.lock(
                        List.of(key("counter")), LockOptions.DEFAULT.inTurn().returningValues())
                .get(0);
        txn.put(key("counter"), value(Integer.toString(Integer.parseInt(new String(now, StandardCharsets.UTF_8)) + 1)));
        return null;
    }

    @Test
    void aSharedLockKeepsWritersOutAndSharersNot() {
        List<byte[]> shared = List.of(key("shared"));
        try (Transaction one = transactions.begin(PESSIMISTIC);
                Transaction other = transactions.begin(PESSIMISTIC);
                Transaction writer = transactions.begin(PESSIMISTIC)) {
            assertThatThrownBy(() -> one.lock(shared, LockOptions.DEFAULT.inShareMode()))
                    .isInstanceOf(IllegalStateException.class);
            one.lock(List.of(key("one")), LockOptions.DEFAULT);
            other.lock(List.of(key("other")), LockOptions.DEFAULT);
            one.lock(shared, LockOptions.DEFAULT.inShareMode());
            other.lock(shared, LockOptions.DEFAULT.inShareMode().noWait());

            assertThatThrownBy(() -> writer.lock(shared, LockOptions.DEFAULT.noWait()))
                    .isInstanceOf(KeyLockedException.class);
            assertThatThrownBy(() -> one.put(key("shared"), value("mine"))).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> one.lock(shared, LockOptions.DEFAULT)).isInstanceOf(IllegalStateException.class);
            one.put(key("one"), value("1"));
            one.commit();
            other.rollback();
        }
        write("shared", "free");
        assertThat(read("shared")).isEqualTo("free");
        assertThat(read("one")).isEqualTo("1");
    }

    @Test
    void whatIsExpectedOfKeysIsChecked() {
        write("there", "1");
        TransactionOptions strict = OPTIMISTIC.withAssertions(AssertionLevel.STRICT);
        try (Transaction txn = transactions.begin(strict)) {
            txn.expectAbsent(key("there"));
            txn.put(key("there"), value("2"));
            assertThatThrownBy(txn::commit).isInstanceOf(ExpectationFailedException.class);
        }
        try (Transaction txn = transactions.begin(strict)) {
            txn.expectPresent(key("missing"));
            txn.put(key("missing"), value("2"));
            assertThatThrownBy(txn::commit).isInstanceOf(ExpectationFailedException.class);
        }
        try (Transaction txn = transactions.begin(strict)) {
            txn.expectPresent(key("there"));
            txn.expectAbsent(key("missing"));
            txn.put(key("there"), value("3"));
            txn.put(key("missing"), value("3"));
            txn.commit();
        }
        assertThat(read("there")).isEqualTo("3");
        try (Transaction txn = transactions.begin(OPTIMISTIC)) {
            txn.expectAbsent(key("there"));
            txn.put(key("there"), value("4"));
            txn.commit();
        }
        assertThat(read("there")).isEqualTo("4");
    }

    @Test
    void aVetoRollsBack() {
        List<Timestamp> asked = new CopyOnWriteArrayList<>();
        CommitCheck never = (start, commit) -> {
            asked.add(start);
            asked.add(commit);
            return false;
        };
        TransactionOptions vetoed =
                OPTIMISTIC.withCommitCheck(never).withAsyncCommit(true).withOnePhaseCommit(true);
        assertThatThrownBy(() -> transactions.run(vetoed, txn -> {
                    txn.put(key("k"), value("never"));
                    return null;
                }))
                .isInstanceOf(OperationCancelledException.class);
        assertThat(asked).hasSize(2);
        assertThat(asked.get(0).isBefore(asked.get(1))).isTrue();
        write("k", "after");
        assertThat(read("k")).isEqualTo("after");
    }

    @Test
    void aCheckThatThrowsRollsBackToo() {
        CommitCheck broken = (start, commit) -> {
            throw new IllegalArgumentException("broken");
        };
        try (Transaction txn = transactions.begin(OPTIMISTIC.withCommitCheck(broken))) {
            txn.put(key("k"), value("never"));
            assertThatThrownBy(txn::commit)
                    .isInstanceOf(OperationCancelledException.class)
                    .hasRootCauseInstanceOf(IllegalArgumentException.class);
        }
        assertThat(read("k")).isNull();
    }

    @Test
    void theListenerHearsHowCommitsEnd() {
        List<CommitReport> reports = new CopyOnWriteArrayList<>();
        TransactionOptions told = OPTIMISTIC.withCommitListener(reports::add);
        try (Transaction slow = transactions.begin(told.withOnePhaseCommit(true))) {
            transactions.run(told.withOnePhaseCommit(true), txn -> {
                txn.put(key("k"), value("fast"));
                return null;
            });
            slow.put(key("k"), value("slow"));
            assertThatThrownBy(slow::commit).isInstanceOf(WriteConflictException.class);
        }
        transactions.run(told.withAsyncCommit(true), txn -> {
            txn.put(key("k"), value("async"));
            return null;
        });
        assertThat(reports)
                .extracting(CommitReport::mode)
                .containsExactly(CommitMode.ONE_PHASE, CommitMode.ONE_PHASE, CommitMode.ASYNC);
        assertThat(reports.get(0).commit()).isGreaterThan(reports.get(0).start());
        assertThat(reports.get(0).keys()).isOne();
        assertThat(reports.get(0).failure()).isNull();
        assertThat(reports.get(1).failure()).isInstanceOf(WriteConflictException.class);
        assertThat(reports.get(1).commit()).isNull();
    }

    @Test
    void aListenerThatThrowsChangesNothing() {
        CommitListener broken = report -> {
            throw new IllegalArgumentException("broken");
        };
        transactions.run(OPTIMISTIC.withCommitListener(broken), txn -> {
            txn.put(key("k"), value("1"));
            return null;
        });
        assertThat(read("k")).isEqualTo("1");
    }

    @Test
    void aCommitWaitsUntilTheOraclesTimeHasPassedAMoment() {
        Timestamp soon = later(200);
        for (TransactionOptions options : List.of(OPTIMISTIC, OPTIMISTIC.withAsyncCommit(true))) {
            try (Transaction txn = transactions.begin(options.withCommitAfter(soon))) {
                txn.put(key("k"), value("1"));
                assertThat(txn.commit()).isGreaterThan(soon);
            }
        }
        try (Transaction txn = transactions.begin(OPTIMISTIC.withCommitAfter(later(3_600_000)))) {
            txn.put(key("k"), value("2"));
            assertThatThrownBy(txn::commit).isInstanceOf(TransactionAbortedException.class);
        }
        assertThat(read("k")).isEqualTo("1");
    }

    private static Timestamp later(long ms) {
        return new Timestamp(transactions.timestamp().version() + (ms << Timestamp.LOGICAL_BITS));
    }

    /** Asks for one pair at a time. */
    private static final class Collector implements Flow.Subscriber<KvPair> {
        private final List<String> values = new ArrayList<>();
        private final CompletableFuture<List<String>> all = new CompletableFuture<>();
        private Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription begun) {
            subscription = begun;
            begun.request(1);
        }

        @Override
        public void onNext(KvPair pair) {
            values.add(new String(pair.value(), StandardCharsets.UTF_8));
            subscription.request(1);
        }

        @Override
        public void onError(Throwable failure) {
            all.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            all.complete(values);
        }
    }

    private static List<String> collect(Flow.Publisher<KvPair> publisher) throws Exception {
        Collector collector = new Collector();
        publisher.subscribe(collector);
        return collector.all.get(60, TimeUnit.SECONDS);
    }

    @Test
    void publishersGiveARangeBothWaysWithOwnWrites() throws Exception {
        transactions.run(OPTIMISTIC, txn -> {
            for (int i = 0; i < 10; i++) {
                txn.put(key("p" + i), value("old" + i));
            }
            return null;
        });
        TxnClusters.split(cluster, key("p4"));
        KeyRange range = KeyRange.prefix(TxnClusters.bytes(prefix));
        ScanOptions pages = ScanOptions.unlimited().withPageSize(3);
        AsyncSnapshot snapshot = transactions.async().snapshot(transactions.timestamp());
        assertThat(collect(snapshot.scanPublisher(range, pages)))
                .hasSize(10)
                .startsWith("old0", "old1")
                .endsWith("old9");
        try (Transaction txn = transactions.begin()) {
            txn.put(key("p5"), value("new5"));
            txn.delete(key("p6"));
            txn.put(key("q"), value("new"));
            assertThat(collect(txn.async().scanPublisher(range, pages.reversed())))
                    .containsExactly("new", "old9", "old8", "old7", "new5", "old4", "old3", "old2", "old1", "old0");
        }
    }

    @Test
    void aForgottenTransactionGivesItsLocksBack() {
        lockAndForget();
        try (Transaction next = transactions.begin(PESSIMISTIC)) {
            await().atMost(Duration.ofSeconds(100)).ignoreExceptions().until(() -> {
                System.gc();
                next.lock(List.of(key("k")), LockOptions.DEFAULT.noWait());
                return true;
            });
        }
    }

    private void lockAndForget() {
        transactions.begin(PESSIMISTIC).lock(List.of(key("k")), LockOptions.DEFAULT);
    }

    @Test
    void closingAClientRollsItsOpenTransactionsBack() {
        TikvClient second = TxnClusters.open(cluster, "close.timeout", "60s");
        Transaction left = second.transactions().begin(PESSIMISTIC);
        left.lock(List.of(key("k")), LockOptions.DEFAULT);
        second.close();
        try (Transaction next = transactions.begin(PESSIMISTIC)) {
            next.lock(List.of(key("k")), LockOptions.DEFAULT.noWait());
        }
        assertThatThrownBy(left::commit).isInstanceOf(IllegalStateException.class);
    }
}
