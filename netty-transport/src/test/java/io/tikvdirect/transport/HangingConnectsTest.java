package io.tikvdirect.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Attempts to connect that TCP does not answer, with a connect timeout no test would wait for. */
class HangingConnectsTest {
    private static final TransportOptions OPTIONS = TransportOptions.builder(new PooledByteBufAllocator(true))
            .connectTimeout(Duration.ofMinutes(10))
            .build();

    private final CompletableFuture<TransportException> closed = new CompletableFuture<>();

    private GrpcConnection connect(final HangingConnects network, final int port) {
        return GrpcConnection.connect(
                network.loop(), "127.0.0.1", port, OPTIONS, (ended, cause) -> closed.complete(cause));
    }

    @Test
    void aNewAttemptIsMadeBesideTheOneThatHangs() throws Exception {
        try (EchoServer server = new EchoServer();
                HangingConnects network = new HangingConnects(3)) {
            final GrpcConnection connection = connect(network, server.port());
            final RecordingListener call = new RecordingListener();
            connection.loop().execute(() -> {
                final GrpcCall started = connection.start(EchoServer.ECHO, CallOptions.DEFAULT, call);
                started.sendLast(RawPeer.message(started, 10));
                started.flush();
            });
            assertThat(call.awaitStatus().isOk()).isTrue();
            assertThat(network.openAtEachAttempt())
                    .as("two at most, the new one included")
                    .startsWith(0L, 1L, 1L, 1L)
                    .allMatch(open -> open <= 1);
            assertThat(network.firstWasOpenAtTheLast())
                    .as("it would do on a slow network")
                    .isTrue();
            assertThat(network.lost()).as("closed once one stands").noneMatch(Channel::isOpen);
            connection.closeNow("test over");
            closed.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void nothingIsAttemptedAnyMoreOnceTheConnectionIsClosed() throws Exception {
        try (HangingConnects network = new HangingConnects(Integer.MAX_VALUE)) {
            final GrpcConnection connection = connect(network, 1);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> network.lost().size() >= 2);
            connection.closeNow("nobody wants it any more");
            closed.get(30, TimeUnit.SECONDS);
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> network.lost().stream()
                    .noneMatch(Channel::isOpen));
        }
    }

    @Test
    void aRefusalBesideAnAttemptThatHangsEndsBoth() throws Exception {
        final int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        try (HangingConnects network = new HangingConnects(1)) {
            final GrpcConnection connection = connect(network, port);
            assertThat(closed.get(60, TimeUnit.SECONDS).kind()).isEqualTo(TransportException.Kind.CONNECT_FAILED);
            assertThat(connection.isClosed()).isTrue();
            assertThat(network.lost()).noneMatch(Channel::isOpen);
        }
    }
}
