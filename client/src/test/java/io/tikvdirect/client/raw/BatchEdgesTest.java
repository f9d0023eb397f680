package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Batches of unusual size and shape, over several regions. */
class BatchEdgesTest {

    private static final int MANY = 100_000;
    /** A recursion per chunk or key would not fit. */
    private static final long SMALL_STACK_BYTES = 192 * 1024;

    private static EmbeddedCluster cluster;
    private static TikvClient client;
    private static RawClient raw;

    @BeforeAll
    static void open() throws Exception {
        cluster = EmbeddedCluster.builder()
                .stores(3)
                .splitKeys(List.of(bytes("k025000"), bytes("k050000"), bytes("k075000"), bytes("m")))
                .start();
        client = TestClients.open(cluster, "timeout", "5m", "store.probe-timeout", "0", "keepalive.time", "60s");
        raw = client.raw();
    }

    @AfterAll
    static void close() {
        client.close();
        cluster.close();
    }

    @AfterEach
    void heal() {
        cluster.faults().clear();
    }

    private static List<byte[]> keys(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> bytes(String.format("k%06d", i)))
                .toList();
    }

    private static List<KvPair> pairs(List<byte[]> keys) {
        return keys.stream().map(key -> new KvPair(key, key)).toList();
    }

    private static void onASmallStack(Runnable action) throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(null, action, "small-stack", SMALL_STACK_BYTES);
        thread.setUncaughtExceptionHandler((which, failure) -> thrown.set(failure));
        thread.start();
        thread.join();
        assertThat(thrown.get()).isNull();
    }

    @Test
    void aHundredThousandKeysInOneCall() throws Exception {
        List<byte[]> keys = keys(MANY);
        onASmallStack(() -> {
            raw.batchPut(pairs(keys));
            List<byte[]> found = raw.batchGet(keys);
            assertThat(found).hasSize(MANY);
            for (int i = 0; i < MANY; i++) {
                assertThat(found.get(i)).isEqualTo(keys.get(i));
            }
            raw.batchDelete(keys);
            assertThat(raw.batchGet(keys)).containsOnlyNulls();
        });
    }

    /** A blocking caller on a busy machine may give up before the event loop can tell it all. */
    private static PartialFailureException failureOf(CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().join();
            throw new AssertionError("succeeded");
        } catch (CompletionException failed) {
            assertThat(failed.getCause()).isInstanceOf(PartialFailureException.class);
            return (PartialFailureException) failed.getCause();
        }
    }

    @Test
    void aHundredThousandKeysThatAllFail() throws Exception {
        List<byte[]> keys = keys(MANY);
        RawClient hurried = raw.with(raw.options().withTimeout(Duration.ofMillis(200)));
        raw.batchGet(List.of(keys.get(0), bytes("k030000"), bytes("k060000"), bytes("k090000"))); // regions are known
        cluster.faults().on("RawBatchGet").dropBefore();
        onASmallStack(() -> {
            PartialFailureException failure = failureOf(hurried.async().batchGet(keys));
            assertThat(failure.failedKeys()).hasSize(MANY);
            assertThat(failure.getCause()).isInstanceOf(RequestTimeoutException.class);
        });
    }

    /** Eighty chunks, none of which is answered: the call fills neither the window nor memory. */
    @Test
    void ofOneCallSixtyFourChunksAreUnderWayAtMost() {
        cluster.faults().on("RawBatchGet").dropBefore();
        RawClient patient = raw.with(raw.options().withTimeout(Duration.ofMinutes(5)));
        CompletableFuture<?> call = patient.async().batchGet(keys(40_000)).toCompletableFuture();
        Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .untilAsserted(() -> assertThat(client.metrics().inFlight()).isEqualTo(64));
        call.cancel(true);
    }

    /**
     * Eighty chunks, of which sixty-four travel when the call is cancelled: these are answered, and none follows. Other
     * tests may have left something in flight, so the client is its own.
     */
    @Test
    void ofACancelledCallNoFurtherChunkIsSentAndOthersGoOn() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        try (TikvClient own = patient()) {
            AsyncRawClient async = own.raw().async();
            own.raw().get(bytes("k000000"));
            own.raw().get(bytes("k030000"));
            cluster.faults()
                    .on("RawBatchGet")
                    .where(request -> held(asked, released))
                    .dropBefore();
            CompletableFuture<?> call = async.batchGet(keys(40_000)).toCompletableFuture();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .untilAsserted(() -> assertThat(own.metrics().inFlight()).isEqualTo(64));
            CompletableFuture<List<byte[]>> other = async.batchGet(keys(3)).toCompletableFuture();
            call.cancel(true);
            assertThat(call).isCancelled();
            assertThat(own.metrics().inFlight())
                    .as("what travels keeps its place until it is answered")
                    .isGreaterThanOrEqualTo(64);
            released.countDown();
            assertThat(other.get(180, TimeUnit.SECONDS)).hasSize(3);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .untilAsserted(() -> assertThat(own.metrics().inFlight()).isZero());
            assertThat(asked).hasValue(64 + 1);
        } finally {
            released.countDown();
        }
    }

    /** A client that takes no store for dead while answers are held. */
    private static TikvClient patient() {
        return TestClients.open(cluster, "timeout", "120s", "store.probe-timeout", "0", "keepalive.timeout", "10m");
    }

    /** Counts a request and holds it, and all behind it, until it may go on. */
    private static boolean held(AtomicInteger asked, CountDownLatch released) {
        asked.incrementAndGet();
        try {
            return !released.await(200, TimeUnit.SECONDS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    void keysInAnyOrderAndInAListThatIsSlowToIndex() {
        List<byte[]> shuffled = new ArrayList<>(keys(8_000));
        Collections.shuffle(shuffled, new java.util.Random(5));
        raw.batchPut(new LinkedList<>(pairs(shuffled)));
        List<byte[]> found = raw.batchGet(new LinkedList<>(shuffled));
        for (int i = 0; i < shuffled.size(); i++) {
            assertThat(found.get(i)).isEqualTo(shuffled.get(i));
        }
        raw.batchDelete(new LinkedList<>(shuffled));
    }

    @Test
    void theSameKeyManyTimes() {
        byte[] key = bytes("d1");
        raw.put(key, bytes("1"));
        List<byte[]> asked = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            asked.add(key);
            asked.add(bytes("d0"));
            asked.add(bytes("z" + i % 3));
        }
        List<byte[]> found = raw.batchGet(asked);
        for (int i = 0; i < asked.size(); i += 3) {
            assertThat(found.get(i)).isEqualTo(bytes("1"));
            assertThat(found.get(i + 1)).isNull();
            assertThat(found.get(i + 2)).isNull();
        }
        raw.batchDelete(asked);
        assertThat(raw.get(key)).isNull();
    }

    @Test
    void aPairLargerThanARequestShouldBeAmongSmallOnes() {
        byte[] large = new byte[1 << 20];
        large[large.length - 1] = 7;
        List<KvPair> pairs = List.of(
                new KvPair(bytes("e1"), bytes("1")),
                new KvPair(bytes("e2"), large),
                new KvPair(bytes("e3"), bytes("3")),
                new KvPair(bytes("z4"), large));
        raw.batchPut(pairs);
        assertThat(raw.batchGet(pairs.stream().map(KvPair::key).toList()))
                .containsExactly(bytes("1"), large, bytes("3"), large);
    }

    @Test
    void theKeysOfTheRegionsThatFailAreNamedInTheCallersOrder() {
        List<byte[]> keys = keys(MANY).subList(20_000, 60_000);
        cluster.faults()
                .on("RawBatchDelete")
                .region(cluster.regionOf(bytes("k030000")).id())
                .dropBefore();
        RawClient hurried = raw.with(raw.options().withTimeout(Duration.ofSeconds(3)));
        PartialFailureException failure = failureOf(hurried.async().batchDelete(keys));
        assertThat(failure.totalKeys()).isEqualTo(40_000);
        List<String> failed = failure.failedKeys().stream()
                .map(key -> new String(key, StandardCharsets.US_ASCII))
                .toList();
        assertThat(failed)
                .as("in the caller's order, once each, and all of the region that is silent")
                .isSorted()
                .doesNotHaveDuplicates()
                .contains("k025000", "k036789", "k049999");
    }
}
