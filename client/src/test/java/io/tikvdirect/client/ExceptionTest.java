package io.tikvdirect.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.tikvdirect.client.raw.PartialFailureException;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.RawCoprocessorRequest;
import io.tikvdirect.client.raw.RawOptions;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.proto.errorpb.Error;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a person reads when a call fails: one failure of each kind that a raw call can meet, brought about for real, as its
 * own line. Ports, times and numbers of attempts are replaced; everything else is compared with an approved text, which
 * {@code -Dexceptions.update=true} writes anew for a person to judge.
 */
class ExceptionTest {
    private static final Path APPROVED = Path.of("src/test/resources/exceptions.txt");
    private static final byte[] KEY = "a-key".getBytes(UTF_8);
    private static final int MOST_REPETITIONS = 20;
    private static final byte[] VALUE = "a-value".getBytes(UTF_8);

    private static EmbeddedCluster cluster;
    private static TikvClient client;
    private static RawClient raw;

    private final Map<String, String> lines = new TreeMap<>();

    @BeforeAll
    static void open() throws IOException {
        cluster = EmbeddedCluster.builder().stores(1).start();
        client = TikvClient.open(config().build());
        raw = client.raw();
        raw.put(KEY, VALUE);
    }

    private static ConfigBuilder config() {
        return Config.builder()
                .set("pd.addresses", String.join(",", cluster.pdAddresses()))
                .set("transport", "nio")
                .set("timeout", "20s");
    }

    @AfterAll
    static void close() {
        client.close();
        cluster.close();
    }

    @AfterEach
    void forgetFaults() {
        cluster.faults().clear();
    }

    @Test
    void oneOfEachKindReadsAsApproved() throws Exception {
        whatTheCallerDidWrong();
        whatTheStoreAnswered();
        whatHappensInBetween();
        whatTheClusterIs();
        whatCannotBeReached();
        whatPlacementDriversSay();
        failing("caller: the waiting thread is interrupted", this::interrupted);
        StringBuilder text = new StringBuilder();
        lines.forEach((situation, line) ->
                text.append(situation).append("\n    ").append(line).append("\n\n"));
        if (Boolean.getBoolean("exceptions.update")) {
            Files.writeString(APPROVED, text);
        }
        assertThat(APPROVED).hasContent(text.toString());
        everyKindIsThere();
    }

    private void whatTheCallerDidWrong() {
        failing("argument: an empty key", () -> raw.get(new byte[0]));
        failing("argument: a key over the limit", () -> raw.get(new byte[10_000]));
        failing("argument: compare-and-swap outside of atomic mode", () -> raw.compareAndSwap(KEY, VALUE, VALUE));
        failing("argument: a time to live on API V1", () -> raw.put(KEY, VALUE, Duration.ofSeconds(1)));
        failing("argument: an unknown column family", () -> raw.with(RawOptions.DEFAULT.withColumnFamily("cold")));
        failing("configuration: an unknown option", () -> Config.builder().set("timeuot", "1s"));
        failing("configuration: a value that is not allowed", () -> Config.builder()
                .set("timeout", "soon"));
    }

    private void whatTheStoreAnswered() throws IOException {
        cluster.faults()
                .on("RawPut")
                .times(1)
                .regionError(error(7).setMessage("raft entry is too large").build());
        failing("store: a write too large for its log", () -> raw.put(KEY, VALUE));
        cluster.faults()
                .on("RawPut")
                .times(1)
                .regionError(error(15).setMessage("flashback").build());
        failing("store: a region being rolled back", () -> raw.put(KEY, VALUE));
        failing(
                "store: no such coprocessor",
                () -> raw.coprocessor(new RawCoprocessorRequest("nobody", "*", List.of(KeyRange.all()), range -> KEY)));
        try (TikvClient little =
                TikvClient.open(config().set("backoff.budget", "20ms").build())) {
            cluster.faults()
                    .on("RawGet")
                    .regionError(Error.newBuilder()
                            .setMessage("region 1 is missing")
                            .setRegionNotFound(io.tikvdirect.proto.errorpb.RegionNotFound.getDefaultInstance())
                            .build());
            failing("store: the back-off budget is used up", () -> little.raw().get(KEY));
        }
        cluster.faults().clear();
    }

    private static Error.Builder error(int row) {
        Error.Builder error = Error.newBuilder();
        return row == 7
                ? error.setRaftEntryTooLarge(io.tikvdirect.proto.errorpb.RaftEntryTooLarge.getDefaultInstance())
                : error.setFlashbackInProgress(io.tikvdirect.proto.errorpb.FlashbackInProgress.getDefaultInstance());
    }

    private void whatHappensInBetween() throws Exception {
        RawClient hurried = raw.with(RawOptions.DEFAULT.withTimeout(Duration.ofSeconds(1)));
        cluster.faults().on("RawGet").dropBefore();
        failing("time: a read without an answer", () -> hurried.get(KEY));
        cluster.faults().on("RawPut").dropAfter();
        failing("time: a write without an answer", () -> hurried.put(KEY, VALUE));
        RawClient atomic = raw.with(RawOptions.DEFAULT.withAtomic(true));
        cluster.faults().on("RawCompareAndSwap").times(1).closeAfter();
        failing("unknown outcome: a swap whose answer is lost", () -> atomic.compareAndSwap(KEY, null, VALUE));
        cluster.faults().on("RawBatchPut").dropBefore();
        failing("part of a batch", () -> hurried.batchPut(List.of(new KvPair(KEY, VALUE))));
        cluster.faults().clear();
        cluster.faults().on("RawGet").dropBefore();
        try (TikvClient narrow = TikvClient.open(config().set("inflight.operations", "1")
                .set("close.timeout", "10ms")
                .build())) {
            CompletableFuture<byte[]> holder = narrow.raw().async().get(KEY).toCompletableFuture();
            failing(
                    "window: full, asynchronous",
                    () -> unwrapped(narrow.raw().async().get(KEY).toCompletableFuture()));
            Awaitility.await()
                    .untilAsserted(() -> assertThat(narrow.metrics().stores()).anyMatch(link -> link.inFlight() == 1));
            narrow.close();
            failing("closing: a call under way", () -> unwrapped(holder));
            failing("closing: a call afterwards", () -> narrow.raw().get(KEY));
        }
        cluster.faults().clear();
    }

    private static void unwrapped(CompletableFuture<?> stage) throws Throwable {
        try {
            stage.get(20, java.util.concurrent.TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException failed) {
            throw failed.getCause();
        }
    }

    private void whatTheClusterIs() throws IOException {
        failing(
                "cluster: another one than expected",
                () -> TikvClient.open(config().set("cluster.id", "42").build()));
        failing(
                "cluster: no such keyspace",
                () -> TikvClient.open(
                        config().set("api", "v2").set("keyspace", "nowhere").build()));
        try (EmbeddedCluster other = EmbeddedCluster.builder()
                        .apiVersion(EmbeddedApiVersion.V2)
                        .start();
                TikvClient wrong = TikvClient.open(Config.builder()
                        .set("pd.addresses", String.join(",", other.pdAddresses()))
                        .set("transport", "nio")
                        .set("timeout", "20s")
                        .build())) {
            failing("cluster: another API version", () -> wrong.raw().get(KEY));
        }
    }

    private void whatCannotBeReached() throws IOException {
        try (Socket deaf = new Socket()) {
            deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            failing(
                    "network: nobody at PD's address",
                    () -> TikvClient.open(Config.builder()
                            .set("pd.addresses", "127.0.0.1:" + deaf.getLocalPort())
                            .set("transport", "nio")
                            .set("timeout", "1s")
                            .build()));
        }
        failing(
                "network: TLS against a plain port",
                () -> TikvClient.open(config().set("tls.enabled", "true").build()));
        try (EmbeddedCluster gone = EmbeddedCluster.builder().start();
                TikvClient lonely = TikvClient.open(Config.builder()
                        .set("pd.addresses", String.join(",", gone.pdAddresses()))
                        .set("transport", "nio")
                        .set("backoff.budget", "1ms")
                        .set("timeout", "20s")
                        .build())) {
            lonely.raw().put(KEY, VALUE);
            gone.stopStore(1);
            Awaitility.await().untilAsserted(() -> assertThat(lonely.metrics().stores())
                    .anyMatch(link -> link.streamFailures() > 0));
            failing("network: the only store is gone", () -> lonely.raw().get(KEY));
        }
    }

    private void whatPlacementDriversSay() throws Exception {
        try (ServerSocket shell = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread greeter = new Thread(() -> greet(shell));
            greeter.setDaemon(true);
            greeter.start();
            failing(
                    "placement driver: its port speaks something else",
                    () -> TikvClient.open(Config.builder()
                            .set("pd.addresses", "127.0.0.1:" + shell.getLocalPort())
                            .set("transport", "nio")
                            .set("timeout", "20s")
                            .build()));
        }
        try (TikvClient careful = TikvClient.open(config().set("pd.breaker.error-percent", "50")
                .set("pd.breaker.window", "500ms")
                .set("pd.breaker.min-rate", "0")
                .set("pd.breaker.cool-down", "1h")
                .build())) {
            cluster.faults().on("ScanRegions").fail(Status.UNAVAILABLE);
            failing("placement driver: look-ups are stopped", () -> careful.raw()
                    .get(KEY));
        }
        cluster.faults().clear();
    }

    private static void greet(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                client.getOutputStream().write("SSH-2.0-OpenSSH_9.6\r\n".getBytes(UTF_8));
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void interrupted() {
        cluster.faults().on("RawGet").times(1).dropBefore();
        Thread.currentThread().interrupt();
        try {
            raw.get(KEY);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
            cluster.faults().clear();
        }
    }

    /**
     * Every kind of failure that the raw client has is among the approved ones, but for {@link RegionUnavailableException},
     * which takes a PD that says nonsense.
     */
    private void everyKindIsThere() throws IOException {
        try (Stream<Path> sources = Files.list(Path.of("src/main/java/io/tikvdirect/client"))) {
            assertThat(sources.map(source -> source.getFileName().toString())
                            .filter(name -> name.endsWith("Exception.java"))
                            .map(name -> name.replace(".java", ""))
                            .filter(name -> !name.equals(TikvException.class.getSimpleName())
                                    && !name.equals(RegionUnavailableException.class.getSimpleName())))
                    .allSatisfy(kind ->
                            assertThat(lines.values()).as(kind).anyMatch(line -> line.contains("[" + kind + ",")));
        }
    }

    private void failing(String situation, ThrowingCallable call) {
        TikvException failure = catchThrowableOfType(TikvException.class, call);
        for (int again = 0; again < MOST_REPETITIONS && isTheMachines(failure); again++) {
            failure = catchThrowableOfType(TikvException.class, call);
        }
        assertThat(failure).as(situation).isNotNull();
        List<String> facts = new ArrayList<>();
        facts.add(failure.getClass().getSimpleName());
        facts.add(failure.isRetryable() ? "retryable" : "not retryable");
        if (failure instanceof PartialFailureException partial) {
            facts.add(partial.failedKeys().size() + " failed keys");
        }
        String before = lines.put(situation, normalized(failure.getMessage()) + "\n    " + facts);
        assertThat(before).isNull();
    }

    /** Whether the waiting thread gave up because a busy machine did not let the event loop run in time. */
    private static boolean isTheMachines(TikvException failure) {
        return failure != null
                && (failure.getMessage().startsWith("no answer before the deadline")
                        || failure.getMessage().contains("the event loop is busy with something else"));
    }

    private static String normalized(String message) {
        return message.replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:PORT")
                .replaceAll("elapsed=[0-9.]+s", "elapsed=TIME")
                .replaceAll("attempts=\\d+", "attempts=N")
                .replaceAll("budget=\\d+\\.\\d{3}s", "budget=TIME")
                .replaceAll("asked again in \\d+ ms", "asked again in TIME")
                .replaceAll("operation=pd/\\w+|operation=get_members", "operation=PD")
                .replaceAll("the connection ended: [^()\"]*[^()\" ]", "the connection ended: WHY")
                .replaceAll("options are .*? \\[code", "options are ... [code")
                .replaceAll("\\b\\d{15,}\\b", "ID")
                .replaceAll("history=\\[[^\\]]*\\]", "history=[...]");
    }
}
