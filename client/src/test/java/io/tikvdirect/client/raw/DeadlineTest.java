package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.PdUnavailableException;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.client.net.FaultyProxy;
import io.tikvdirect.client.net.FaultyProxy.Mode;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.EmbeddedStore;
import io.tikvdirect.proto.errorpb.EpochNotMatch;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.errorpb.NotLeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Silence at every phase of a call: PD, look-up, connecting, HTTP/2, the stream, the answer, the timestamp oracle, and
 * answers that never help. Each face's call ends by its deadline with a typed failure, and works again, on the same client,
 * once the peer does.
 *
 * <p>How far calls outlived their deadline is measured by the client itself and by the test, and printed; what is asserted is
 * a bound that a very busy machine keeps too. On a quiet machine the printed figures are below 50 ms.
 */
class DeadlineTest {

    private static final Duration TIMEOUT = Duration.ofMillis(600);
    private static final long BUSY_MACHINE_NS = TimeUnit.SECONDS.toNanos(2);

    private final Map<String, FaultyProxy> storeProxies = new LinkedHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private EmbeddedCluster cluster;
    private FaultyProxy pdProxy;
    private TikvClient client;
    private String situation;

    @BeforeEach
    void open(TestInfo test) throws Exception {
        situation = test.getTestMethod().orElseThrow().getName();
        cluster = EmbeddedCluster.builder()
                .stores(2)
                .splitKeys(List.of(bytes("m")))
                .start();
        pdProxy = FaultyProxy.to(cluster.pdAddresses().get(0));
        for (EmbeddedStore store : cluster.stores()) {
            storeProxies.put(store.address(), FaultyProxy.to(store.address()));
        }
        // opening has the same short deadline, which a cold JVM on a busy machine may miss
        client = Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(PdUnavailableException.class)
                .until(() -> TikvClient.open(config()), opened -> true);
    }

    /** Everything goes through proxies; a silent connection is noticed after a second or two. */
    private Config config() {
        List<String> map = new ArrayList<>();
        storeProxies.forEach((address, proxy) -> map.add(address + '=' + proxy.address()));
        map.add(cluster.pdAddresses().get(0) + '=' + pdProxy.address());
        return Config.builder()
                .set("pd.addresses", pdProxy.address())
                .set("address.map", String.join(",", map))
                .set("timeout", TIMEOUT.toMillis() + "ms")
                .set("connect.timeout", "1s")
                .set("keepalive.time", "1s")
                .set("keepalive.timeout", "500ms")
                .set("loops", "1")
                .build();
    }

    @AfterEach
    void close() {
        client.close();
        storeProxies.values().forEach(FaultyProxy::close);
        pdProxy.close();
        cluster.close();
        threads.shutdownNow();
    }

    private void stores(Mode mode) throws Exception {
        for (FaultyProxy proxy : storeProxies.values()) {
            proxy.mode(mode);
        }
    }

    private void warm() {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            client.raw().put(bytes("a"), bytes("1"));
            client.raw().put(bytes("z"), bytes("2"));
        });
    }

    // ---- what every situation has to show

    /** Calls of all faces and of several kinds, begun together. */
    private Map<String, CompletableFuture<?>> calls() {
        RawClient raw = client.raw();
        Map<String, CompletableFuture<?>> calls = new LinkedHashMap<>();
        calls.put("blocking get", blocking(() -> raw.get(bytes("a"))));
        calls.put("blocking batch", blocking(() -> raw.batchGet(List.of(bytes("b"), bytes("y")))));
        calls.put("blocking scan", blocking(() -> raw.scan(KeyRange.all(), ScanOptions.limit(10))));
        calls.put("async get", raw.async().get(bytes("z")).toCompletableFuture());
        calls.put(
                "async batch",
                raw.async()
                        .batchPut(List.of(new KvPair(bytes("c"), bytes("1")), new KvPair(bytes("x"), bytes("1"))))
                        .toCompletableFuture());
        calls.put("async checksum", raw.async().checksum(KeyRange.all()).toCompletableFuture());
        calls.put("direct get", direct(raw.direct()));
        return calls;
    }

    /** What may throw. */
    private interface Call {
        Object run() throws Exception;
    }

    private CompletableFuture<?> blocking(Call call) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return call.run();
                    } catch (Exception failed) {
                        throw new CompletionException(failed);
                    }
                },
                threads);
    }

    private static CompletableFuture<?> direct(DirectRawClient direct) {
        CompletableFuture<Object> stage = new CompletableFuture<>();
        KeyBuffer key = new KeyBuffer();
        key.append(bytes("d"));
        direct.get(key, 0, 1, 0, new DirectCallback() {
            @Override
            public void onCompleted(long correlationId, ResultView view) {
                stage.complete(view.isPresent());
            }

            @Override
            public void onFailed(long correlationId, TikvException failure) {
                stage.completeExceptionally(failure);
            }
        });
        return stage;
    }

    /** Every call fails, typed, by its deadline. */
    private void allEndByTheirDeadline() throws Exception {
        end(calls(), true);
    }

    private void end(Map<String, CompletableFuture<?>> calls, boolean mustFail) throws Exception {
        long startNs = System.nanoTime();
        long worstNs = Long.MIN_VALUE;
        Map<String, String> outcomes = new LinkedHashMap<>();
        for (Map.Entry<String, CompletableFuture<?>> each : calls.entrySet()) {
            outcomes.put(each.getKey(), outcome(each.getKey(), each.getValue(), mustFail));
            worstNs = Math.max(worstNs, System.nanoTime() - startNs - TIMEOUT.toNanos());
        }
        print("overrun seen " + millis(worstNs) + ", the client's own account "
                + millis(client.metrics().worstOverrunNanos()) + ", event loop delayed "
                + millis(client.metrics().worstLoopDelayNanos()) + ", " + outcomes);
        assertThat(worstNs).isLessThan(BUSY_MACHINE_NS + client.metrics().worstLoopDelayNanos());
        assertThat(client.metrics().worstOverrunNanos())
                .isLessThan(BUSY_MACHINE_NS + client.metrics().worstLoopDelayNanos());
        Awaitility.await()
                .untilAsserted(() -> assertThat(client.metrics().inFlight()).isZero());
    }

    private static String outcome(String name, CompletableFuture<?> call, boolean mustFail) throws Exception {
        try {
            call.get(30, TimeUnit.SECONDS);
            assertThat(mustFail).as(name + " succeeded").isFalse();
            return "OK";
        } catch (ExecutionException failed) {
            assertThat(failed.getCause()).as(name).isInstanceOf(TikvException.class);
            return ((TikvException) failed.getCause()).code().name();
        } catch (TimeoutException never) {
            throw new AssertionError(name + " did not end", never);
        }
    }

    /** The same client works, for every kind of call. */
    private void recovers() {
        long startNs = System.nanoTime();
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            for (Map.Entry<String, CompletableFuture<?>> each : calls().entrySet()) {
                assertThat(each.getValue()).as(each.getKey()).succeedsWithin(Duration.ofSeconds(30));
            }
        });
        print("works again after " + millis(System.nanoTime() - startNs));
    }

    private void print(String text) {
        System.out.println("DeadlineTest " + situation + ": " + text);
    }

    private static String millis(long ns) {
        return ns <= 0 ? "none" : String.format("%.1f ms", ns / 1e6);
    }

    // ---- PD

    @Test
    void pdAcceptsAndIsSilentWhenAClientIsOpened() throws Exception {
        opensNot(Mode.SILENT);
    }

    @Test
    void connectionsToPdHangWhenAClientIsOpened() throws Exception {
        opensNot(Mode.BLACKHOLE);
    }

    private void opensNot(Mode mode) throws Exception {
        pdProxy.mode(mode);
        long startNs = System.nanoTime();
        assertThatThrownBy(() -> TikvClient.open(config())).isInstanceOf(PdUnavailableException.class);
        long overNs = System.nanoTime() - startNs - TIMEOUT.toNanos();
        print("overrun seen " + millis(overNs));
        assertThat(overNs).isLessThan(BUSY_MACHINE_NS);
        pdProxy.mode(Mode.PASS);
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> TikvClient.open(config())
                .close());
    }

    @Test
    void pdFallsSilentBeforeTheFirstLookUp() throws Exception {
        pdProxy.mode(Mode.SILENT);
        allEndByTheirDeadline();
        pdProxy.mode(Mode.PASS);
        recovers();
    }

    @Test
    void pdResetsEveryConnection() throws Exception {
        pdProxy.mode(Mode.RESET);
        allEndByTheirDeadline();
        pdProxy.mode(Mode.PASS);
        recovers();
    }

    @Test
    void pdDiesAndComesBack() throws Exception {
        cluster.stopPd();
        allEndByTheirDeadline();
        cluster.startPd();
        recovers();
    }

    @Test
    void theLookUpOfRegionsHangs() throws Exception {
        cluster.faults().onAny().where(site -> site.rpc().contains("Region")).dropBefore();
        allEndByTheirDeadline();
        cluster.faults().clear();
        recovers();
    }

    @Test
    void theTimestampOracleIsSilent() throws Exception {
        client.timestamp();
        pdProxy.mode(Mode.ANSWERS_HELD);
        Map<String, CompletableFuture<?>> calls = new LinkedHashMap<>();
        calls.put("timestamp", blocking(client::timestamp));
        calls.put("timestampAsync", client.timestampAsync().toCompletableFuture());
        end(calls, true);
        pdProxy.mode(Mode.PASS);
        long startNs = System.nanoTime();
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(client.timestamp())
                .isPositive());
        print("works again after " + millis(System.nanoTime() - startNs));
    }

    // ---- the way to a store

    @Test
    void connectionsToStoresHang() throws Exception {
        stores(Mode.BLACKHOLE);
        allEndByTheirDeadline();
        stores(Mode.PASS);
        recovers();
    }

    @Test
    void storesNeverAnswerTheConnectionPreface() throws Exception {
        stores(Mode.SILENT);
        allEndByTheirDeadline();
        stores(Mode.PASS);
        recovers();
    }

    @Test
    void storesResetEveryConnection() throws Exception {
        warm();
        stores(Mode.RESET);
        allEndByTheirDeadline();
        stores(Mode.PASS);
        recovers();
    }

    @Test
    void storesFallSilentOnOpenStreams() throws Exception {
        warm();
        stores(Mode.SILENT);
        allEndByTheirDeadline();
        stores(Mode.PASS);
        recovers();
    }

    @Test
    void storesFallSilentUntilTheConnectionIsGivenUp() throws Exception {
        warm();
        stores(Mode.SILENT);
        long failedBefore = streamFailures();
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            end(calls(), true);
            assertThat(streamFailures()).isGreaterThan(failedBefore);
        });
        stores(Mode.PASS);
        recovers();
    }

    private long streamFailures() {
        return client.metrics().stores().stream()
                .mapToLong(store -> store.streamFailures())
                .sum();
    }

    @Test
    void answersComeOneByteAtATime() throws Exception {
        warm();
        stores(Mode.TRICKLE);
        allEndByTheirDeadline();
        stores(Mode.PASS);
        recovers();
    }

    // ---- answers that do not help

    @Test
    void storesAreBusyForEver() throws Exception {
        warm();
        cluster.faults().onAny().where(site -> site.rpc().startsWith("Raw")).serverBusy(Duration.ofMillis(1));
        allEndByTheirDeadline();
        cluster.faults().clear();
        recovers();
    }

    @Test
    void nobodyLeadsForEver() throws Exception {
        regionErrorForEver(Error.newBuilder()
                .setMessage("not leader")
                .setNotLeader(NotLeader.getDefaultInstance())
                .build());
    }

    @Test
    void theEpochNeverMatches() throws Exception {
        regionErrorForEver(Error.newBuilder()
                .setMessage("epoch not match")
                .setEpochNotMatch(EpochNotMatch.getDefaultInstance())
                .build());
    }

    /** It also must not become a busy loop: back-off keeps the number of attempts small. */
    private void regionErrorForEver(Error error) throws Exception {
        warm();
        var rule = cluster.faults()
                .onAny()
                .where(site -> site.rpc().startsWith("Raw"))
                .regionError(error);
        allEndByTheirDeadline();
        print(rule.fired() + " attempts of " + calls().size() + " calls");
        assertThat(rule.fired()).as("attempts in " + TIMEOUT).isLessThan(1_000);
        cluster.faults().clear();
        recovers();
    }

    // ---- the client itself

    @Test
    void aBlockingCallEndsThoughTheLoopIsStuckInACallback() throws Exception {
        warm();
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        TestClients.onALoop(client.raw().direct(), () -> {
            stuck.countDown();
            awaitUninterrupted(goOn);
        });
        assertThat(stuck.await(30, TimeUnit.SECONDS)).isTrue();
        RawClient raw = client.raw();
        RawClient atomic = raw.with(raw.options().withAtomic(true));
        long startNs = System.nanoTime();
        CompletableFuture<?> read = blocking(() -> raw.get(bytes("a")));
        CompletableFuture<?> swap = blocking(() -> atomic.compareAndSwap(bytes("q"), null, bytes("1")));
        CompletableFuture<?> batch = blocking(() -> {
            atomic.batchPut(List.of(new KvPair(bytes("q"), bytes("1"))));
            return null;
        });
        assertThat(read)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(RequestTimeoutException.class);
        assertThat(swap)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(UndeterminedException.class);
        assertThat(batch)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(UndeterminedException.class);
        long overNs = System.nanoTime() - startNs - TIMEOUT.toNanos();
        print("overrun seen " + millis(overNs));
        goOn.countDown();
        assertThat(overNs).isLessThan(BUSY_MACHINE_NS);
        recovers();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theWindowStaysFull() throws Exception {
        try (TikvClient small = TestClients.open(cluster, "inflight.operations", "1", "async.saturation", "wait")) {
            small.raw().get(bytes("a"));
            cluster.faults().on("RawGet").dropBefore();
            RawClient patient = small.raw().with(small.raw().options().withTimeout(Duration.ofSeconds(3)));
            RawClient hurried = small.raw().with(small.raw().options().withTimeout(TIMEOUT));
            CompletableFuture<?> holder = patient.async().get(bytes("a")).toCompletableFuture();
            long startNs = System.nanoTime();
            CompletableFuture<?> later = hurried.async().get(bytes("a")).toCompletableFuture();
            CompletableFuture<?> parked = blocking(() -> hurried.get(bytes("a")));
            assertThat(later).failsWithin(Duration.ofSeconds(30));
            assertThat(parked)
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .havingCause()
                    .satisfies(failure ->
                            assertThat(((TikvException) failure).code()).isEqualTo(ErrorCode.BACKPRESSURE));
            long overNs = System.nanoTime() - startNs - TIMEOUT.toNanos();
            print("overrun seen " + millis(overNs));
            assertThat(overNs).isLessThan(BUSY_MACHINE_NS);
            assertThat(holder).failsWithin(Duration.ofSeconds(30));
            cluster.faults().clear();
            assertThat(small.raw().get(bytes("nothing"))).isNull();
        }
    }
}
