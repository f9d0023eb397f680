package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocking calls are at home on virtual threads, ten thousand of them at once; on JDKs that have them. */
class VirtualThreadsTest {

    private static final int THREADS = 10_000;

    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads came with JDK 21");
        Method method = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
        return (ExecutorService) method.invoke(null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"16384", "64"})
    void tenThousandBlockInOneClientWithAWideWindowOrANarrowOne(String window) throws Exception {
        ExecutorService threads = virtualThreads();
        try (EmbeddedCluster cluster =
                        EmbeddedCluster.builder().stores(3).regions(8).start();
                TikvClient client = TestClients.open(cluster, "timeout", "120s", "inflight.operations", window)) {
            List<Future<Boolean>> results = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                byte[] key = {(byte) (i >> 8), (byte) i, 'k'};
                byte[] value = bytes("value " + i + "x".repeat(i % 1_000));
                results.add(threads.submit(() -> putAndGet(client.raw(), key, value)));
            }
            for (Future<Boolean> result : results) {
                assertThat(result.get(120, TimeUnit.SECONDS)).isTrue();
            }
            // a caller has his answer a little before the place of his call is free again
            Awaitility.await()
                    .untilAsserted(() -> assertThat(client.metrics().inFlight()).isZero());
        } finally {
            threads.shutdownNow();
        }
    }

    /** A monitor that is held while the call blocks pins the carrier on older JDKs; others must still get on. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void pinnedCallersDoNotStopTheClient(int pinned) throws Exception {
        ExecutorService threads = virtualThreads();
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().start();
                TikvClient client = TestClients.open(cluster, "timeout", "60s")) {
            List<Future<Boolean>> results = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                byte[] key = bytes("k" + i);
                boolean pin = i % 10 < pinned;
                results.add(threads.submit(() -> {
                    if (!pin) {
                        return putAndGet(client.raw(), key, key);
                    }
                    synchronized (key) {
                        return putAndGet(client.raw(), key, key);
                    }
                }));
            }
            for (Future<Boolean> result : results) {
                assertThat(result.get(60, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static boolean putAndGet(RawClient raw, byte[] key, byte[] value) {
        raw.put(key, value);
        return java.util.Arrays.equals(raw.get(key), value);
    }
}
