package io.tikvdirect.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.AsyncRawClient;
import io.tikvdirect.client.raw.DirectBatch;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.raw.DirectRawClient;
import io.tikvdirect.client.raw.ResultView;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One thread. What {@link DirectFaceBenchmark} leaves out: point operations on the asynchronous face, and batches on the
 * direct one, whose figures are per key. With {@code -prof gc} the bytes per operation are those of all threads of the
 * client; the server is another process.
 */
@SuppressWarnings("NullAway.Init") // set up by JMH
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 4)
@Measurement(iterations = 3, time = 5)
@Fork(
        value = 1,
        jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+UseParallelGC"})
public class FaceAllocationBenchmark {
    private static final int OPERATIONS = 20_000;
    private static final int KEYS = 1 << 14;
    private static final int BATCH = 100;
    private static final int BATCHES = OPERATIONS / BATCH;
    private static final int VALUE_BYTES = 64;

    /** Operations or batches in flight at any time. */
    @Param({"1", "16"})
    public int inFlight;

    private final byte[][] keys = new byte[KEYS][];
    private final byte[] value = "v".repeat(VALUE_BYTES).getBytes(US_ASCII);
    private final DirectBatch[] keyBatches = new DirectBatch[KEYS / BATCH];
    private final DirectBatch[] pairBatches = new DirectBatch[KEYS / BATCH];
    private final Batches gets = new Batches(VALUE_BYTES);
    private final Batches puts = new Batches(-1);
    private AsyncRawClient async;
    private DirectRawClient direct;
    private Window window;

    @Setup(Level.Trial)
    public void open() throws IOException {
        ServerProcess server = ServerProcess.start();
        TikvClient client = TikvClient.open(
                Config.builder().pdAddresses(server.pdAddresses().split(",")).build());
        async = client.raw().async();
        direct = client.raw().direct();
        window = new Window(inFlight);
        for (int i = 0; i < KEYS; i++) {
            keys[i] = String.format("bench%09d", i).getBytes(US_ASCII);
            client.raw().put(keys[i], value);
        }
        for (int i = 0; i < keyBatches.length; i++) {
            keyBatches[i] = new DirectBatch();
            pairBatches[i] = new DirectBatch();
            for (int j = 0; j < BATCH; j++) {
                keyBatches[i].add(keys[i * BATCH + j]);
                pairBatches[i].add(keys[i * BATCH + j], value);
            }
        }
        // at the end of the JVM: JMH counts what a trial's tear-down allocates into its last iteration
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            client.close();
                            server.close();
                        },
                        "benchmark-end"));
    }

    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public void asyncGet() {
        for (int i = 0; i < OPERATIONS; i++) {
            window.acquire();
            released(async.get(keys[i & (KEYS - 1)]));
        }
        awaitAll();
    }

    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public void asyncPut() {
        for (int i = 0; i < OPERATIONS; i++) {
            window.acquire();
            released(async.put(keys[i & (KEYS - 1)], value));
        }
        awaitAll();
    }

    /** What learning of the end costs the caller of {@link #asyncGet}, with one bare future that the face makes there. */
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public void callerAlone() {
        for (int i = 0; i < OPERATIONS; i++) {
            window.acquire();
            CompletableFuture<byte[]> call = new CompletableFuture<>();
            released(call);
            call.complete(value);
        }
        awaitAll();
    }

    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public void directBatchGetPerKey() {
        for (int i = 0; i < BATCHES; i++) {
            window.acquire();
            require(direct.batchGet(keyBatches[i % keyBatches.length], i, gets));
        }
        awaitAll();
        gets.check();
    }

    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public void directBatchPutPerKey() {
        for (int i = 0; i < BATCHES; i++) {
            window.acquire();
            require(direct.batchPut(pairBatches[i % pairBatches.length], 0, i, puts));
        }
        awaitAll();
        puts.check();
    }

    /** The one stage that a user adds too, to learn of the end. */
    private void released(CompletionStage<?> call) {
        CompletionStage<?> unused = call.whenComplete((result, failure) -> {
            window.release();
            if (failure != null) {
                throw new IllegalStateException(failure);
            }
        });
    }

    private static void require(boolean accepted) {
        if (!accepted) {
            throw new IllegalStateException("the in-flight window is smaller than the benchmark's");
        }
    }

    private void awaitAll() {
        for (int i = 0; i < inFlight; i++) {
            window.acquire();
        }
        for (int i = 0; i < inFlight; i++) {
            window.release();
        }
    }

    /** One thread acquires, any releases. Unlike a {@code Semaphore} it allocates nothing for a thread that waits. */
    private static final class Window {
        private final AtomicInteger free;
        private volatile @Nullable Thread waiter;

        Window(int size) {
            free = new AtomicInteger(size);
        }

        void acquire() {
            waiter = Thread.currentThread();
            while (free.get() == 0) {
                LockSupport.park(this);
            }
            free.decrementAndGet();
        }

        void release() {
            free.incrementAndGet();
            LockSupport.unpark(waiter);
        }
    }

    /** Called on event loops. Takes answers to batches. */
    private final class Batches implements DirectCallback {
        private final int valueBytes;
        private volatile @Nullable TikvException failure;

        Batches(int valueBytes) {
            this.valueBytes = valueBytes;
        }

        @Override
        public void onCompleted(long correlationId, ResultView view) {
            if (valueBytes >= 0 && (view.size() != BATCH || view.valueLength(BATCH - 1) != valueBytes)) {
                throw new IllegalStateException(view.size() + " values");
            }
            window.release();
        }

        @Override
        public void onFailed(long correlationId, TikvException cause) {
            failure = cause;
            window.release();
        }

        void check() {
            TikvException seen = failure;
            if (seen != null) {
                throw seen;
            }
        }
    }
}
