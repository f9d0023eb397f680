package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.PdUnavailableException;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.net.FaultyProxy;
import io.tikvdirect.client.net.FaultyProxy.Mode;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.EmbeddedStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/**
 * A cluster behind proxies, a client with short deadlines, and what every situation has to show: calls of all faces end by
 * their deadline, and the same client works again once the peers do.
 */
abstract class DeadlineFixture {

    static final Duration TIMEOUT = Duration.ofMillis(600);
    /** A thread that only sleeps has been seen two seconds late on a busy machine; a forgotten deadline is later still. */
    static final long BUSY_MACHINE_NS = TimeUnit.SECONDS.toNanos(10);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Map<String, FaultyProxy> storeProxies = new LinkedHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    EmbeddedCluster cluster;
    FaultyProxy pdProxy;
    TikvClient client;
    private String situation;

    @BeforeEach
    void open(TestInfo test) throws Exception {
        situation = test.getTestMethod().orElseThrow().getName();
        cluster = cluster();
        pdProxy = FaultyProxy.to(cluster.pdAddresses().get(0));
        for (EmbeddedStore store : cluster.stores()) {
            storeProxies.put(store.address(), FaultyProxy.to(store.address()));
        }
        // opening has the same short deadline, which a cold JVM on a busy machine may miss
        client = patiently().until(() -> TikvClient.open(config()), opened -> true);
    }

    /** Two stores, none of which leads alone. */
    EmbeddedCluster cluster() throws Exception {
        return EmbeddedCluster.builder()
                .stores(2)
                .splitKeys(List.of(bytes("m")))
                .start();
    }

    /** Everything goes through proxies; a silent connection is noticed after a second or two. */
    Config config() {
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

    void stores(Mode mode) throws Exception {
        for (FaultyProxy proxy : storeProxies.values()) {
            proxy.mode(mode);
        }
    }

    /** As often as the short deadline, which a busy machine may miss, makes it necessary. */
    static ConditionFactory patiently() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptionsInstanceOf(TikvException.class);
    }

    void warm() {
        patiently().untilAsserted(() -> {
            client.raw().put(bytes("a"), bytes("1"));
            client.raw().put(bytes("z"), bytes("2"));
        });
    }

    // ---- what every situation has to show

    /** Calls of all faces and of several kinds, begun together. */
    Map<String, CompletableFuture<?>> calls() {
        return calls(client.raw());
    }

    private Map<String, CompletableFuture<?>> calls(RawClient raw) {
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
    interface Call {
        Object run() throws Exception;
    }

    CompletableFuture<?> blocking(Call call) {
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
    void allEndByTheirDeadline() throws Exception {
        end(calls(), true);
    }

    void end(Map<String, CompletableFuture<?>> calls, boolean mustFail) throws Exception {
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

    /** The same client works, for every kind of call; how fast is no question on a busy machine. */
    void recovers() {
        long startNs = System.nanoTime();
        RawClient patient = client.raw().with(client.raw().options().withTimeout(PATIENCE));
        Awaitility.await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> {
            for (Map.Entry<String, CompletableFuture<?>> each : calls(patient).entrySet()) {
                assertThat(each.getValue()).as(each.getKey()).succeedsWithin(Duration.ofSeconds(30));
            }
        });
        print("works again after " + millis(System.nanoTime() - startNs));
    }

    void print(String text) {
        System.out.println(getClass().getSimpleName() + " " + situation + ": " + text);
    }

    static String millis(long ns) {
        return ns <= 0 ? "none" : String.format("%.1f ms", ns / 1e6);
    }

    void opensNot(Mode mode) throws Exception {
        pdProxy.mode(mode);
        long startNs = System.nanoTime();
        assertThatThrownBy(() -> TikvClient.open(config())).isInstanceOf(PdUnavailableException.class);
        long overNs = System.nanoTime() - startNs - TIMEOUT.toNanos();
        print("overrun seen " + millis(overNs));
        assertThat(overNs).isLessThan(BUSY_MACHINE_NS);
        pdProxy.mode(Mode.PASS);
        patiently().untilAsserted(() -> TikvClient.open(config()).close());
    }

    long streamFailures() {
        return client.metrics().stores().stream()
                .mapToLong(store -> store.streamFailures())
                .sum();
    }
}
