package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.internal.PlatformDependent;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the client's own threads allocate per operation of the direct face, the server's threads not counted. The leak
 * detector records an object per buffer it follows, so it is off while this is measured.
 */
class DirectAllocationTest {

    private static final int WARM_UP = 50_000;
    private static final int MEASURED = 50_000;
    private static final int MOST_ROUNDS = 12;
    private static final int IN_FLIGHT = 64;

    /**
     * Without {@code Unsafe}, which newer JDKs keep from Netty unless {@code --sun-misc-unsafe-memory-access=allow} is
     * given, Netty's sockets make a small object per write and read: about one byte per operation in batches of 64.
     */
    private static final double LIMIT = PlatformDependent.hasUnsafe() ? 1 : 3;

    /** Of a batch or scan of {@link #PAIRS} pairs: where a scan stands is a few small objects, and nothing is per pair. */
    private static final double LIMIT_OF_MANY = 500;

    private static final int PAIRS = 16;

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
    private static final class Load implements DirectCallback {
        private final DirectRawClient direct;
        private final KeyBuffer key = new KeyBuffer();
        private final KeyBuffer value = new KeyBuffer();
        private final DirectBatch batch = new DirectBatch();
        private final ScanOptions first = ScanOptions.limit(PAIRS);
        private final int kind;
        private int toStart;
        private int toEnd;
        private CountDownLatch ended = new CountDownLatch(0);
        private final AtomicReference<TikvException> failure = new AtomicReference<>();

        Load(DirectRawClient direct, int kind) {
            this.direct = direct;
            this.kind = kind;
            key.append(bytes("key"));
            value.append(new byte[64]);
            for (int i = 0; i < PAIRS; i++) {
                batch.add(bytes("key" + i));
            }
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
            boolean accepted =
                    switch (kind) {
                        case 0 -> direct.get(key, 0, key.length(), 1, this);
                        case 1 -> direct.put(key, 0, key.length(), value, 0, value.length(), 1, this);
                        case 2 -> direct.delete(key, 0, key.length(), 1, this);
                        case 3 -> direct.batchGet(batch, 1, this);
                        default -> direct.scan(key, 0, key.length(), key, 0, 0, first, 1, this);
                    };
            if (!accepted) {
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

    @Test
    void getPutAndDeleteAllocateNothingOnceWarm() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().stores(1).start();
                TikvClient client = TestClients.open(cluster, "stores.interval", "1h")) {
            client.raw().put(bytes("key"), new byte[64]);
            for (int kind = 0; kind < 3; kind++) {
                Load load = new Load(client.raw().direct(), kind);
                double perOperation = onceWarm(load, WARM_UP, MEASURED, LIMIT);
                System.out.println("DirectAllocationTest kind " + kind + ": " + perOperation + " B/op");
                assertThat(perOperation)
                        .as("bytes per operation of kind %d", kind)
                        .isLessThan(LIMIT);
            }
        }
    }

    @Test
    void batchesAndScansAllocateNothingForTheirPairs() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().stores(1).start();
                TikvClient client = TestClients.open(cluster, "stores.interval", "1h")) {
            for (int i = 0; i < PAIRS; i++) {
                client.raw().put(bytes("key" + i), new byte[64]);
            }
            for (int kind = 3; kind < 5; kind++) {
                Load load = new Load(client.raw().direct(), kind);
                double perOperation = onceWarm(load, WARM_UP / 5, MEASURED / 5, LIMIT_OF_MANY);
                System.out.println("DirectAllocationTest kind " + kind + ": " + perOperation + " B/op");
                assertThat(perOperation)
                        .as("bytes per operation of kind %d", kind)
                        .isLessThan(LIMIT_OF_MANY);
            }
        }
    }

    /**
     * Bytes per operation. How many operations make it warm depends on when the JIT compiler gets a processor, which on a
     * busy machine is late: it has several rounds to show what it allocates for good, in every round.
     */
    private double onceWarm(Load load, int warmUp, int measured, double limit) throws InterruptedException {
        load.run(warmUp);
        double perOperation = Double.MAX_VALUE;
        for (int round = 0; round < MOST_ROUNDS && perOperation >= limit; round++) {
            long before = allocated();
            load.run(measured);
            perOperation = (allocated() - before) / (double) measured;
        }
        return perOperation;
    }

    /** The client's loops: all but the first operation is submitted, sent and completed there. */
    private long allocated() {
        long sum = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("tikv-direct-loop")) {
                sum += threads.getThreadAllocatedBytes(thread.getId());
            }
        }
        return sum;
    }
}
