package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.client.UnsupportedFeatureException;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.client.txn.AsyncTransaction;
import io.tikvdirect.client.txn.CommitMode;
import io.tikvdirect.client.txn.CommitReport;
import io.tikvdirect.client.txn.KeyExistsException;
import io.tikvdirect.client.txn.Pipelining;
import io.tikvdirect.client.txn.RangeOptions;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.client.txn.WriteConflictException;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.proto.kvrpcpb.BroadcastTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.FlushRequest;
import io.tikvdirect.proto.kvrpcpb.TxnHeartBeatRequest;
import io.tikvdirect.proto.kvrpcpb.TxnStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transactions that are flushed while they go on. */
@Timeout(120)
class PipelinedTest extends EngineFixture {

    private static final AtomicInteger PREFIXES = new AtomicInteger();

    /** Flushed from 10 keys with 100 bytes on, and by force from 4,000 bytes on: so much is flushed in parts however long one takes. */
    private static final Pipelining EAGER = Pipelining.DEFAULT.withSizes(100, 10, 4_000);

    /** Flushed when asked only. */
    private static final Pipelining BY_HAND = Pipelining.DEFAULT;

    private String prefix;

    @BeforeAll
    static void start() throws Exception {
        open(EmbeddedCluster.builder().stores(3).start());
    }

    @BeforeEach
    void choosePrefix() {
        prefix = String.format("pipelined/%03d/", PREFIXES.incrementAndGet());
    }

    @AfterEach
    void mend() {
        cluster.faults().clear();
        awaitIdle();
    }

    /** What is still on its way for the transaction of an earlier test is none of this one's. */
    private boolean isOwn(FlushRequest flush) {
        return flush.getPrimaryKey().startsWith(ByteString.copyFromUtf8(prefix));
    }

    private byte[] key(int number) {
        return (prefix + String.format("%05d", number)).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] value(int number) {
        return ("value " + number).getBytes(StandardCharsets.UTF_8);
    }

    private KeyRange range() {
        return KeyRange.prefix(prefix.getBytes(StandardCharsets.UTF_8));
    }

    private static Transaction begin(Pipelining pipelining) {
        return transactions.begin(TransactionOptions.DEFAULT.withPipelining(pipelining));
    }

    private void split(int... numbers) throws Exception {
        for (int number : numbers) {
            cluster.splitAtRegionKey(KeySpace.v1Txn().regionKey(key(number)));
        }
    }

    /** Sees requests of a kind from now on. */
    private static <R> Queue<R> seen(String rpc, Class<R> type) {
        Queue<R> requests = new ConcurrentLinkedQueue<>();
        cluster.faults()
                .on(rpc)
                .where(site -> {
                    requests.add(type.cast(site.request()));
                    return false;
                })
                .fail(Status.INTERNAL);
        return requests;
    }

    private void awaitNoLocks() {
        awaitIdle();
        Queue<?> removals = seen("KvResolveLock", Object.class);
        transactions.maintenance().removeLocks(range(), transactions.timestamp(), RangeOptions.DEFAULT);
        assertThat(removals).isEmpty();
    }

    @Test
    void whatIsFlushedIsCommittedWithTheRest() throws Exception {
        split(200, 400);
        Queue<FlushRequest> flushes = seen("KvFlush", FlushRequest.class);
        List<CommitReport> reports = new ArrayList<>();
        TransactionOptions options =
                TransactionOptions.DEFAULT.withPipelining(EAGER).withCommitListener(reports::add);
        try (Transaction txn = transactions.begin(options)) {
            for (int i = 0; i < 600; i++) {
                txn.put(key(i), value(i));
            }
            for (int i = 0; i < 600; i += 3) {
                txn.delete(key(i));
            }
            txn.commit();
        }
        assertThat(now().scan(range(), ScanOptions.limit(1_000))).hasSize(400);
        assertThat(now().get(key(1))).isEqualTo(value(1));
        List<FlushRequest> own = flushes.stream().filter(this::isOwn).toList();
        assertThat(own.stream().map(FlushRequest::getGeneration).distinct().count())
                .isGreaterThan(2);
        assertThat(own.stream().map(FlushRequest::getPrimaryKey).distinct()).hasSize(1);
        assertThat(reports).hasSize(1);
        // a put that had not left yet when its key was deleted is not sent
        assertThat(reports.get(0).keys()).isBetween(600, 800);
        awaitNoLocks();
    }

    @Test
    void memoryIsBoundedWhateverIsWritten() {
        try (Transaction txn = begin(Pipelining.DEFAULT.withSizes(10_000, 10, 40_000))) {
            WriteBuffer first = ((TransactionFace) txn).core().writes().buffer();
            long most = 0;
            for (int i = 0; i < 2_000; i++) {
                txn.put(key(i), new byte[500]);
                most = Math.max(
                        most, ((TransactionFace) txn).core().writes().buffer().dataBytes());
            }
            assertThat(most).isLessThan(45_000);
            assertThat(((TransactionFace) txn).core().writes().buffer()).isNotSameAs(first);
            assertThat(txn.bytes()).isGreaterThan(1_000_000);
        }
        awaitNoLocks();
        assertThat(now().scan(range(), ScanOptions.limit(10))).isEmpty();
    }

    @Test
    void theAsyncFaceRefusesWhatItCannotHold() throws Exception {
        cluster.faults().on("KvFlush").delay(Duration.ofMillis(300));
        TransactionOptions options =
                TransactionOptions.DEFAULT.withPipelining(Pipelining.DEFAULT.withSizes(1_000, 1, 2_000));
        AsyncTransaction txn =
                transactions.async().begin(options).toCompletableFuture().get(60, TimeUnit.SECONDS);
        int written = 0;
        Throwable refused = null;
        while (refused == null && written < 100) {
            int number = written;
            refused = catchThrowable(() -> txn.put(key(number), new byte[500]));
            written += refused == null ? 1 : 0;
        }
        assertThat(refused).isInstanceOf(BackpressureException.class);
        txn.flush().toCompletableFuture().get(60, TimeUnit.SECONDS);
        txn.put(key(written), new byte[500]);
        txn.commit().toCompletableFuture().get(60, TimeUnit.SECONDS);
        assertThat(now().scan(range(), ScanOptions.limit(200))).hasSize(written + 1);
    }

    @Test
    void aTransactionReadsWhatItHasFlushed() throws Exception {
        split(2);
        transactions.run(TransactionOptions.DEFAULT, txn -> {
            for (int i = 0; i < 5; i++) {
                txn.put(key(i), "before".getBytes(StandardCharsets.UTF_8));
            }
            return null;
        });
        try (Transaction txn = begin(BY_HAND)) {
            txn.put(key(0), value(0));
            txn.put(key(1), value(1));
            txn.delete(key(2));
            txn.flush();
            txn.put(key(1), value(11));
            txn.flush();
            txn.delete(key(3));

            assertThat(txn.get(key(0))).isEqualTo(value(0));
            assertThat(txn.get(key(1))).isEqualTo(value(11));
            assertThat(txn.get(key(2))).isNull();
            assertThat(txn.get(key(3))).isNull();
            assertThat(txn.get(key(9))).isNull();
            List<byte[]> all = txn.batchGet(List.of(key(4), key(3), key(2), key(1), key(0), key(1)));
            assertThat(all)
                    .containsExactly(
                            "before".getBytes(StandardCharsets.UTF_8), null, null, value(11), value(0), value(11));
            assertThat(now().get(key(0))).isEqualTo("before".getBytes(StandardCharsets.UTF_8));
            assertThat(txn.size()).isEqualTo(5);
            txn.commit();
        }
        assertThat(now().batchGet(List.of(key(0), key(1), key(2), key(3))))
                .containsExactly(value(0), value(11), null, null);
    }

    @Test
    void rollingBackLeavesNothing() throws Exception {
        split(20);
        try (Transaction txn = begin(BY_HAND)) {
            for (int i = 0; i < 40; i++) {
                txn.put(key(i), value(i));
            }
            txn.flush();
            txn.rollback();
        }
        awaitNoLocks();
        assertThat(now().scan(range(), ScanOptions.limit(100))).isEmpty();
        try (Transaction next = transactions.begin()) {
            next.put(key(0), value(1));
            next.commit();
        }
    }

    @Test
    void aConflictThatAFlushMeetsEndsTheTransaction() {
        try (Transaction txn = begin(BY_HAND)) {
            transactions.run(TransactionOptions.DEFAULT, other -> {
                other.put(key(1), value(7));
                return null;
            });
            txn.put(key(0), value(0));
            txn.put(key(1), value(1));
            assertThatThrownBy(txn::flush).isInstanceOf(WriteConflictException.class);
            assertThatThrownBy(() -> txn.put(key(2), value(2))).isInstanceOf(WriteConflictException.class);
            assertThatThrownBy(txn::commit).isInstanceOf(WriteConflictException.class);
        }
        awaitNoLocks();
        assertThat(now().get(key(0))).isNull();
        assertThat(now().get(key(1))).isEqualTo(value(7));
    }

    @Test
    void anInsertOfAnExistingKeyIsFoundByTheFlush() {
        transactions.run(TransactionOptions.DEFAULT, txn -> {
            txn.put(key(1), value(1));
            return null;
        });
        try (Transaction txn = begin(BY_HAND)) {
            txn.insert(key(1), value(2));
            assertThatThrownBy(txn::commit).isInstanceOf(KeyExistsException.class);
        }
        awaitNoLocks();
    }

    @Test
    void aLostAnswerOfThePrimaryIsUndetermined() {
        cluster.faults().on("KvCommit").dropAfter();
        TransactionOptions options =
                TransactionOptions.DEFAULT.withPipelining(BY_HAND).withTimeout(Duration.ofSeconds(3));
        try (Transaction txn = transactions.begin(options)) {
            txn.put(key(0), value(0));
            txn.put(key(1), value(1));
            assertThatThrownBy(txn::commit).isInstanceOf(UndeterminedException.class);
        }
        cluster.faults().clear();
        assertThat(now().batchGet(List.of(key(0), key(1)))).containsExactly(value(0), value(1));
    }

    @Test
    void aVetoAndADeadlineRollBack() {
        TransactionOptions vetoed =
                TransactionOptions.DEFAULT.withPipelining(BY_HAND).withCommitCheck((start, commit) -> false);
        try (Transaction txn = transactions.begin(vetoed)) {
            txn.put(key(0), value(0));
            assertThatThrownBy(txn::commit).isInstanceOf(TikvException.class);
        }
        cluster.faults().on("KvFlush").delay(Duration.ofSeconds(4));
        TransactionOptions hurried =
                TransactionOptions.DEFAULT.withPipelining(BY_HAND).withTimeout(Duration.ofMillis(500));
        try (Transaction txn = transactions.begin(hurried)) {
            txn.put(key(0), value(0));
            assertThatThrownBy(txn::commit).isInstanceOf(TikvException.class);
        }
        cluster.faults().clear();
        awaitNoLocks();
        assertThat(now().get(key(0))).isNull();
    }

    @Test
    void nothingWrittenIsNothingToCommit() {
        try (Transaction txn = begin(BY_HAND)) {
            assertThat(txn.commit()).isEqualTo(txn.startTimestamp());
        }
        try (Transaction plain = transactions.begin()) {
            plain.put(key(0), value(0));
            plain.flush();
            assertThat(now().get(key(0))).isNull();
        }
    }

    @Test
    void keysThatAreOnlyCheckedAreNeverPrimary() {
        try (Transaction txn = begin(BY_HAND)) {
            txn.insert(key(0), value(0));
            txn.delete(key(0));
            txn.flush();
            txn.put(key(1), value(1));
            txn.commit();
            assertThat(txn.commitMode()).isEqualTo(CommitMode.TWO_PHASES);
        }
        try (Transaction txn = begin(BY_HAND)) {
            txn.insert(key(2), value(2));
            txn.delete(key(2));
            txn.commit();
            assertThat(txn.commitMode()).isNull();
        }
        awaitNoLocks();
        assertThat(now().batchGet(List.of(key(0), key(1), key(2)))).containsExactly(null, value(1), null);
    }

    @Test
    void whatAPipelinedTransactionCannotDoIsRefused() {
        try (Transaction txn = begin(BY_HAND)) {
            assertThatThrownBy(() -> txn.scan(range(), ScanOptions.limit(1)))
                    .isInstanceOf(UnsupportedFeatureException.class);
            assertThatThrownBy(txn::savepoint).isInstanceOf(IllegalStateException.class);
        }
        TransactionOptions pipelined = TransactionOptions.DEFAULT.withPipelining(BY_HAND);
        assertThatThrownBy(() -> pipelined.withPessimistic(true)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pipelined.withCommitAfter(transactions.timestamp()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BY_HAND.withThrottle(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BY_HAND.withSizes(2, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void storesHearOfTheTransactionAndReadersPassItsLocks() {
        Queue<BroadcastTxnStatusRequest> told = seen("BroadcastTxnStatus", BroadcastTxnStatusRequest.class);
        Queue<TxnHeartBeatRequest> beats = seen("KvTxnHeartBeat", TxnHeartBeatRequest.class);
        Transaction txn = begin(BY_HAND);
        long startTs = txn.startTimestamp().version();
        try (txn) {
            txn.put(key(0), value(0));
            txn.put(key(1), value(1));
            txn.flush();
            Heartbeat heart = Heartbeat.ofPipelined(engine, key(0), startTs, System.nanoTime(), 1);
            heart.start();
            await().atMost(PATIENCE)
                    .until(() ->
                            beats.size() > 1 && ofTransaction(told, startTs).size() > 5);
            heart.stop();
            assertThat(beats.stream().filter(beat -> beat.getStartVersion() == startTs))
                    .isNotEmpty()
                    .allMatch(beat -> Long.compareUnsigned(beat.getMinCommitTs(), startTs) > 0);
            assertThat(now().get(key(1))).isNull();
            txn.commit();
        }
        assertThat(now().get(key(1))).isEqualTo(value(1));
        await().atMost(PATIENCE)
                .until(() -> ofTransaction(told, startTs).stream().anyMatch(TxnStatus::getIsCompleted));
        assertThat(ofTransaction(told, startTs))
                .noneMatch(TxnStatus::getRolledBack)
                .anyMatch(status -> status.getCommitTs() != 0 && !status.getIsCompleted());
    }

    /** What is still on its way for the transaction of an earlier test is none of this one's. */
    private static List<TxnStatus> ofTransaction(Queue<BroadcastTxnStatusRequest> told, long startTs) {
        return told.stream()
                .map(request -> request.getTxnStatus(0))
                .filter(status -> status.getStartTs() == startTs)
                .toList();
    }

    @Test
    void aThrottledPipelineRestsItsShareOfTheTime() {
        Pipeline pipeline = new Pipeline(
                engine,
                BY_HAND.withThrottle(0.75),
                new Object(),
                transactions.timestamp().version(),
                System.nanoTime(),
                engine.plainContext(),
                TransactionOptions.DEFAULT);
        assertThat(pipeline.restNs()).isZero();
        pipeline.took(100);
        assertThat(pipeline.restNs()).isEqualTo(300);
        pipeline.took(300);
        assertThat(pipeline.restNs()).isEqualTo(600);
        try (Transaction txn = begin(EAGER.withThrottle(0.5))) {
            for (int i = 0; i < 100; i++) {
                txn.put(key(i), value(i));
            }
            txn.commit();
        }
        assertThat(now().scan(range(), ScanOptions.limit(200))).hasSize(100);
    }
}
