package io.tikvdirect.client.txn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What transactions on the asynchronous face allocate, on the client's own threads, where every operation but the first
 * ones is begun and ended. Counted with it is what the test itself needs to wait for a stage and go on, 64 bytes or more.
 * The leak detector records an object per buffer it follows, so it is off while this is measured.
 */
class TransactionAllocationTest {

    /** A timestamp with its stage, and a share of the request that asks PD for it. */
    private static final double LIMIT_OF_TIMESTAMP = 240;

    /** A timestamp, a snapshot, and a get with a value of 64 bytes. */
    private static final double LIMIT_OF_GET = 720;

    /** A get, two puts, a commit in two phases: the target for a small transaction. */
    private static final double LIMIT_OF_TRANSACTION = 1_536;

    /** A put, committed by its prewrite alone. */
    private static final double LIMIT_OF_ONE_PHASE = 1_100;

    private static final int IN_FLIGHT = 16;
    private static final int OPERATIONS = 4_000;
    private static final int MOST_ROUNDS = 20;
    private static final int KEYS = 4_096;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private ResourceLeakDetector.Level level;

    @BeforeEach
    void stopFollowingBuffers() {
        level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterEach
    void followBuffersAgain() {
        ResourceLeakDetector.setLevel(level);
    }

    /** Keeps a window full from its own callbacks. */
    private static final class Load {
        private final Supplier<? extends CompletionStage<?>> operation;
        private final AtomicInteger toStart = new AtomicInteger();
        private final AtomicInteger toEnd = new AtomicInteger();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private volatile CountDownLatch ended = new CountDownLatch(0);

        Load(Supplier<? extends CompletionStage<?>> operation) {
            this.operation = operation;
        }

        void run() throws InterruptedException {
            ended = new CountDownLatch(1);
            toEnd.set(OPERATIONS);
            toStart.set(OPERATIONS - IN_FLIGHT);
            for (int i = 0; i < IN_FLIGHT; i++) {
                start();
            }
            assertThat(ended.await(180, TimeUnit.SECONDS)).isTrue();
            assertThat(failure.get()).isNull();
        }

        private void start() {
            operation.get().whenComplete(this::onEnd);
        }

        private void onEnd(@Nullable Object result, @Nullable Throwable thrown) {
            if (thrown != null) {
                failure.compareAndSet(null, thrown);
            }
            if (toStart.getAndDecrement() > 0) {
                start();
            }
            if (toEnd.decrementAndGet() == 0) {
                ended.countDown();
            }
        }
    }

    private interface Operation {
        CompletionStage<?> start(AsyncTransactionClient transactions, byte[] key, byte[] other, byte[] value);
    }

    private void allocatesLessThan(double limit, Operation operation) throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().stores(1).start();
                TikvClient client = TxnClusters.open(cluster)) {
            byte[][] keys = new byte[KEYS][];
            byte[] value = new byte[64];
            client.transactions().run(TransactionOptions.DEFAULT, txn -> {
                for (int i = 0; i < KEYS; i++) {
                    keys[i] = ("key" + i).getBytes(UTF_8);
                    txn.put(keys[i], value);
                }
                return true;
            });
            AsyncTransactionClient transactions = client.transactions().async();
            // each operation in flight has keys of its own: transactions do not meet
            AtomicInteger next = new AtomicInteger();
            Load load = new Load(() -> {
                int first = 2 * next.getAndIncrement();
                return operation.start(transactions, keys[first % KEYS], keys[(first + 1) % KEYS], value);
            });
            double bytes = leastOf(load, limit);
            System.out.println("TransactionAllocationTest: " + bytes + " B, less than " + limit);
            assertThat(bytes).isLessThan(limit);
        }
    }

    /** The least of some rounds: compilers, and what the client does each second, are in some of them. */
    private double leastOf(Load load, double limit) throws InterruptedException {
        double least = Double.MAX_VALUE;
        for (int round = 0; round < MOST_ROUNDS && least >= limit; round++) {
            long before = allocated();
            load.run();
            least = Math.min(least, (allocated() - before) / (double) OPERATIONS);
        }
        return least;
    }

    /** All threads of clients; operations are begun and ended there. */
    private long allocated() {
        long sum = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("tikv-direct")) {
                sum += threads.getThreadAllocatedBytes(thread.getId());
            }
        }
        return sum;
    }

    @Test
    void aTimestampIsItsStage() throws Exception {
        allocatesLessThan(LIMIT_OF_TIMESTAMP, (transactions, key, other, value) -> transactions.timestamp());
    }

    @Test
    void aGetAtATimestampIsItsStageAndItsValue() throws Exception {
        allocatesLessThan(LIMIT_OF_GET, (transactions, key, other, value) -> transactions
                .timestamp()
                .thenCompose(timestamp -> transactions.snapshot(timestamp).get(key)));
    }

    @Test
    void aSmallTransactionIsWhatItsUserSees() throws Exception {
        allocatesLessThan(
                LIMIT_OF_TRANSACTION,
                (transactions, key, other, value) -> transactions.run(
                        TransactionOptions.DEFAULT, txn -> txn.get(key).thenApply(found -> {
                            txn.put(key, value);
                            txn.put(other, value);
                            return true;
                        })));
    }

    @Test
    void aTransactionOfOneRequestIsWhatItsUserSees() throws Exception {
        TransactionOptions onePhase = TransactionOptions.DEFAULT.withOnePhaseCommit(true);
        allocatesLessThan(
                LIMIT_OF_ONE_PHASE,
                (transactions, key, other, value) -> transactions.run(onePhase, txn -> {
                    txn.put(key, value);
                    return CompletableFuture.completedStage(true);
                }));
    }
}
