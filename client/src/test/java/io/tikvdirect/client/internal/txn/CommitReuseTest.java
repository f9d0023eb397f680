package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.store.Router;
import io.tikvdirect.client.txn.AsyncTransaction;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a commit needs is used again by the next one: never by two at once, never while something still runs. With
 * assertions on, keys of a commit that was given back are overwritten with nonsense, so that one used too long is seen.
 */
@Timeout(300)
class CommitReuseTest {

    private static final int TRANSACTIONS = 3_000;
    private static final int AT_ONCE = 48;
    private static final int READ_AT_ONCE = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration HURRY = Duration.ofMillis(150);

    /** How far the cluster's clock is ahead of the system's. */
    private final AtomicLong aheadMs = new AtomicLong();

    private EmbeddedCluster cluster;
    private TikvClient client;
    private TransactionClient transactions;
    private TxnEngine engine;

    @BeforeEach
    void start() throws Exception {
        cluster = EmbeddedCluster.builder()
                .stores(2)
                .clock(() -> Instant.now().plusMillis(aheadMs.get()))
                .start();
        client = TikvClient.open(Config.builder()
                .set("pd.addresses", String.join(",", cluster.pdAddresses()))
                .set("timeout", "30s")
                .set("loops", "2")
                .build());
        transactions = client.transactions();
        try (Transaction any = transactions.begin()) {
            engine = ((TransactionFace) any).core().engine();
            // a commit that has to look for regions is not used again
            assertThat(any.get(bytes("any"))).isNull();
        }
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        cluster.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The keys of a transaction: one to four of them, over up to three regions, of different lengths. */
    private static List<byte[]> keys(int number) {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i <= number % 4; i++) {
            keys.add(bytes((char) ('a' + (number + i) % 3) + "/" + number + "/" + i));
        }
        return keys;
    }

    private static TransactionOptions options(int number) {
        TransactionOptions options = TransactionOptions.DEFAULT.withTimeout(number % 5 == 0 ? HURRY : PATIENCE);
        return switch (number % 3) {
            case 0 -> options;
            case 1 -> options.withOnePhaseCommit(true);
            default -> options.withAsyncCommit(true);
        };
    }

    private CompletionStage<Timestamp> commit(int number) {
        return transactions.async().begin(options(number)).thenCompose(txn -> write(txn, number));
    }

    private static CompletionStage<Timestamp> write(AsyncTransaction txn, int number) {
        for (byte[] key : keys(number)) {
            txn.put(key, key);
        }
        return txn.commit();
    }

    /** Runs many transactions, some at once; what each ended with: a timestamp, or a failure. */
    private AtomicReferenceArray<Object> runMany() throws Exception {
        AtomicReferenceArray<Object> ends = new AtomicReferenceArray<>(TRANSACTIONS);
        Semaphore places = new Semaphore(AT_ONCE);
        for (int i = 0; i < TRANSACTIONS; i++) {
            int number = i;
            assertThat(places.tryAcquire(180, TimeUnit.SECONDS)).isTrue();
            commit(number).whenComplete((committed, failure) -> {
                ends.set(number, failure == null ? committed : failure);
                places.release();
            });
        }
        assertThat(places.tryAcquire(AT_ONCE, 180, TimeUnit.SECONDS)).isTrue();
        return ends;
    }

    /** Each key as a reader finds it who comes when all locks that were left have outlived their time. */
    private List<List<byte @Nullable []>> readAll() {
        aheadMs.addAndGet(TimeUnit.MINUTES.toMillis(1));
        List<List<byte @Nullable []>> found = new ArrayList<>();
        for (int first = 0; first < TRANSACTIONS; first += READ_AT_ONCE) {
            List<byte[]> keys = new ArrayList<>();
            for (int i = first; i < first + READ_AT_ONCE; i++) {
                keys.addAll(keys(i));
            }
            List<byte @Nullable []> values =
                    transactions.snapshot(transactions.timestamp()).batchGet(keys);
            for (int i = first, at = 0; i < first + READ_AT_ONCE; i++) {
                int count = keys(i).size();
                found.add(values.subList(at, at + count));
                at += count;
            }
        }
        return found;
    }

    private static void check(int number, Object end, List<byte @Nullable []> found) {
        List<byte[]> keys = keys(number);
        long there = found.stream().filter(Objects::nonNull).count();
        for (int i = 0; i < keys.size(); i++) {
            byte[] value = found.get(i);
            assertThat(value == null || Arrays.equals(value, keys.get(i)))
                    .as("transaction %d has what it wrote, and nothing of another", number)
                    .isTrue();
        }
        TikvException failure = end instanceof Throwable thrown ? Router.ownFailure(thrown) : null;
        assertThat(there).as("transaction %d: all or nothing", number).isIn(0L, (long) keys.size());
        if (end instanceof Timestamp) {
            assertThat(there).as("transaction %d is committed", number).isEqualTo(keys.size());
        } else if (failure != null && !failure.isUndetermined()) {
            assertThat(there).as("transaction %d: %s", number, failure).isZero();
        }
    }

    private void splitRegions() throws Exception {
        cluster.splitAtRegionKey(KeySpace.v1Txn().regionKey(bytes("b")));
        cluster.splitAtRegionKey(KeySpace.v1Txn().regionKey(bytes("c")));
    }

    @Test
    void noTransactionMeetsWhatIsOfAnother() throws Exception {
        splitRegions();
        AtomicReferenceArray<Object> ends = runMany();
        assertThat(engine.spareCommits().size()).as("commits are used again").isPositive();
        List<List<byte @Nullable []>> found = readAll();
        for (int i = 0; i < TRANSACTIONS; i++) {
            check(i, ends.get(i), found.get(i));
        }
    }

    @Test
    void norWhenAnswersAreLateOrLostOrComeTwice() throws Exception {
        splitRegions();
        cluster.faults().on("KvPrewrite").probability(0.01).dropAfter();
        cluster.faults().on("KvCommit").probability(0.01).dropAfter();
        // behind the deadline of some, so that the answer comes when nobody waits for it and the commit has ended
        cluster.faults().on("KvPrewrite").probability(0.03).delay(HURRY.multipliedBy(2));
        cluster.faults().on("KvCommit").probability(0.03).delay(HURRY.multipliedBy(2));
        // executed once, and once more when it is sent again
        cluster.faults().on("KvPrewrite").probability(0.01).resetAfter();
        cluster.faults().on("KvCommit").probability(0.01).resetAfter();
        cluster.faults().on("KvPrewrite").probability(0.02).notLeader();
        cluster.faults().on("KvCommit").probability(0.02).serverBusy(Duration.ofMillis(5));
        AtomicReferenceArray<Object> ends = runMany();
        cluster.faults().clear();
        await().atMost(Duration.ofSeconds(120)).until(engine::isIdle);
        List<List<byte @Nullable []>> found = readAll();
        for (int i = 0; i < TRANSACTIONS; i++) {
            check(i, ends.get(i), found.get(i));
        }
    }

    private void commitOne(String key) {
        try (Transaction txn = transactions.begin()) {
            txn.put(bytes(key), bytes(key));
            txn.put(bytes(key + "/other"), bytes(key));
            txn.commit();
        }
    }

    /** Commits until something is there to be used again; not every commit leaves something when the machine is slow. */
    private void commitUntilSomethingIsSpare() {
        AtomicInteger number = new AtomicInteger();
        await().atMost(PATIENCE).until(() -> {
            commitOne("spare/" + number.incrementAndGet());
            return engine.spareCommits().size() > 0;
        });
    }

    @Test
    void oneAfterTheOtherUsesTheSame() {
        for (int i = 0; i < 100; i++) {
            commitOne("one/" + i);
        }
        commitUntilSomethingIsSpare();
        assertThat(engine.spareCommits().size()).isBetween(1, 20);
        assertThat(engine.spareBuffers().size()).isBetween(1, 20);
    }

    @Test
    void whatTheBackgroundStillNeedsIsNotUsed() {
        var held = cluster.faults().on("KvCommit").nth(2).dropBefore();
        commitOne("held");
        await().atMost(PATIENCE).until(() -> held.fired() == 1);
        assertThat(engine.spareCommits().size()).isZero();
        commitUntilSomethingIsSpare();
    }

    @Test
    void aCommitThatHasFailedIsLeftToTheCollector() {
        cluster.faults().on("KvPrewrite").dropBefore();
        // long enough for a busy machine to begin
        Transaction txn = transactions.begin(TransactionOptions.DEFAULT.withTimeout(Duration.ofSeconds(3)));
        txn.put(bytes("failed"), bytes("failed"));
        assertThatThrownBy(txn::commit).isInstanceOf(TikvException.class);
        cluster.faults().clear();
        await().atMost(PATIENCE).until(engine::isIdle);
        assertThat(engine.spareCommits().size()).isZero();
        assertThat(engine.spareBuffers().size()).isZero();
    }

    @Test
    void anEndedTransactionStaysEndedWhateverIsUsedAgain() {
        Transaction ended = transactions.begin();
        ended.put(bytes("ended"), bytes("first"));
        ended.commit();
        commitUntilSomethingIsSpare();
        try (Transaction next = transactions.begin()) {
            next.put(bytes("next"), bytes("second"));
            assertThatThrownBy(() -> ended.put(bytes("ended"), bytes("late")))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> ended.get(bytes("next"))).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(ended::commit).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(ended::rollback).isInstanceOf(IllegalStateException.class);
            ended.close();
            assertThat(next.get(bytes("next"))).isEqualTo(bytes("second"));
            next.commit();
        }
        assertThat(transactions.snapshot(transactions.timestamp()).get(bytes("ended")))
                .isEqualTo(bytes("first"));
        assertThat(transactions.snapshot(transactions.timestamp()).get(bytes("next")))
                .isEqualTo(bytes("second"));
    }

    @Test
    void aShareGivenBackTwiceIsNoticed() {
        TransactionCommit commit = new TransactionCommit(engine);
        assertThatThrownBy(commit::release).isInstanceOf(IllegalStateException.class);
        AtomicInteger made = new AtomicInteger();
        Spares<Integer> spares = new Spares<>(made::incrementAndGet);
        assertThat(spares.take()).isEqualTo(1);
        spares.giveBack(1);
        assertThat(spares.take()).isEqualTo(1);
        assertThat(spares.take()).isEqualTo(2);
    }
}
