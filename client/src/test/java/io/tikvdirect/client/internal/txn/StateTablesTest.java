package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.client.internal.txn.StateTable.Move;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.RangeOptions;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** State machines move as the tables in their class comments say, and the tables name all their states. */
@Timeout(120)
class StateTablesTest extends EngineFixture {

    private static final TransactionOptions OPTIMISTIC = TransactionOptions.DEFAULT;
    private static final TransactionOptions PESSIMISTIC = TransactionOptions.PESSIMISTIC;
    private static final Duration COMMIT_TIME = Duration.ofSeconds(4);
    private static final AtomicInteger KEYS = new AtomicInteger();

    /** A move as it was made. */
    private record Made(Class<?> machine, Move move) {}

    private final List<Made> made = new CopyOnWriteArrayList<>();
    private byte[] key;

    @BeforeAll
    static void start() throws Exception {
        open(EmbeddedCluster.builder().stores(2).start());
    }

    @BeforeEach
    void watch() {
        key = ("states/" + KEYS.incrementAndGet()).getBytes(StandardCharsets.UTF_8);
        awaitIdle(); // what an earlier test has left moves no more
        engine.trace((from, to) -> made.add(new Made(from.getDeclaringClass(), new Move(from.name(), to.name()))));
    }

    @AfterEach
    void everyMoveIsInItsTable() throws Exception {
        cluster.faults().clear();
        engine.trace(StateTrace.NONE);
        for (Made one : made) {
            assertThat(table(one.machine().getEnclosingClass()).moves())
                    .as("moves of %s", one.machine())
                    .contains(one.move());
        }
    }

    static List<Class<?>> machines() {
        return List.of(
                TransactionCore.class,
                TwoPhaseCommit.class,
                LockResolution.class,
                LockKeys.class,
                Heartbeat.class,
                LockSweep.class,
                GarbageRun.class,
                Pipeline.class,
                PipelinedCommit.class);
    }

    private static StateTable table(Class<?> machine) throws Exception {
        return StateTable.of(machine, states(machine));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Class states(Class<?> machine) {
        return Arrays.stream(machine.getDeclaredClasses())
                .filter(inner -> inner.getSimpleName().equals("State"))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("machines")
    void aTableNamesEveryStateAndOneLeadsToAllOthers(Class<?> machine) throws Exception {
        List<Move> moves = table(machine).moves();
        Object[] states = states(machine).getEnumConstants();
        List<String> reached = new ArrayList<>(List.of(states[0].toString()));
        for (int i = 0; i < states.length; i++) {
            moves.stream()
                    .filter(move -> reached.contains(move.from()) && !reached.contains(move.to()))
                    .forEach(move -> reached.add(move.to()));
        }
        assertThat(reached)
                .containsExactlyInAnyOrder(
                        Arrays.stream(states).map(Object::toString).toArray(String[]::new));
    }

    private List<String> path(Class<?> machine) {
        List<String> path = new ArrayList<>();
        for (Made one : made) {
            if (one.machine().getEnclosingClass() == machine) {
                if (path.isEmpty()) {
                    path.add(one.move().from());
                }
                path.add(one.move().to());
            }
        }
        return path;
    }

    static List<Arguments> commits() {
        return List.of(
                Arguments.of(OPTIMISTIC, List.of("START", "PREWRITE", "ASK_COMMIT_TS", "COMMIT_PRIMARY", "COMMITTED")),
                Arguments.of(OPTIMISTIC.withAsyncCommit(true), List.of("START", "ASK_MIN_TS", "PREWRITE", "COMMITTED")),
                Arguments.of(
                        OPTIMISTIC.withOnePhaseCommit(true), List.of("START", "ASK_MIN_TS", "PREWRITE", "COMMITTED")),
                Arguments.of(
                        OPTIMISTIC.withOnePhaseCommit(true).withCausalConsistency(true),
                        List.of("START", "PREWRITE", "COMMITTED")),
                Arguments.of(
                        OPTIMISTIC.withCommitCheck((start, commit) -> false),
                        List.of("START", "PREWRITE", "ASK_COMMIT_TS", "ROLLED_BACK")));
    }

    @ParameterizedTest
    @MethodSource("commits")
    void aCommitGoesItsWay(TransactionOptions options, List<String> path) {
        try (Transaction txn = transactions.begin(options)) {
            txn.put(key, new byte[] {1});
            Throwable failure = catchThrowable(txn::commit);
            assertThat(failure == null).isEqualTo(path.contains("COMMITTED"));
        }
        assertThat(path(TwoPhaseCommit.class)).isEqualTo(path);
        assertThat(path(TransactionCore.class)).isEqualTo(List.of("ACTIVE", "COMMITTING", "ENDED"));
    }

    @Test
    void aConflictRollsBack() {
        try (Transaction slow = transactions.begin()) {
            slow.put(key, new byte[] {1});
            transactions.run(OPTIMISTIC, txn -> {
                txn.put(key, new byte[] {2});
                return null;
            });
            made.clear();
            assertThat(catchThrowable(slow::commit)).isInstanceOf(TikvException.class);
        }
        assertThat(path(TwoPhaseCommit.class)).isEqualTo(List.of("START", "PREWRITE", "ROLLED_BACK"));
    }

    @Test
    void aLostAnswerOfThePrimaryIsUndetermined() {
        cluster.faults().on("KvCommit").dropAfter();
        try (Transaction txn = transactions.begin(OPTIMISTIC.withTimeout(COMMIT_TIME))) {
            txn.put(key, new byte[] {1});
            assertThat(catchThrowable(txn::commit)).isInstanceOf(UndeterminedException.class);
        }
        awaitUndetermined();
        assertThat(path(TwoPhaseCommit.class))
                .isEqualTo(List.of("START", "PREWRITE", "ASK_COMMIT_TS", "COMMIT_PRIMARY", "UNDETERMINED"));
    }

    /** The caller gives up by himself when the loop is late; then the commit ends a little after him. */
    private void awaitUndetermined() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> path(TwoPhaseCommit.class).contains("UNDETERMINED"));
    }

    @Test
    void aLostAnswerOfAnAsyncPrewriteIsUndetermined() {
        cluster.faults().on("KvPrewrite").dropAfter();
        try (Transaction txn =
                transactions.begin(OPTIMISTIC.withAsyncCommit(true).withTimeout(COMMIT_TIME))) {
            txn.put(key, new byte[] {1});
            assertThat(catchThrowable(txn::commit)).isInstanceOf(UndeterminedException.class);
        }
        awaitUndetermined();
        assertThat(path(TwoPhaseCommit.class)).isEqualTo(List.of("START", "ASK_MIN_TS", "PREWRITE", "UNDETERMINED"));
    }

    @Test
    void whatIsOnlyCheckedIsCommittedByThePrewrite() {
        try (Transaction txn = transactions.begin()) {
            txn.insert(key, new byte[] {1});
            txn.delete(key);
            txn.commit();
        }
        assertThat(path(TwoPhaseCommit.class)).isEqualTo(List.of("START", "PREWRITE", "COMMITTED"));
    }

    @Test
    void aMomentToCommitAfterIsWaitedFor() {
        Timestamp soon = new Timestamp(transactions.timestamp().version() + (200L << Timestamp.LOGICAL_BITS));
        try (Transaction txn = transactions.begin(OPTIMISTIC.withCommitAfter(soon))) {
            txn.put(key, new byte[] {1});
            txn.commit();
        }
        assertThat(path(TwoPhaseCommit.class))
                .startsWith("START", "PREWRITE", "ASK_COMMIT_TS")
                .endsWith("COMMIT_PRIMARY", "COMMITTED");
    }

    @Test
    void nothingWrittenIsNoCommit() {
        try (Transaction txn = transactions.begin()) {
            txn.commit();
        }
        try (Transaction txn = transactions.begin()) {
            txn.put(key, new byte[] {1});
        }
        assertThat(path(TransactionCore.class)).isEqualTo(List.of("ACTIVE", "ENDED", "ENDED"));
        assertThat(path(TwoPhaseCommit.class)).isEmpty();
    }

    @Test
    void theFirstKeyIsLockedAloneAndTheOthersTogether() {
        byte[] second = Arrays.copyOf(key, key.length + 1);
        try (Transaction txn = transactions.begin(PESSIMISTIC)) {
            txn.lock(List.of(key, second), LockOptions.DEFAULT);
            assertThat(path(LockKeys.class)).isEqualTo(List.of("ASK_TS", "LOCK_PRIMARY", "LOCK", "LOCKED"));
            made.clear();
            txn.lock(List.of(Arrays.copyOf(key, key.length + 2)), LockOptions.DEFAULT);
            assertThat(path(LockKeys.class)).isEqualTo(List.of("ASK_TS", "LOCK", "LOCKED"));
            try (Transaction other = transactions.begin(PESSIMISTIC)) {
                made.clear();
                assertThat(catchThrowable(() -> other.lock(List.of(key), LockOptions.DEFAULT.noWait())))
                        .isInstanceOf(TikvException.class);
                assertThat(path(LockKeys.class)).isEqualTo(List.of("ASK_TS", "LOCK_PRIMARY", "FAILED"));
                assertThat(path(LockResolution.class)).endsWith("CHECK_STATUS", "DONE");
            }
        }
    }

    @Test
    void aMissingKeyIsNoPrimary() {
        byte[] second = Arrays.copyOf(key, key.length + 1);
        try (Transaction txn = transactions.begin(PESSIMISTIC)) {
            txn.lock(List.of(key, second), LockOptions.DEFAULT.onlyExisting());
        }
        assertThat(path(LockKeys.class)).isEqualTo(List.of("ASK_TS", "LOCK_PRIMARY", "LOCK_PRIMARY", "LOCKED"));
    }

    @Test
    void garbageIsCollectedInTheSafeOrder() {
        transactions.maintenance().collectGarbage(transactions.timestamp(), RangeOptions.DEFAULT);
        assertThat(path(GarbageRun.class))
                .isEqualTo(List.of("ASK_STATE", "ADVANCE_READS", "REMOVE_LOCKS", "ADVANCE_GARBAGE", "DONE"));
        assertThat(path(LockSweep.class)).endsWith("DONE");
        made.clear();
        cluster.faults().on("KvScanLock").fail(Status.PERMISSION_DENIED);
        assertThat(catchThrowable(() ->
                        transactions.maintenance().collectGarbage(transactions.timestamp(), RangeOptions.DEFAULT)))
                .isInstanceOf(TikvException.class);
        assertThat(path(GarbageRun.class)).isEqualTo(List.of("ASK_STATE", "ADVANCE_READS", "REMOVE_LOCKS", "FAILED"));
    }

    @Test
    void aHeartBeatsUntilTheLockIsGone() {
        long startTs = transactions.timestamp().version();
        Heartbeat heart = new Heartbeat(engine, key, startTs, System.nanoTime(), 1);
        heart.start();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> heart.isLockGone() && path(Heartbeat.class).contains("ENDED"));
        assertThat(path(Heartbeat.class)).isEqualTo(List.of("BEATING", "ENDED"));
    }

    @Test
    void aHeartThatHearsNothingGivesUp() {
        cluster.faults().on("KvTxnHeartBeat").fail(Status.PERMISSION_DENIED);
        Heartbeat heart = new Heartbeat(engine, key, transactions.timestamp().version(), System.nanoTime(), 1);
        heart.start();
        await().atMost(Duration.ofSeconds(100))
                .until(() -> path(Heartbeat.class).contains("ENDED"));
        assertThat(path(Heartbeat.class)).hasSize(Heartbeat.MOST_FAILURES + 2);
        assertThat(heart.isLockGone()).isFalse();
    }
}
