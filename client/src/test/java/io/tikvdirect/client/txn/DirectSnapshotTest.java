package io.tikvdirect.client.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.internal.PlatformDependent;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.raw.ResultView;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.FaultRule;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.errorpb.RegionNotFound;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The direct face of snapshots. */
@Timeout(180)
class DirectSnapshotTest {
    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 10_000;

    private static final int IN_FLIGHT = 64;
    private static final int MOST_ROUNDS = 12;

    /** As of raw gets: without {@code Unsafe} Netty's sockets make a small object per write and read. */
    private static final double LIMIT = PlatformDependent.hasUnsafe() ? 1 : 3;

    private static EmbeddedCluster cluster;
    private static TikvClient client;
    private static TransactionClient transactions;

    @BeforeAll
    static void start() throws Exception {
        cluster = EmbeddedCluster.builder().stores(1).start();
        client = TxnClusters.open(cluster, "stores.interval", "1h");
        transactions = client.transactions();
        put("key", "value");
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        cluster.close();
    }

    private static Timestamp put(String key, String value) {
        try (Transaction transaction = transactions.begin()) {
            transaction.put(TxnClusters.bytes(key), TxnClusters.bytes(value));
            return transaction.commit();
        }
    }

    private static KeyBuffer key(String text) {
        KeyBuffer key = new KeyBuffer();
        key.append(TxnClusters.bytes(text));
        return key;
    }

    /** Gives the value of its only call; null when there is none. */
    private static final class Value implements DirectCallback {
        private final CompletableFuture<byte[]> value = new CompletableFuture<>();

        @Override
        public void onCompleted(long correlationId, ResultView view) {
            assertThat(correlationId).isEqualTo(7);
            value.complete(view.isPresent() ? view.copyValue(0) : null);
        }

        @Override
        public void onFailed(long correlationId, TikvException failure) {
            value.completeExceptionally(failure);
        }
    }

    private static byte[] get(Snapshot snapshot, String name) throws Exception {
        Value value = new Value();
        KeyBuffer key = key(name);
        assertThat(snapshot.direct().get(key, 0, key.length(), 7, value)).isTrue();
        return value.value.get(60, TimeUnit.SECONDS);
    }

    @Test
    void itReadsWhatTheOtherFacesRead() throws Exception {
        Timestamp first = put("a", "1");
        put("a", "2");
        assertThat(get(transactions.snapshot(first), "a")).isEqualTo(TxnClusters.bytes("1"));
        assertThat(get(transactions.snapshot(transactions.timestamp()), "a")).isEqualTo(TxnClusters.bytes("2"));
        assertThat(get(transactions.snapshot(Timestamp.LATEST), "a")).isEqualTo(TxnClusters.bytes("2"));
        assertThat(get(transactions.snapshot(first), "none")).isNull();
        assertThat(transactions.snapshot(first).direct().timestamp()).isEqualTo(first);
    }

    @Test
    void itGetsPastLocks() throws Exception {
        put("locked", "1");
        FaultRule held = cluster.faults()
                .on("KvCommit")
                .regionError(Error.newBuilder()
                        .setMessage("not yet")
                        .setRegionNotFound(RegionNotFound.getDefaultInstance())
                        .build());
        // Pessimistic: its locks live for twenty seconds and not for three
        AsyncTransaction writer = transactions
                .async()
                .begin(TransactionOptions.PESSIMISTIC.withTimeout(Duration.ofSeconds(120)))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        List<byte[]> keys = List.of(TxnClusters.bytes("locked"));
        writer.lock(keys, LockOptions.DEFAULT).toCompletableFuture().get(60, TimeUnit.SECONDS);
        writer.put(TxnClusters.bytes("locked"), TxnClusters.bytes("2"));
        CompletableFuture<?> committed = writer.commit().toCompletableFuture();
        await().atMost(60, TimeUnit.SECONDS).until(() -> held.fired() > 0);
        assertThat(get(transactions.snapshot(transactions.timestamp()), "locked"))
                .isEqualTo(TxnClusters.bytes("1"));
        held.remove();
        committed.get(60, TimeUnit.SECONDS);
        assertThat(get(transactions.snapshot(Timestamp.LATEST), "locked")).isEqualTo(TxnClusters.bytes("2"));
    }

    @Test
    void whatCannotBeReadIsRefused() {
        DirectSnapshot latest = transactions.snapshot(Timestamp.LATEST).direct();
        KeyBuffer key = key("key");
        assertThatThrownBy(() -> latest.get(key, 0, 0, 7, new Value())).isInstanceOf(InvalidArgumentException.class);
        assertThatThrownBy(() -> latest.get(key, 0, 1, 7, null)).isInstanceOf(NullPointerException.class);
        Timestamp future = Timestamp.of(transactions.timestamp().physicalMs() + 3_600_000, 0);
        try (TikvClient careful = TxnClusters.open(cluster, "tso.validate-reads", "true")) {
            Snapshot later = careful.transactions().snapshot(future);
            assertThatThrownBy(() -> get(later, "key")).hasCauseInstanceOf(InvalidArgumentException.class);
        }
    }

    /** Keeps a window full from its own callbacks. */
    private static final class Load implements DirectCallback {
        private final DirectSnapshot snapshot;
        private final KeyBuffer key = key("key");
        private final AtomicReference<TikvException> failure = new AtomicReference<>();
        private CountDownLatch ended = new CountDownLatch(0);
        private int toStart;
        private int toEnd;

        Load(DirectSnapshot snapshot) {
            this.snapshot = snapshot;
        }

        void run(int operations) throws InterruptedException {
            ended = new CountDownLatch(1);
            toEnd = operations;
            toStart = operations - 1;
            submit();
            assertThat(ended.await(120, TimeUnit.SECONDS)).isTrue();
            assertThat(failure.get()).isNull();
        }

        private void submit() {
            if (!snapshot.get(key, 0, key.length(), 1, this)) {
                throw new IllegalStateException("the window is full");
            }
        }

        @Override
        public void onCompleted(long correlationId, ResultView view) {
            int running = toEnd-- - toStart;
            for (int free = IN_FLIGHT - running + 1; free > 0 && toStart > 0; free--) {
                toStart--;
                submit();
            }
            if (toEnd == 0) {
                ended.countDown();
            }
        }

        @Override
        public void onFailed(long correlationId, TikvException why) {
            failure.set(why);
            ended.countDown();
        }
    }

    /** What the client's loops allocate: all but the first read is submitted, sent and completed there. */
    private static long allocated() {
        // loops of the other client do nothing meanwhile but refresh what they know
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("tikv-direct-loop")) {
                sum += threads.getThreadAllocatedBytes(thread.getId());
            }
        }
        return sum;
    }

    /** The leak detector notes each use of the buffers of a client that was opened under it, so this one is not. */
    @Test
    void onceWarmAReadAllocatesNothing() throws Exception {
        ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        try (TikvClient unwatched = TxnClusters.open(cluster, "stores.interval", "1h")) {
            for (Timestamp at : new Timestamp[] {transactions.timestamp(), Timestamp.LATEST}) {
                Load load = new Load(unwatched.transactions().snapshot(at).direct());
                load.run(WARM_UP);
                double perRead = Double.MAX_VALUE;
                // What a read allocates it does in every round; a busy machine compiles late, and clients do some work
                // each ten seconds
                for (int round = 0; round < MOST_ROUNDS && perRead >= LIMIT; round++) {
                    long before = allocated();
                    load.run(MEASURED);
                    perRead = (allocated() - before) / (double) MEASURED;
                }
                System.out.println("DirectSnapshotTest: " + perRead + " B/op");
                assertThat(perRead).as("bytes per read at %s", at).isLessThan(LIMIT);
            }
        } finally {
            ResourceLeakDetector.setLevel(level);
        }
    }
}
