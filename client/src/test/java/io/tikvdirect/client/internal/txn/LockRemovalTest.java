package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import io.grpc.Status;
import io.netty.buffer.PooledByteBufAllocator;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.PendingResult;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionAbortedException;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.codec.kv.PrewriteTerms;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticRollbackRequest;
import io.tikvdirect.proto.kvrpcpb.ResolveLockRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How locks of transactions that are over are removed: by how many requests, and of which kind. */
@Timeout(120)
class LockRemovalTest {

    private static final long HOUR_MS = 3_600_000;
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private static EmbeddedCluster cluster;
    private static TikvClient client;
    private static TransactionClient transactions;
    private static TxnEngine engine;
    private String prefix;

    @BeforeAll
    static void start() throws Exception {
        cluster = EmbeddedCluster.builder().stores(2).start();
        client = TikvClient.open(Config.builder()
                .set("pd.addresses", String.join(",", cluster.pdAddresses()))
                .set("timeout", "30s")
                .set("loops", "1")
                .build());
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

    @BeforeEach
    void choosePrefix() {
        prefix = "removal/" + PREFIXES.incrementAndGet() + "/";
    }

    @AfterEach
    void mend() {
        cluster.faults().clear();
        await().atMost(Duration.ofSeconds(60)).until(engine::isIdle);
    }

    private byte[] key(int number) {
        return (prefix + String.format("%05d", number)).getBytes(StandardCharsets.UTF_8);
    }

    private List<byte[]> keys(int count) {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(key(i));
        }
        return keys;
    }

    private static long deadlineNs() {
        return System.nanoTime() + Duration.ofSeconds(60).toNanos();
    }

    private static <T> T wait(Consumer<Promise<T>> call) {
        PendingResult<T> result = new PendingResult<>();
        call.accept(result);
        return result.await(deadlineNs(), null, 0);
    }

    private static long timestamp() {
        return transactions.timestamp().version();
    }

    /** A start so long ago that a lock of a millisecond is over whatever the clocks say. */
    private static long past() {
        return timestamp() - (10_000L << Timestamp.LOGICAL_BITS);
    }

    /** Locks keys for a transaction that nobody goes on with. */
    private static void prewrite(List<byte[]> keys, byte[] primary, long startTs, long ttlMs) {
        try (WriteBuffer buffer = new WriteBuffer(PooledByteBufAllocator.DEFAULT)) {
            keys.forEach(key -> buffer.put(key, new byte[] {7}, 0, 0));
            PrewriteTerms terms = new PrewriteTerms(primary, startTs, ttlMs, 0, startTs + 1, false, false, 0, 0);
            PrewriteCall call = wait(promise -> new PrewriteCall(
                            engine,
                            Mutations.of(buffer, false),
                            terms,
                            List.of(),
                            Yielding.toYounger(terms.startVersion()),
                            promise)
                    .send(engine.plainContext(), System.nanoTime(), deadlineNs()));
            assertThat(call.failure()).isNull();
        }
    }

    /** Takes pessimistic locks that are not renewed, for a time. */
    private static void lock(List<byte[]> keys, byte[] primary, long startTs, long ttlMs) {
        long bornNs =
                System.nanoTime() + Duration.ofMillis(Heartbeat.LIFE_MS - ttlMs).toNanos();
        PessimisticLockCall.Terms terms = new PessimisticLockCall.Terms(
                primary, startTs, bornNs, startTs, false, LockOptions.DEFAULT, deadlineNs(), engine.plainContext());
        List<PessimisticLockCall.Wish> wishes = keys.stream()
                .map(key -> new PessimisticLockCall.Wish(key, false, false))
                .toList();
        PessimisticLockCall call = wait(promise ->
                new PessimisticLockCall(engine, wishes, terms, promise).send(System.nanoTime(), deadlineNs()));
        assertThat(call.failure()).isNull();
    }

    /** Requests of a kind about one transaction, as they come; nothing happens to them. */
    private static <R extends Message> Queue<R> watch(String rpc, Class<R> type, ToLongFunction<R> of, long startTs) {
        Queue<R> seen = new ConcurrentLinkedQueue<>();
        cluster.faults()
                .on(rpc)
                .where(site -> {
                    R request = type.cast(site.request());
                    if (of.applyAsLong(request) == startTs) {
                        seen.add(request);
                    }
                    return false;
                })
                .fail(Status.INTERNAL);
        return seen;
    }

    private Queue<ResolveLockRequest> removals(long startTs) {
        return watch("KvResolveLock", ResolveLockRequest.class, ResolveLockRequest::getStartVersion, startTs);
    }

    private Queue<PessimisticRollbackRequest> releases(long startTs) {
        return watch(
                "KVPessimisticRollback",
                PessimisticRollbackRequest.class,
                PessimisticRollbackRequest::getStartVersion,
                startTs);
    }

    private List<byte[]> readAll(List<byte[]> keys) {
        List<byte[]> found = transactions.snapshot(transactions.timestamp()).batchGet(keys);
        await().atMost(Duration.ofSeconds(60)).until(engine::isIdle);
        return found;
    }

    @Test
    void aSmallTransactionIsCleanedByItsKeysAndALargeOneByRegions() {
        for (int size : new int[] {LockRemoval.WHOLE_REGION_KEYS - 1, LockRemoval.WHOLE_REGION_KEYS}) {
            prefix += size + "/";
            List<byte[]> keys = keys(size);
            long startTs = timestamp();
            prewrite(keys, key(0), startTs, HOUR_MS);
            CommitCall committed = wait(promise -> CommitCall.primary(
                    engine, key(0), startTs, timestamp(), engine.plainContext(), deadlineNs(), promise));
            assertThat(committed.failure()).isNull();
            Queue<CheckTxnStatusRequest> asked =
                    watch("KvCheckTxnStatus", CheckTxnStatusRequest.class, CheckTxnStatusRequest::getLockTs, startTs);
            Queue<ResolveLockRequest> removals = removals(startTs);

            assertThat(readAll(keys)).doesNotContainNull();
            assertThat(asked)
                    .as("the fate of the transaction is asked for once")
                    .hasSize(1);
            assertThat(readAll(keys)).doesNotContainNull();
            boolean isLarge = size >= LockRemoval.WHOLE_REGION_KEYS;
            assertThat(removals).isNotEmpty().allMatch(request -> (request.getKeysCount() == 0) == isLarge);
            assertThat(asked).hasSize(1);
            int removed = removals.size();
            assertThat(readAll(keys)).doesNotContainNull();
            assertThat(removals).as("nothing is left to remove").hasSize(removed);
            cluster.faults().clear();
        }
    }

    @Test
    void pessimisticLocksOfADeadTransactionGoAtOnce() {
        List<byte[]> keys = keys(20);
        long startTs = past();
        lock(keys, key(0), startTs, 1);
        Queue<PessimisticRollbackRequest> releases = releases(startTs);
        write(keys);
        assertThat(releases).as("requests for the region").anyMatch(request -> request.getKeysCount() == 0);
        assertThat(readAll(keys)).containsOnly(new byte[] {1});
    }

    @Test
    void aStoreThatDoesNotKnowRegionsIsAskedByKeys() {
        List<byte[]> keys = keys(2);
        long startTs = past();
        lock(keys, key(0), startTs, 1);
        for (byte[] key : keys) {
            Region region = engine.regions().locate(key);
            assertThat(region).isNotNull();
            engine.resolver().cleanedRegions().add(startTs, region);
        }
        Queue<PessimisticRollbackRequest> releases = releases(startTs);
        write(keys);
        assertThat(releases).isNotEmpty().allMatch(request -> request.getKeysCount() > 0);
        assertThat(readAll(keys)).containsOnly(new byte[] {1});
    }

    private void write(List<byte[]> keys) {
        try (Transaction txn = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            txn.lock(keys, LockOptions.DEFAULT.noWait());
            keys.forEach(key -> txn.put(key, new byte[] {1}));
            txn.commit();
        }
    }

    @Test
    void locksTakenLaterThanThoseThatWereMetStay() {
        long startTs = past();
        lock(List.of(key(1), key(2)), key(0), startTs, 1);
        long laterTs = timestamp();
        PessimisticLockCall.Terms living = new PessimisticLockCall.Terms(
                key(5),
                startTs,
                System.nanoTime() - Duration.ofHours(1).toNanos(),
                laterTs,
                false,
                LockOptions.DEFAULT,
                deadlineNs(),
                engine.plainContext());
        PessimisticLockCall call = wait(promise -> new PessimisticLockCall(
                        engine, List.of(new PessimisticLockCall.Wish(key(5), false, false)), living, promise)
                .send(System.nanoTime(), deadlineNs()));
        assertThat(call.failure()).isNull();

        write(List.of(key(1), key(2)));
        try (Transaction other = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            TikvException locked = catchThrowableOfType(
                    TikvException.class, () -> other.lock(List.of(key(5)), LockOptions.DEFAULT.noWait()));
            assertThat(locked).isNotNull();
        }
    }

    /** The transaction was abandoned while it moved its primary from one key to another. */
    @Test
    void aPessimisticLockWhosePrimaryHasMovedIsRemovedAlone() {
        long startTs = timestamp();
        lock(List.of(key(1)), key(2), startTs, HOUR_MS);
        lock(List.of(key(3), key(4)), key(1), startTs, HOUR_MS);
        Queue<PessimisticRollbackRequest> releases = releases(startTs);
        write(List.of(key(3), key(4)));
        assertThat(releases).isNotEmpty().allMatch(request -> request.getKeysCount() > 0);
        assertThat(readAll(List.of(key(3), key(4)))).containsOnly(new byte[] {1});
        try (Transaction other = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            assertThat(catchThrowableOfType(
                            TikvException.class, () -> other.lock(List.of(key(1)), LockOptions.DEFAULT.noWait())))
                    .isNotNull();
        }
    }

    /** No client does this; whoever meets it is told, and nothing else ends. */
    @Test
    void aLockWithAValueWhosePrimaryIsNoneIsAnError() {
        long startTs = timestamp();
        prewrite(List.of(key(1)), key(2), startTs, HOUR_MS);
        prewrite(List.of(key(3)), key(1), startTs, HOUR_MS);
        TransactionAbortedException failure = catchThrowableOfType(
                TransactionAbortedException.class,
                () -> transactions.snapshot(transactions.timestamp()).get(key(3)));
        assertThat(failure).hasMessageContaining("primary");
        try (Transaction txn = transactions.begin()) {
            txn.put(key(9), new byte[] {1});
            assertThat(txn.commit()).isGreaterThan(new Timestamp(startTs));
        }
    }
}
