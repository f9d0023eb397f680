package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.ClientMetrics.StoreMetrics;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Large answers have a connection of their own, so that small ones do not stand behind them. */
class LargeAnswersTest {
    private static final byte[] LARGE = bytes("large");
    private static final byte[] SMALL = bytes("small");
    private static final int LARGE_BYTES = 1 << 20;

    private EmbeddedCluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = EmbeddedCluster.builder().start();
        cluster.split(bytes("m"));
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private static void putBoth(RawClient raw) {
        raw.put(LARGE, new byte[LARGE_BYTES]);
        raw.put(SMALL, bytes("v"));
    }

    /** Answers are counted by loops, who may be a moment behind the callers. */
    private static void awaitAnswered(TikvClient client, long... byConnection) {
        await().untilAsserted(() -> assertThat(client.metrics().stores())
                .extracting(StoreMetrics::answered)
                .containsExactly(IntStream.range(0, byConnection.length)
                        .mapToObj(i -> byConnection[i])
                        .toArray(Long[]::new)));
    }

    @Test
    void aSmallGetDoesNotStandBehindALargeAnswer() throws Exception {
        String address = cluster.stores().get(0).address();
        try (CountingProxy proxy = new CountingProxy(address);
                TikvClient client = TestClients.open(cluster, "address.map", address + "=" + proxy.address())) {
            RawClient raw = client.raw();
            putBoth(raw);
            raw.get(LARGE); // the first tells what to expect of the region
            raw.get(LARGE);
            awaitAnswered(client, 3, 1);
            CountDownLatch release = proxy.holdAnswers(1);
            CompletableFuture<byte[]> held = raw.async().get(LARGE).toCompletableFuture();
            for (int i = 0; i < 100; i++) {
                assertThat(raw.get(SMALL)).isEqualTo(bytes("v"));
            }
            release.countDown();
            assertThat(held.get(60, TimeUnit.SECONDS)).hasSize(LARGE_BYTES);
            assertThat(client.metrics().stores().get(1).sent()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void scansWithLargeAnswersLeaveGetsFromTheSameRegionAlone() {
        try (TikvClient client = TestClients.open(cluster)) {
            RawClient raw = client.raw();
            List<KvPair> pairs = IntStream.range(0, 100)
                    .mapToObj(i -> new KvPair(bytes("k" + (100 + i)), new byte[2_000]))
                    .toList();
            raw.batchPut(pairs);
            for (int i = 0; i < 3; i++) {
                assertThat(raw.scan(KeyRange.of(bytes("k"), bytes("l")), ScanOptions.limit(100)))
                        .hasSize(100);
                assertThat(raw.get(bytes("k100"))).hasSize(2_000);
            }
            await().untilAsserted(() -> assertThat(client.metrics().stores())
                    .element(1)
                    .extracting(StoreMetrics::answered)
                    .isEqualTo(2L));
        }
    }

    @Test
    void aRegionWhoseAnswersHaveBecomeSmallGoesBackToTheOthers() {
        try (TikvClient client = TestClients.open(cluster)) {
            RawClient raw = client.raw();
            putBoth(raw);
            raw.get(LARGE);
            raw.put(LARGE, bytes("small by now"));
            for (int i = 0; i < 64 + 10; i++) {
                assertThat(raw.get(LARGE)).isEqualTo(bytes("small by now"));
            }
            awaitAnswered(client, 4 + 10, 64);
        }
    }

    @Test
    void withoutLargeAnswersThereIsNoOtherConnection() {
        try (TikvClient client = TestClients.open(cluster)) {
            RawClient raw = client.raw();
            byte[] value = new byte[63 * 1024];
            for (int i = 0; i < 3; i++) {
                raw.put(SMALL, value);
                assertThat(raw.get(SMALL)).isEqualTo(value);
            }
            awaitAnswered(client, 6);
        }
    }

    @Test
    void bothConnectionsComeBackAfterARestartOfTheStore() throws Exception {
        try (TikvClient client = TestClients.open(cluster)) {
            RawClient raw = client.raw();
            putBoth(raw);
            raw.get(LARGE);
            raw.get(LARGE);
            long store = cluster.stores().get(0).id();
            cluster.stopStore(store);
            cluster.startStore(store);
            assertThat(raw.get(LARGE)).hasSize(LARGE_BYTES);
            assertThat(raw.get(SMALL)).isEqualTo(bytes("v"));
        }
    }

    @Test
    void closingEndsWhatWaitsForALargeAnswer() throws Exception {
        String address = cluster.stores().get(0).address();
        try (CountingProxy proxy = new CountingProxy(address)) {
            TikvClient client = TestClients.open(cluster, "address.map", address + "=" + proxy.address());
            CountDownLatch release;
            CompletableFuture<byte[]> held;
            try (client) {
                RawClient raw = client.raw();
                putBoth(raw);
                raw.get(LARGE);
                raw.get(LARGE);
                release = proxy.holdAnswers(1);
                held = raw.async().get(LARGE).toCompletableFuture();
            }
            assertThat(catchThrowable(() -> held.get(60, TimeUnit.SECONDS)))
                    .hasCauseInstanceOf(ClientClosedException.class);
            release.countDown();
        }
    }
}
