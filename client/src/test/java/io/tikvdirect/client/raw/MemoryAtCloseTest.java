package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.util.internal.PlatformDependent;
import io.tikvdirect.client.ClusterMismatchException;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.PdUnavailableException;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Closing gives all threads and all direct memory back, at once and not at some garbage collection. Counted by Netty, which
 * counts only with {@code Unsafe}; the embedded cluster has a Netty of its own and is not counted.
 */
class MemoryAtCloseTest {

    private static final int TIMES = 8;

    private static EmbeddedCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = EmbeddedCluster.builder().stores(2).regions(4).start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void memoryIsCounted() {
        assumeTrue(PlatformDependent.usedDirectMemory() >= 0, "this JVM keeps Unsafe, and so the counter, from Netty");
    }

    @Test
    void openUseCloseAgainAndAgain() {
        for (int i = 0; i < TIMES; i++) {
            long before = PlatformDependent.usedDirectMemory();
            try (TikvClient client = TestClients.open(cluster, "loops", "2")) {
                use(client.raw());
                assertThat(PlatformDependent.usedDirectMemory()).isGreaterThan(before);
            }
            allIsGivenBack(before);
        }
    }

    /** Bodies of all sizes from this thread, which lives on, and from others; answers of all sizes. */
    private static void use(RawClient raw) {
        for (int size : new int[] {0, 10, 600, 5_000, 40_000, 1_000_000}) {
            byte[] key = bytes("k" + size);
            raw.put(key, new byte[size]);
            assertThat(raw.get(key)).hasSize(size);
        }
        List<CompletableFuture<Void>> puts = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            int number = i;
            puts.add(CompletableFuture.runAsync(() -> raw.put(bytes("m" + number), new byte[number * 10])));
        }
        puts.forEach(CompletableFuture::join);
        List<KvPair> pairs = raw.scan(KeyRange.prefix(bytes("m")), ScanOptions.limit(1_000));
        assertThat(pairs).hasSize(500);
        raw.batchPut(pairs);
    }

    @Test
    void openingFailsAgainAndAgain() throws Exception {
        try (Socket bound = TestClients.boundButDeaf()) {
            Config nobody = Config.fromUri("tikv://127.0.0.1:" + bound.getLocalPort() + "?timeout=200ms");
            Config wrongCluster = Config.builder()
                    .set("pd.addresses", String.join(",", cluster.pdAddresses()))
                    .set("cluster.id", "42")
                    .set("timeout", "60s")
                    .build();
            long before = PlatformDependent.usedDirectMemory();
            for (int i = 0; i < TIMES; i++) {
                assertThatThrownBy(() -> TikvClient.open(nobody)).isInstanceOf(PdUnavailableException.class);
                assertThatThrownBy(() -> TikvClient.open(wrongCluster)).isInstanceOf(ClusterMismatchException.class);
                allIsGivenBack(before);
            }
        }
    }

    @Test
    void aCloseFromOneOfItsOwnLoops() throws Exception {
        long before = PlatformDependent.usedDirectMemory();
        TikvClient client = TestClients.open(cluster);
        use(client.raw());
        CompletableFuture<Void> asked = new CompletableFuture<>();
        TestClients.onALoop(client.raw().direct(), () -> {
            client.close();
            asked.complete(null);
        });
        asked.get(60, TimeUnit.SECONDS);
        client.close(); // waits for the one under way
        allIsGivenBack(before); // the closing thread may still be ending
    }

    /**
     * Without a garbage collection, but on a busy machine perhaps a moment after the threads were waited for. Other tests'
     * unpooled buffers may be collected meanwhile, so that it can be less than before.
     */
    private static void allIsGivenBack(long before) {
        await().untilAsserted(() -> {
            assertThat(PlatformDependent.usedDirectMemory()).isLessThanOrEqualTo(before);
            assertThat(threads()).isEmpty();
        });
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("tikv-direct"))
                .toList();
    }
}
