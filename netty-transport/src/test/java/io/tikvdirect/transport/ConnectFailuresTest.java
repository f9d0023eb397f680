package io.tikvdirect.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real sockets with something else behind them, and loops of every kind. */
class ConnectFailuresTest {
    private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
    private final EventLoops loops = EventLoops.open(EventLoopOptions.auto(1));
    private final List<AutoCloseable> resources = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (final AutoCloseable resource : resources) {
            resource.close();
        }
        loops.close();
    }

    private TransportException failure(final String host, final int port, final RecordingListener call)
            throws Exception {
        return failure(host, port, call, null);
    }

    private TransportException failure(
            final String host, final int port, final RecordingListener call, final TlsOptions tls) throws Exception {
        return failure(host, port, call, tls, Duration.ofSeconds(30));
    }

    private TransportException failure(
            final String host,
            final int port,
            final RecordingListener call,
            final TlsOptions tls,
            final Duration connectTimeout)
            throws Exception {
        final CompletableFuture<TransportException> closed = new CompletableFuture<>();
        final TransportOptions options = TransportOptions.builder(allocator)
                .connectTimeout(connectTimeout)
                .tls(tls)
                .build();
        final GrpcConnection connection =
                GrpcConnection.connect(loops.next(), host, port, options, (ended, cause) -> closed.complete(cause));
        connection.loop().execute(() -> connection.start(EchoServer.ECHO, CallOptions.DEFAULT, call));
        final TransportException cause = closed.get(60, TimeUnit.SECONDS);
        assertThat(call.awaitStatus().code()).isEqualTo(GrpcStatusCode.UNAVAILABLE);
        assertThat(call.awaitStatus().cause()).isSameAs(cause);
        assertThat(connection.isClosed()).isTrue();
        return cause;
    }

    /** A server that says something to everyone; null = nothing. */
    private int greet(final byte[] greeting, final boolean closeAfter) throws IOException {
        final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        final List<Socket> sockets = new CopyOnWriteArrayList<>();
        final Thread thread = new Thread(() -> {
            try {
                while (true) {
                    final Socket socket = server.accept();
                    sockets.add(socket);
                    final OutputStream out = socket.getOutputStream();
                    out.write(greeting);
                    out.flush();
                    if (closeAfter) {
                        socket.shutdownOutput();
                    }
                }
            } catch (IOException e) {
                // the test is over
            }
        });
        thread.start();
        resources.add(() -> {
            server.close();
            for (final Socket socket : sockets) {
                socket.close();
            }
            thread.join();
        });
        return server.getLocalPort();
    }

    @Test
    void refusedPort() throws Exception {
        // bound, so that nobody else gets it, and not listening
        final Socket deaf = new Socket();
        deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        resources.add(deaf);
        final int port = deaf.getLocalPort();
        final RecordingListener call = new RecordingListener();
        final TransportException cause = failure("127.0.0.1", port, call);
        assertThat(cause.kind()).isEqualTo(TransportException.Kind.CONNECT_FAILED);
        assertThat(cause).hasMessageContaining("127.0.0.1:" + port);
        assertThat(call.awaitStatus().unprocessed()).isTrue();
    }

    @Test
    void unknownHost() throws Exception {
        final TransportException cause =
                failure("no-such-host.invalid", 1, new RecordingListener(), null, Duration.ofSeconds(3));
        assertThat(cause.kind()).isIn(TransportException.Kind.UNKNOWN_HOST, TransportException.Kind.CONNECT_TIMEOUT);
    }

    @Test
    void httpOneServer() throws Exception {
        final byte[] answer = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        final TransportException cause = failure("127.0.0.1", greet(answer, true), new RecordingListener());
        assertThat(cause.kind()).isEqualTo(TransportException.Kind.NOT_HTTP2);
        assertThat(cause).hasMessageContaining("HTTP/1.1 400 Bad Request");
    }

    @Test
    void sshServer() throws Exception {
        final byte[] banner = "SSH-2.0-OpenSSH_9.6\r\n".getBytes(StandardCharsets.US_ASCII);
        final TransportException cause = failure("localhost", greet(banner, false), new RecordingListener());
        assertThat(cause.kind()).isEqualTo(TransportException.Kind.NOT_HTTP2);
        assertThat(cause).hasMessageContaining("SSH");
    }

    @Test
    void tlsAlertShorterThanAFrameHeaderAndThenTheEnd() throws Exception {
        final byte[] alert = {0x15, 3, 3, 0, 2, 2, 70};
        final TransportException cause = failure("127.0.0.1", greet(alert, true), new RecordingListener());
        assertThat(cause.kind()).isEqualTo(TransportException.Kind.NOT_HTTP2);
        assertThat(cause).hasMessageContaining("TLS alert");
    }

    @Test
    void silentServer() throws Exception {
        timesOutBecauseOf("nothing", greet(new byte[0], false), null);
    }

    @Test
    void serverThatIsSilentDuringTheTlsHandshake() throws Exception {
        timesOutBecauseOf("TLS handshake", greet(new byte[0], false), TlsOptions.systemTrust());
    }

    /** In the end: on a busy machine a cold JVM may need the whole time for what comes before, and then says so. */
    private void timesOutBecauseOf(final String words, final int port, final TlsOptions tls) {
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            // reading the system's certificates takes most of a second on a busy machine
            final TransportException cause =
                    failure("127.0.0.1", port, new RecordingListener(), tls, Duration.ofSeconds(3));
            assertThat(cause.kind()).isEqualTo(TransportException.Kind.CONNECT_TIMEOUT);
            assertThat(cause).hasMessageContaining(words);
        });
    }

    @Test
    void closingALoopEndsItsConnectionsAndThreads() throws Exception {
        try (EchoServer server = new EchoServer()) {
            final EventLoops own = EventLoops.open(new EventLoopOptions(EventLoopKind.AUTO, 2, "census"));
            final CompletableFuture<TransportException> closed = new CompletableFuture<>();
            final GrpcConnection connection = GrpcConnection.connect(
                    own.loop(1),
                    "127.0.0.1",
                    server.port(),
                    TransportOptions.builder(allocator).build(),
                    (ended, cause) -> closed.complete(cause));
            final RecordingListener call = new RecordingListener();
            connection.loop().execute(() -> connection.start(EchoServer.SILENT, CallOptions.DEFAULT, call));
            org.awaitility.Awaitility.await().until(() -> !server.requestHeaders.isEmpty());
            assertThat(threads("census")).isNotEmpty().allMatch(Thread::isDaemon);
            own.close();
            own.close();
            assertThat(call.awaitStatus().code()).isEqualTo(GrpcStatusCode.UNAVAILABLE);
            closed.get(60, TimeUnit.SECONDS);
            org.awaitility.Awaitility.await().until(() -> threads("census").isEmpty());
            assertThat(UnaryCalls.call(connection, EchoServer.ECHO, CallOptions.DEFAULT, allocator.directBuffer(1)))
                    .isCompletedExceptionally();
        }
    }

    private static List<Thread> threads(final String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(EventLoopKind.class)
    void everyKindOfLoopThatLoadsHereWorks(final EventLoopKind kind) throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(EventLoops.isAvailable(kind), kind + " does not load here");
        try (EchoServer server = new EchoServer();
                EventLoops own = EventLoops.open(new EventLoopOptions(kind, 1, "kind"))) {
            final CompletableFuture<TransportException> closed = new CompletableFuture<>();
            final GrpcConnection connection = GrpcConnection.connect(
                    own.next(),
                    "localhost",
                    server.port(),
                    TransportOptions.builder(allocator).build(),
                    (ended, cause) -> closed.complete(cause));
            final CallOptions options =
                    CallOptions.DEFAULT.withDeadlineNs(System.nanoTime() + TimeUnit.SECONDS.toNanos(60));
            for (int i = 0; i < 20; i++) {
                final int length = i * 40_000;
                final io.netty.buffer.ByteBuf answer = UnaryCalls.call(
                                connection,
                                EchoServer.ECHO,
                                options,
                                allocator.directBuffer().writeZero(length))
                        .get(60, TimeUnit.SECONDS);
                assertThat(answer.readableBytes()).isEqualTo(length);
                answer.release();
            }
            connection.closeNow("test over");
            closed.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void kindThatIsNotHereSaysWhatToDo() {
        org.junit.jupiter.api.Assumptions.assumeFalse(EventLoops.isAvailable(EventLoopKind.KQUEUE));
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> EventLoops.open(new EventLoopOptions(EventLoopKind.KQUEUE, 1, "x")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("add its native jar")
                .hasCauseInstanceOf(Throwable.class);
    }
}
