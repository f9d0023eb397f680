package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tikvdirect.client.ClientMetrics.StoreMetrics;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.transport.EventLoopKind;
import io.tikvdirect.transport.EventLoops;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the options of connections and batches promise: several connections, waiting for a batch, gzip, kinds of loops. */
class ConnectionOptionsTest {

    private EmbeddedCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = EmbeddedCluster.builder().start();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private static List<KvPair> pairs(int count, int valueBytes) {
        return IntStream.range(0, count)
                .mapToObj(i -> new KvPair(bytes(String.format("k%06d", i)), new byte[valueBytes]))
                .toList();
    }

    @Test
    void severalConnectionsCarryTheLoadOfOneStoreAndComeBackAfterItsRestart() throws Exception {
        try (TikvClient client = TestClients.open(cluster, "store.connections", "4", "loops", "2")) {
            putFromThreads(client.raw(), 8);
            List<StoreMetrics> connections = client.metrics().stores();
            assertThat(connections).extracting(StoreMetrics::connection).containsExactly(0, 1, 2, 3);
            // consecutive threads take consecutive connections
            // counted by the loops, who may be a moment behind the callers
            await().untilAsserted(() -> assertThat(client.metrics().stores())
                    .allSatisfy(connection -> assertThat(connection.answered()).isPositive()));
            long store = cluster.stores().get(0).id();
            cluster.stopStore(store);
            cluster.startStore(store);
            putFromThreads(client.raw(), 8);
            assertThat(client.raw().scan(KeyRange.all(), ScanOptions.limit(1_000)))
                    .hasSize(8 * 50);
            await().untilAsserted(() -> assertThat(client.metrics().stores())
                    .allSatisfy(connection -> assertThat(connection.inFlight()).isZero()));
        }
    }

    private static void putFromThreads(RawClient raw, int threads) throws Exception {
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int number = t;
            CompletableFuture<Void> future = new CompletableFuture<>();
            done.add(future);
            new Thread(() -> putAll(raw, number, future)).start();
        }
        for (CompletableFuture<Void> future : done) {
            future.get(60, TimeUnit.SECONDS);
        }
    }

    private static void putAll(RawClient raw, int thread, CompletableFuture<Void> done) {
        try {
            for (int i = 0; i < 50; i++) {
                raw.put(bytes("t" + thread + "-" + i), bytes("v"));
            }
            done.complete(null);
        } catch (RuntimeException failed) {
            done.completeExceptionally(failed);
        }
    }

    @Test
    void waitingForABatchMakesAtMostOneFlushPerWait() throws Exception {
        int waitMs = 10;
        int operations = 4_000;
        try (TikvClient client = TestClients.open(cluster, "batch.wait", waitMs + "ms", "batch.size", "8192")) {
            client.raw().put(bytes("warm"), bytes("v"));
            long flushesBefore = flushes(client);
            long startNs = System.nanoTime();
            List<CompletableFuture<byte[]>> gets = new ArrayList<>();
            for (int i = 0; i < operations; i++) {
                gets.add(client.raw().async().get(bytes("warm")).toCompletableFuture());
            }
            for (CompletableFuture<byte[]> get : gets) {
                assertThat(get.get(60, TimeUnit.SECONDS)).isEqualTo(bytes("v"));
            }
            long waits = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs) / waitMs;
            // one more begins before the first wait ends, and a socket that a busy peer leaves full cuts batches
            assertThat(flushes(client) - flushesBefore).isPositive().isLessThanOrEqualTo(waits + 30);
        }
    }

    @Test
    void withoutWaitingALoneCallerIsSentAtOnceEachTime() {
        try (TikvClient client = TestClients.open(cluster)) {
            client.raw().put(bytes("warm"), bytes("v"));
            long flushesBefore = flushes(client);
            for (int i = 0; i < 100; i++) {
                client.raw().get(bytes("warm"));
            }
            assertThat(flushes(client) - flushesBefore).isEqualTo(100);
        }
    }

    private static long flushes(TikvClient client) {
        return client.metrics().stores().stream()
                .mapToLong(StoreMetrics::flushes)
                .sum();
    }

    @Test
    void gzipMakesTheBatchStreamSmaller() throws Exception {
        List<KvPair> pairs = pairs(200, 5_000);
        long plain = bytesUpWhile("none", pairs);
        long zipped = bytesUpWhile("gzip", pairs);
        assertThat(plain).isGreaterThan(200 * 5_000);
        assertThat(zipped).isLessThan(plain / 10);
    }

    /** Puts one by one and in a batch, reads all again, and gives how much went up to the store. */
    private long bytesUpWhile(String compression, List<KvPair> pairs) throws Exception {
        String address = cluster.stores().get(0).address();
        try (CountingProxy proxy = new CountingProxy(address);
                TikvClient client = TestClients.open(
                        cluster, "compression", compression, "address.map", address + "=" + proxy.address())) {
            RawClient raw = client.raw();
            raw.batchPut(pairs);
            raw.put(pairs.get(0).key(), bytes("other"));
            assertThat(raw.get(pairs.get(0).key())).isEqualTo(bytes("other"));
            assertThat(raw.scan(KeyRange.all(), ScanOptions.limit(1_000))).hasSize(pairs.size());
            return proxy.bytesUp();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIO", "EPOLL", "IO_URING", "KQUEUE"})
    void everyKindOfLoopThatLoadsServes(EventLoopKind kind) throws Exception {
        assumeTrue(EventLoops.isAvailable(kind), kind + " does not load here");
        try (TikvClient client =
                TestClients.open(cluster, "transport", kind.name().toLowerCase(Locale.ROOT), "loops", "2")) {
            RawClient raw = client.raw();
            List<KvPair> pairs = pairs(500, 2_000);
            raw.batchPut(pairs);
            long store = cluster.stores().get(0).id();
            cluster.stopStore(store);
            cluster.startStore(store);
            assertThat(raw.scan(KeyRange.all(), ScanOptions.limit(1_000))).isEqualTo(pairs);
            raw.put(bytes("large"), new byte[2_000_000]);
            assertThat(raw.get(bytes("large"))).hasSize(2_000_000);
        }
    }
}
