package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.internal.call.PendingResult;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.Snapshot;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TxnClusters;
import io.tikvdirect.codec.kv.PrewriteTerms;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;

/**
 * A cluster and the engine of a client for the tests of one class, and the single steps of a transaction, so that a test
 * can do what a client does that dies in between.
 */
abstract class EngineFixture {

    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final long HOUR_MS = Duration.ofHours(1).toMillis();

    static EmbeddedCluster cluster;
    static TikvClient client;
    static TransactionClient transactions;
    static TxnEngine engine;

    /** To be called before all tests of a class; both are closed behind them. */
    static void open(EmbeddedCluster started, String... options) {
        cluster = started;
        client = TxnClusters.open(started, options);
        transactions = client.transactions();
        try (Transaction any = transactions.begin()) {
            engine = ((TransactionFace) any).core().engine();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        cluster.close();
    }

    /** Until nothing goes on behind the calls that have returned. */
    static void awaitIdle() {
        await().atMost(PATIENCE).until(engine::isIdle);
    }

    static <T> T result(Consumer<Promise<T>> call) {
        PendingResult<T> pending = new PendingResult<>();
        call.accept(pending);
        return pending.await(deadlineNs(), null, 0);
    }

    static long deadlineNs() {
        return System.nanoTime() + PATIENCE.toNanos();
    }

    static long timestamp() {
        return transactions.timestamp().version();
    }

    /** A start so long ago that a lock of a millisecond is over whatever the clocks say. */
    static long past() {
        return timestamp() - (10_000L << Timestamp.LOGICAL_BITS);
    }

    static Snapshot now() {
        return transactions.snapshot(transactions.timestamp());
    }

    /** Writes a 7 for each key and its lock, of a transaction that commits in two phases. */
    static void prewrite(List<byte[]> keys, byte[] primary, long startTs, long ttlMs) {
        prewrite(keys, List.of(), new PrewriteTerms(primary, startTs, ttlMs, 0, startTs + 1, false, false, 0, 0));
    }

    /** The same of a transaction that is committed as soon as its primary and all secondaries are written. */
    static void prewriteAsync(List<byte[]> keys, byte[] primary, List<byte[]> secondaries, long startTs, long ttlMs) {
        long latest = startTs + (HOUR_MS << Timestamp.LOGICAL_BITS);
        prewrite(keys, secondaries, new PrewriteTerms(primary, startTs, ttlMs, 0, startTs + 1, true, false, latest, 0));
    }

    private static void prewrite(List<byte[]> keys, List<byte[]> secondaries, PrewriteTerms terms) {
        try (WriteBuffer buffer = new WriteBuffer(PooledByteBufAllocator.DEFAULT)) {
            keys.forEach(key -> buffer.put(key, new byte[] {7}, 0, 0));
            PrewriteCall call = result(promise -> new PrewriteCall(engine, promise)
                    .send(
                            Mutations.of(buffer, false),
                            terms,
                            secondaries,
                            false,
                            false,
                            engine.plainContext(),
                            System.nanoTime(),
                            deadlineNs()));
            assertThat(call.failure()).isNull();
        }
    }

    static CommitCall commitPrimary(byte[] primary, long startTs, long commitTs) {
        return result(promise ->
                CommitCall.primary(engine, primary, startTs, commitTs, engine.plainContext(), deadlineNs(), promise));
    }

    /** Takes pessimistic locks that are not renewed, for a time. */
    static void lock(List<byte[]> keys, byte[] primary, long startTs, long ttlMs) {
        lock(keys, primary, startTs, startTs, ttlMs);
    }

    /** The same by a statement that began later than its transaction. */
    static void lock(List<byte[]> keys, byte[] primary, long startTs, long statementTs, long ttlMs) {
        long bornNs =
                System.nanoTime() - Duration.ofMillis(ttlMs - Heartbeat.LIFE_MS).toNanos();
        PessimisticLockCall.Terms terms = new PessimisticLockCall.Terms(
                primary, startTs, bornNs, statementTs, false, LockOptions.DEFAULT, deadlineNs(), engine.plainContext());
        List<PessimisticLockCall.Wish> wishes = keys.stream()
                .map(key -> new PessimisticLockCall.Wish(key, false, false))
                .toList();
        PessimisticLockCall call = result(promise ->
                new PessimisticLockCall(engine, wishes, terms, promise).send(System.nanoTime(), deadlineNs()));
        assertThat(call.failure()).isNull();
    }
}
