package io.tikvdirect.client.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.memory.ClientMemory;
import io.tikvdirect.client.raw.AsyncRawClient;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.EmbeddedRegion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Direct memory that ends: whoever asks for it in vain, on a caller's thread or on a loop, for a body, a batch, a part of a
 * frame, an answer or a question to PD.
 */
class MemoryShortageTest {

    private static final int SINGLE_FAILURES = 40;

    private static EmbeddedCluster cluster;

    private Scarce memory;

    @BeforeAll
    static void start() throws Exception {
        cluster = EmbeddedCluster.builder().stores(2).regions(4).start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private TikvClient open(String... options) {
        var builder = Config.builder()
                .set("pd.addresses", String.join(",", cluster.pdAddresses()))
                .set("timeout", "30s")
                .set("loops", "1")
                .set("transport", "nio");
        for (int i = 0; i < options.length; i += 2) {
            builder.set(options[i], options[i + 1]);
        }
        return ClientAssembly.open(builder.build(), loops -> {
            memory = new Scarce(loops);
            return memory;
        });
    }

    private static byte[] key(int i) {
        return String.format("k%03d", i).getBytes(US_ASCII);
    }

    /** One of everything: batched and unary, small, large and larger than a message, with answers as large. */
    private static List<CompletionStage<?>> load(RawClient raw, int round) {
        AsyncRawClient async = raw.async();
        List<CompletionStage<?>> all = new ArrayList<>();
        for (int size : new int[] {10, 700, 5_000, 40_000, 300_000}) {
            all.add(async.put(key(size % 97), new byte[size]));
            all.add(async.get(key(size % 97)));
        }
        List<KvPair> pairs = new ArrayList<>();
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            pairs.add(new KvPair(key(100 + i), new byte[2_000]));
            keys.add(key(100 + i));
        }
        all.add(async.batchPut(pairs));
        all.add(async.batchGet(keys));
        all.add(async.delete(key(round)));
        all.add(async.scan(KeyRange.all(), ScanOptions.limit(50)));
        all.add(raw.with(raw.options().withAtomic(true)).async().compareAndSwap(key(300), null, new byte[10]));
        all.add(async.keyTtl(key(100)).exceptionally(unsupported -> null));
        return all;
    }

    /** Waits for all; counts the failures, each of which has to be one of the client's own. */
    private static int failures(List<CompletionStage<?>> stages) throws Exception {
        int failures = 0;
        for (CompletionStage<?> stage : stages) {
            Throwable failure = stage.handle((result, thrown) -> thrown)
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            if (failure != null) {
                Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                assertThat(cause).isInstanceOf(TikvException.class);
                failures++;
            }
        }
        return failures;
    }

    private static void assertWell(TikvClient client) {
        RawClient raw = client.raw();
        raw.put(key(0), new byte[100_000]);
        assertThat(raw.get(key(0))).hasSize(100_000);
        await().untilAsserted(() -> assertThat(client.metrics().inFlight()).isZero());
    }

    @Test
    void oneBufferThatCannotBeHadHurtsAtMostWhoNeedsIt() throws Exception {
        int hurt = 0;
        for (int i = 0; i < SINGLE_FAILURES; i++) {
            if (i % 10 == 0 && i > 0) {
                EmbeddedRegion region = cluster.regions().get(0);
                cluster.transferLeader(
                        region.id(), region.peers().get(i / 10 % 2).storeId());
            }
            hurt += oneFailure(i);
        }
        assertThat(hurt).as("rounds with a failed operation").isPositive();
    }

    private int oneFailure(int afterBuffers) throws Exception {
        try (TikvClient client = open()) {
            if (afterBuffers % 2 == 0) {
                client.raw().put(key(0), new byte[10]); // connected, with slabs and buffers at hand
            }
            memory.failOnce(afterBuffers);
            int failures = failures(load(client.raw(), afterBuffers));
            memory.recover();
            assertWell(client);
            return Math.min(1, failures);
        } finally {
            assertThat(memory.reservedBytes()).as("after the close").isZero();
        }
    }

    @Test
    void whileThereIsNoMemoryAtAllEveryOperationEndsByItsDeadlineAndThenAllIsWellAgain() throws Exception {
        try (TikvClient client = open()) {
            assertWell(client);
            RawClient hurried = client.raw().with(client.raw().options().withTimeout(Duration.ofSeconds(1)));
            for (int buffers = 0; buffers < 12; buffers += 3) {
                memory.endAfter(buffers);
                assertThat(failures(load(hurried, 1))).isPositive();
                memory.recover();
                assertWell(client);
            }
        } finally {
            assertThat(memory.reservedBytes()).as("after the close").isZero();
        }
    }

    @Test
    void aRequestThatCannotBeWrittenSaysSoAndWasNotSent() throws Exception {
        try (TikvClient client = open()) {
            RawClient raw = client.raw();
            raw.delete(key(1));
            assertWell(client);
            memory.endOnLoops();
            RawClient atomic = raw.with(raw.options().withAtomic(true));
            assertThatThrownBy(() -> raw.put(key(1), new byte[1_000_000]))
                    .isInstanceOf(BackpressureException.class)
                    .hasMessageContaining("no direct memory to write the request");
            assertThatThrownBy(() -> atomic.compareAndSwap(key(1), null, new byte[10]))
                    .isInstanceOf(BackpressureException.class)
                    .hasMessageContaining("no direct memory to write the request");
            memory.recover();
            assertThat(raw.get(key(1))).isNull();
            assertWell(client);
        }
        assertThat(memory.reservedBytes()).isZero();
    }

    /** Thread-safe. The client's own memory, which can be made to end. */
    private static final class Scarce extends ClientMemory {
        private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        private volatile boolean lasting;
        private volatile boolean onLoopsOnly;

        Scarce(int loops) {
            super(loops);
        }

        void failOnce(int afterBuffers) {
            lasting = false;
            left.set(afterBuffers);
        }

        void endAfter(int buffers) {
            lasting = true;
            left.set(buffers);
        }

        void endOnLoops() {
            onLoopsOnly = true;
            endAfter(0);
        }

        void recover() {
            onLoopsOnly = false;
            left.set(Integer.MAX_VALUE);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            take();
            return super.newDirectBuffer(initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newUnpooledBuffer(int bytes) {
            take();
            return super.newUnpooledBuffer(bytes);
        }

        private void take() {
            if (onLoopsOnly && !Thread.currentThread().getName().startsWith("tikv-direct-loop")) {
                return;
            }
            int now = left.getAndUpdate(n -> n == Integer.MAX_VALUE || (n == 0 && lasting) ? n : n - 1);
            if (now == 0) {
                throw new OutOfMemoryError("direct memory has been made scarce");
            }
        }
    }
}
