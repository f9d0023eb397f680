package io.tikvdirect.client.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.FaultRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A commit whose requests are executed while their answers are lost: what is claimed is true, or nothing is claimed. */
@Timeout(180)
class LostCommitAnswersTest {

    private static final TransactionOptions TWO_PHASES = TransactionOptions.DEFAULT;
    private static final TransactionOptions ASYNC = TWO_PHASES.withAsyncCommit(true);
    private static final TransactionOptions ONE_PHASE = TWO_PHASES.withOnePhaseCommit(true);
    private static final Duration HURRY = Duration.ofMillis(500);
    /** Enough for what comes before the answer that is lost; a busy machine gets more, see {@link #commitMeeting}. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** How far the cluster's clock is ahead of the system's. */
    private static final AtomicLong AHEAD_MS = new AtomicLong();

    private static EmbeddedCluster cluster;
    private static TikvClient client;
    private static TransactionClient transactions;

    @BeforeAll
    static void start() throws Exception {
        cluster = EmbeddedCluster.builder()
                .stores(3)
                .clock(() -> Instant.now().plusMillis(AHEAD_MS.get()))
                .start();
        client = TxnClusters.open(cluster);
        transactions = client.transactions();
    }

    @AfterEach
    void heal() {
        cluster.faults().clear();
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        cluster.close();
    }

    static Stream<Arguments> requests() {
        List<Arguments> all = new ArrayList<>();
        for (TransactionOptions options : List.of(TWO_PHASES, ASYNC, ONE_PHASE, TransactionOptions.PESSIMISTIC)) {
            for (String rpc : List.of("KvPrewrite", "KvCommit")) {
                for (int keys : new int[] {1, 3, 60}) {
                    all.add(Arguments.of(options, rpc, keys));
                }
            }
        }
        return all.stream();
    }

    private static List<byte[]> keys(int count) {
        List<byte[]> keys = new ArrayList<>();
        String prefix = "lost/" + System.nanoTime() + "/";
        for (int i = 0; i < count; i++) {
            keys.add(TxnClusters.bytes(prefix + i));
        }
        return keys;
    }

    private static void write(Transaction txn, List<byte[]> keys) {
        keys.forEach(key -> txn.put(key, new byte[600]));
    }

    /** How many keys a reader finds who comes when all locks that were left have outlived their time. */
    private static long found(List<byte[]> keys) {
        AHEAD_MS.addAndGet(TimeUnit.MINUTES.toMillis(1));
        return transactions.snapshot(transactions.timestamp()).batchGet(keys).stream()
                .filter(Objects::nonNull)
                .count();
    }

    @ParameterizedTest
    @MethodSource("requests")
    void oneLostAnswerIsAskedForAgain(TransactionOptions options, String rpc, int count) {
        List<byte[]> keys = keys(count);
        cluster.faults().on(rpc).times(1).closeAfter();
        try (Transaction txn = transactions.begin(options)) {
            write(txn, keys);
            txn.commit();
        }
        assertThat(found(keys)).isEqualTo(count);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void whenAllAnswersAreLostNothingWrongIsClaimed(TransactionOptions options, String rpc, int count) {
        List<byte[]> keys = keys(count);
        cluster.faults().on(rpc).dropAfter();
        TikvException failure = null;
        boolean claimed = false;
        try (Transaction txn = transactions.begin(options.withTimeout(HURRY))) {
            write(txn, keys);
            txn.commit();
            claimed = true;
        } catch (TikvException caught) {
            failure = caught;
        }
        cluster.faults().clear();
        long found = found(keys);
        assertThat(found).as("all or nothing").isIn(0L, (long) count);
        if (claimed) {
            assertThat(found).isEqualTo(count);
        } else if (!failure.isUndetermined()) {
            assertThat(found).as("denied with %s", failure.code()).isZero();
        }
    }

    /** What a commit ends with that meets a fault; with more time when a busy machine has not let it get so far. */
    private static Throwable commitMeeting(FaultRule fault, List<byte[]> keys) {
        Throwable failure = null;
        for (Duration patience = PATIENCE; fault.fired() == 0; patience = patience.multipliedBy(4)) {
            try (Transaction txn = transactions.begin(TWO_PHASES.withTimeout(patience))) {
                write(txn, keys);
                failure = catchThrowable(txn::commit);
            }
        }
        return failure;
    }

    @Test
    void aPrimaryCommitWhoseAnswerIsLostIsUndetermined() {
        List<byte[]> keys = keys(3);
        Throwable failure = commitMeeting(cluster.faults().on("KvCommit").dropAfter(), keys);
        assertThat(failure).isInstanceOfSatisfying(UndeterminedException.class, undetermined -> assertThat(
                        undetermined.isRetryable())
                .isFalse());
        cluster.faults().clear();
        assertThat(found(keys)).isEqualTo(3);
    }

    @Test
    void aPrimaryCommitThatNeverArrivedIsUndeterminedToo() {
        List<byte[]> keys = keys(2);
        assertThat(commitMeeting(cluster.faults().on("KvCommit").dropBefore(), keys))
                .isInstanceOf(UndeterminedException.class);
        cluster.faults().clear();
        assertThat(found(keys)).isIn(0L, 2L);
    }

    @Test
    void aPrewriteOfTwoPhasesWhoseAnswerIsLostIsNoCommit() {
        List<byte[]> keys = keys(3);
        cluster.faults().on("KvPrewrite").dropAfter();
        // asynchronously: a blocking caller on a busy machine may give up before the event loop can tell it all
        AsyncTransaction txn = transactions
                .async()
                .begin(TWO_PHASES.withTimeout(PATIENCE))
                .toCompletableFuture()
                .join();
        keys.forEach(key -> txn.put(key, new byte[600]));
        assertThatThrownBy(() -> txn.commit().toCompletableFuture().join())
                .cause()
                .isInstanceOfSatisfying(TikvException.class, failure -> assertThat(failure.isUndetermined())
                        .isFalse());
        cluster.faults().clear();
        assertThat(found(keys)).isZero();
    }

    /**
     * The first request did it all, its answer is lost, and before the second one arrives others have found the transaction
     * committed and a younger one has locked its keys: that lock proves nothing.
     */
    @ParameterizedTest
    @MethodSource("firstRequestsThatCommit")
    void aLockThatCameAfterTheCommitDeniesNothing(TransactionOptions options) {
        List<byte[]> keys = keys(1);
        AsyncTransaction txn = transactions
                .async()
                .begin(options.withTimeout(Duration.ofSeconds(60)))
                .toCompletableFuture()
                .join();
        String own = "start_version: " + txn.startTimestamp().version();
        AtomicBoolean held = new AtomicBoolean(true);
        FaultRule lost = cluster.faults()
                .on("KvPrewrite")
                .where(site -> site.request().toString().contains(own))
                .times(1)
                .closeAfter();
        FaultRule later = cluster.faults()
                .on("KvPrewrite")
                .where(site -> held.get() && site.request().toString().contains(own))
                .serverBusy(Duration.ofMillis(5));
        keys.forEach(key -> txn.put(key, new byte[600]));
        CompletableFuture<Timestamp> commit = txn.commit().toCompletableFuture();
        await().atMost(Duration.ofSeconds(60)).until(() -> lost.fired() == 1 && later.fired() > 0);
        assertThat(found(keys)).isEqualTo(1);
        try (Transaction younger = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            younger.lock(keys, LockOptions.DEFAULT);
            held.set(false);
            commit.handle((committed, failure) -> failure)
                    .orTimeout(90, TimeUnit.SECONDS)
                    .join();
        }
        assertThat(commit.handle((committed, failure) -> failure == null || isUndetermined(failure)))
                .isCompletedWithValue(true);
        assertThat(found(keys)).isEqualTo(1);
    }

    private static boolean isUndetermined(Throwable failure) {
        return failure instanceof UndeterminedException || failure.getCause() instanceof UndeterminedException;
    }

    static List<TransactionOptions> firstRequestsThatCommit() {
        return List.of(ASYNC, ONE_PHASE);
    }

    @Test
    void runNeverRepeatsAnUndeterminedCommit() {
        List<byte[]> keys = keys(2);
        List<Integer> attempts = new ArrayList<>();
        cluster.faults().on("KvCommit").dropAfter();
        assertThatThrownBy(() -> transactions.run(TWO_PHASES.withTimeout(PATIENCE), txn -> {
                    attempts.add(txn.attempt());
                    write(txn, keys);
                    return null;
                }))
                .isInstanceOf(UndeterminedException.class);
        assertThat(attempts).containsExactly(1);
    }

    @Test
    void aLostAnswerToALockCallLeavesNoLockBehind() {
        List<byte[]> keys = keys(2);
        cluster.faults().on("KvPessimisticLock").dropAfter();
        try (Transaction txn = transactions.begin(TransactionOptions.PESSIMISTIC.withTimeout(PATIENCE))) {
            assertThatThrownBy(() -> txn.lock(keys, LockOptions.DEFAULT)).isInstanceOf(TikvException.class);
        }
        cluster.faults().clear();
        transactions.run(TransactionOptions.PESSIMISTIC, txn -> {
            txn.lock(keys, LockOptions.DEFAULT);
            return null;
        });
    }
}
