package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.ConfigBuilder;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What callers and configurations can get wrong: each a clear typed error, nothing sent, nothing left behind. */
class BadInputTest {

    /** The default of {@code limit.value}. */
    private static final int LARGEST_VALUE = (8 << 20) - (64 << 10);

    private static EmbeddedCluster cluster;
    private static TikvClient client;
    private static RawClient raw;

    @BeforeAll
    static void open() throws Exception {
        cluster = EmbeddedCluster.builder().start();
        client = TestClients.open(cluster);
        raw = client.raw();
    }

    @AfterAll
    static void close() {
        client.close();
        cluster.close();
    }

    @Test
    void keysValuesAndLimitsOutOfBounds() {
        byte[] longest = new byte[8_192];
        byte[] tooLong = new byte[8_193];
        byte[] tooLarge = new byte[LARGEST_VALUE + 1];
        raw.put(longest, bytes("v"));
        assertThat(raw.get(longest)).isEqualTo(bytes("v"));
        refused(() -> raw.get(new byte[0]));
        refused(() -> raw.get(tooLong));
        refused(() -> raw.put(bytes("k"), tooLarge));
        refused(() -> raw.put(bytes("k"), bytes("v"), Duration.ofSeconds(-1)));
        refused(() -> raw.delete(new byte[0]));
        refused(() -> raw.batchGet(List.of(bytes("k"), new byte[0])));
        refused(() -> raw.batchPut(List.of(new KvPair(bytes("k"), null))));
        refused(() -> raw.batchDelete(List.of(tooLong)));
        refused(() -> raw.scan(KeyRange.all(), ScanOptions.limit(10_241)));
        assertThatThrownBy(() -> ScanOptions.limit(0)).isInstanceOf(IllegalArgumentException.class);
        nothingIsUnderWay();
    }

    /** A caller has his answer a little before the place of his call is free again. */
    private static void nothingIsUnderWay() {
        await().untilAsserted(() -> assertThat(client.metrics().inFlight()).isZero());
    }

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(InvalidArgumentException.class);
    }

    @Test
    void theLimitsThemselvesAreAllowed() {
        byte[] largest = new byte[LARGEST_VALUE];
        raw.put(bytes("largest"), largest);
        assertThat(raw.get(bytes("largest"))).hasSize(largest.length);
        raw.delete(bytes("largest"));
        assertThat(raw.scan(KeyRange.prefix(bytes("no such")), ScanOptions.limit(10_240)))
                .isEmpty();
    }

    @Test
    void theAsynchronousFaceTellsThroughItsStages() {
        AsyncRawClient async = raw.async();
        byte[] tooLong = new byte[8_193];
        refusedStage(async.get(new byte[0]));
        refusedStage(async.get(tooLong));
        refusedStage(async.put(bytes("k"), new byte[LARGEST_VALUE + 1]));
        refusedStage(async.delete(new byte[0]));
        refusedStage(async.batchGet(List.of(bytes("k"), tooLong)));
        refusedStage(async.batchPut(List.of(new KvPair(bytes("k"), new byte[LARGEST_VALUE + 1]))));
        refusedStage(async.batchDelete(List.of(new byte[0])));
        refusedStage(async.scan(KeyRange.all(), ScanOptions.limit(10_241)));
        nothingIsUnderWay();
    }

    private static void refusedStage(CompletionStage<?> stage) {
        refused(() -> throwCause(stage));
    }

    @Test
    void theDirectFaceTellsAtOnceAndCallsNobody() {
        DirectRawClient direct = raw.direct();
        KeyBuffer buffer = new KeyBuffer();
        buffer.append(new byte[9_000]);
        refused(() -> direct.get(buffer, 0, 0, 0, NOBODY));
        refused(() -> direct.get(buffer, 0, 8_193, 0, NOBODY));
        refused(() -> direct.put(buffer, 0, 1, buffer, 0, LARGEST_VALUE + 1, 0, NOBODY));
        refused(() -> direct.put(buffer, 0, 0, buffer, 0, 1, 0, NOBODY));
        refused(() -> direct.delete(buffer, 0, 0, 0, NOBODY));
        refused(() -> direct.batchGet(new DirectBatch(), 0, NOBODY));
        nothingIsUnderWay();
    }

    /** Called by mistake; what it throws is counted by the client. */
    private static final DirectCallback NOBODY = new DirectCallback() {
        @Override
        public void onCompleted(long correlationId, ResultView view) {
            throw new AssertionError("called");
        }

        @Override
        public void onFailed(long correlationId, TikvException failure) {
            throw new AssertionError("called", failure);
        }
    };

    @Test
    void aClosedClientSaysSoOnAllFaces() {
        TikvClient closed = TestClients.open(cluster);
        RawClient late = closed.raw();
        late.put(bytes("k"), bytes("v"));
        closed.close();
        KeyBuffer key = new KeyBuffer();
        key.append(bytes("k"));
        List<ThrowingCallable> calls = List.of(
                () -> late.get(bytes("k")),
                () -> late.put(bytes("k"), bytes("lost")),
                () -> late.batchPut(List.of(new KvPair(bytes("k"), bytes("lost")))),
                () -> late.scan(KeyRange.all(), ScanOptions.limit(1)),
                () -> late.direct().put(key, 0, 1, key, 0, 1, 0, NOBODY),
                () -> throwCause(late.async().delete(bytes("k"))),
                () -> closed.regions(KeyRange.all()));
        assertThat(calls).allSatisfy(call -> assertThatThrownBy(call).isInstanceOf(ClientClosedException.class));
        assertThat(raw.get(bytes("k"))).isEqualTo(bytes("v"));
    }

    private static void throwCause(CompletionStage<?> stage) throws Throwable {
        try {
            stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause();
        }
    }

    @Test
    void noPlacementDriverAtTheAddress() throws Exception {
        try (Socket bound = TestClients.boundButDeaf()) {
            String address = "127.0.0.1:" + bound.getLocalPort();
            opensNot(address, ErrorCode.PD_UNAVAILABLE, address, "timeout", "700ms");
        }
    }

    @Test
    void anAddressThatAStoreHas() {
        String store = cluster.stores().get(0).address();
        opensNot(store, ErrorCode.PD_UNAVAILABLE, "Method not found: pdpb.PD/GetMembers", "timeout", "4s");
    }

    @Test
    void aPortThatIsNotHttp2() throws Exception {
        try (Greeter greeter = new Greeter("SSH-2.0-OpenSSH_9.6\r\n")) {
            opensNot(greeter.address(), ErrorCode.PROTOCOL_ERROR, "SSH-2.0-OpenSSH_9.6");
        }
        try (Greeter greeter = new Greeter("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")) {
            opensNot(greeter.address(), ErrorCode.PROTOCOL_ERROR, "HTTP/1.1 400 Bad Request");
        }
    }

    @Test
    void aPortThatSaysNothing() throws Exception {
        try (Greeter silent = new Greeter("")) {
            opensNot(silent.address(), ErrorCode.PD_UNAVAILABLE, "", "timeout", "500ms");
            opensNot(silent.address(), ErrorCode.PD_UNAVAILABLE, "", "timeout", "500ms", "tls.enabled", "true");
        }
    }

    /** Thread-safe. A server that says the same to everybody and does not listen. */
    private static final class Greeter implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<Socket> sockets = new CopyOnWriteArrayList<>();

        Greeter(String greeting) throws IOException {
            Thread thread = new Thread(() -> greet(greeting.getBytes(StandardCharsets.US_ASCII)));
            thread.setDaemon(true);
            thread.start();
        }

        private void greet(byte[] greeting) {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    sockets.add(socket);
                    socket.getOutputStream().write(greeting);
                } catch (IOException gone) {
                    // this one has left, or the test is over
                }
            }
        }

        String address() {
            return "127.0.0.1:" + server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void tlsAgainstAPlaintextPort() {
        opensNot(cluster.pdAddresses().get(0), ErrorCode.TLS_FAILURE, "does not speak TLS", "tls.enabled", "true");
    }

    @Test
    void anotherCluster() {
        opensNot(cluster.pdAddresses().get(0), ErrorCode.CLUSTER_MISMATCH, "42", "cluster.id", "42");
    }

    /**
     * A failed opening names its reason and leaves no thread. What is hopeless is said at once; where only the deadline ends
     * the trying, the options name a short one.
     */
    private static void opensNot(String address, ErrorCode code, String words, String... options) {
        Set<String> before = threads();
        ConfigBuilder config = Config.builder().set("pd.addresses", address).set("timeout", "20s");
        for (int i = 0; i < options.length; i += 2) {
            config.set(options[i], options[i + 1]);
        }
        long startNs = System.nanoTime();
        TikvException failure = catchThrowableOfType(TikvException.class, () -> TikvClient.open(config.build()));
        long tookNs = System.nanoTime() - startNs;
        assertThat(failure).as("opening %s", address).isNotNull();
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        assertThat(failure).hasMessageContaining(words);
        // not a measurement: far above the deadline is where it would be forgotten
        assertThat(tookNs).isLessThan(TimeUnit.SECONDS.toNanos(60));
        await().untilAsserted(() ->
                assertThat(before).as("threads, of which some may be ending").containsAll(threads()));
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("tikv-direct"))
                .map(thread -> thread.getName() + "#" + System.identityHashCode(thread))
                .collect(Collectors.toSet());
    }
}
