package io.tikvdirect.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All kinds of calls against grpc-java, an HTTP/2 and gRPC that are not ours. */
class GrpcJavaServerTest {
    private final EventLoops loops = EventLoops.open(EventLoopOptions.auto(1));
    private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
    private final EchoServer server = new EchoServer();
    private final CompletableFuture<TransportException> closed = new CompletableFuture<>();
    private GrpcConnection connection = connect(server.port(), options -> options);

    private GrpcConnection connect(final int port, final UnaryOperator<TransportOptions.Builder> change) {
        return GrpcConnection.connect(
                loops.next(),
                "127.0.0.1",
                port,
                change.apply(TransportOptions.builder(allocator)).build(),
                (ended, cause) -> closed.complete(cause));
    }

    private void reconnect(final UnaryOperator<TransportOptions.Builder> change) {
        connection.closeNow("reconnect");
        connection = connect(server.port(), change);
    }

    @AfterEach
    void close() throws Exception {
        connection.closeNow("test over");
        closed.get(60, TimeUnit.SECONDS);
        loops.close();
        server.close();
        assertThat(connection.isClosed()).isTrue();
    }

    private static CallOptions within(final long ms) {
        return CallOptions.DEFAULT.withDeadlineNs(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms));
    }

    private byte[] unary(final GrpcMethod method, final CallOptions options, final byte[] request) throws Exception {
        final ByteBuf answer = UnaryCalls.call(connection, method, options, Unpooled.wrappedBuffer(request))
                .get(60, TimeUnit.SECONDS);
        try {
            return ByteBufUtil.getBytes(answer);
        } finally {
            answer.release();
        }
    }

    private static byte[] randomBytes(final int length) {
        final byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void unaryCallsOfAllSizes() throws Exception {
        for (final int length : new int[] {0, 1, 5, 1_000, 16_379, 16_380, 65_535, 1 << 20, 20 << 20}) {
            final byte[] bytes = randomBytes(length);
            assertThat(Arrays.equals(unary(EchoServer.ECHO, within(60_000), bytes), bytes))
                    .as("length %d", length)
                    .isTrue();
        }
    }

    @Test
    void manyUnaryCallsAtOnce() throws Exception {
        final List<CompletableFuture<ByteBuf>> calls = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            calls.add(UnaryCalls.call(connection, EchoServer.ECHO, within(60_000), Unpooled.copyInt(i)));
        }
        for (int i = 0; i < calls.size(); i++) {
            final ByteBuf answer = calls.get(i).get(60, TimeUnit.SECONDS);
            assertThat(answer.readInt()).isEqualTo(i);
            answer.release();
        }
    }

    @Test
    void metadataBothWays() throws Exception {
        final byte[] binary = {0, 1, -1, 127, -128, 44};
        final Metadata metadata = Metadata.builder()
                .put("x-text", "a b~")
                .put("x-data-bin", binary)
                .build();
        final RecordingListener listener = new RecordingListener();
        connection.loop().execute(() -> {
            final GrpcCall call =
                    connection.start(EchoServer.ECHO, within(60_000).withMetadata(metadata), listener);
            call.sendLast(call.newMessage(0));
            call.flush();
        });
        assertThat(listener.awaitStatus().isOk()).isTrue();
        final Metadata received = listener.headers.get(60, TimeUnit.SECONDS);
        assertThat(received.get("X-Text")).isEqualTo("a b~");
        assertThat(received.getBinary("x-data-bin")).containsExactly(binary);
        final io.grpc.Metadata seen = server.requestHeaders.element();
        assertThat(seen.get(io.grpc.Metadata.Key.of("user-agent", io.grpc.Metadata.ASCII_STRING_MARSHALLER)))
                .isEqualTo("tikv-direct");
    }

    @ParameterizedTest
    @EnumSource(value = GrpcStatusCode.class, mode = EnumSource.Mode.EXCLUDE, names = "OK")
    void statusCodesMessagesAndTrailers(final GrpcStatusCode code) {
        final byte[] text = "broken: 100% – ünïcode\n".getBytes(StandardCharsets.UTF_8);
        final byte[] request = Wire.concat(new byte[] {(byte) code.ordinal()}, text);
        assertThatThrownBy(() -> unary(EchoServer.FAIL, within(60_000), request))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(GrpcStatusException.class, failure -> {
                    assertThat(failure.status().code()).isEqualTo(code);
                    assertThat(failure.status().message()).isEqualTo("broken: 100% – ünïcode\n");
                    assertThat(failure.status().trailers().get("x-text")).isEqualTo("from-trailers");
                    assertThat(failure.status().unprocessed()).isFalse();
                    assertThat(failure).hasMessageContaining("/test.Echo/Fail").hasMessageContaining(code.name());
                });
    }

    @Test
    void unknownMethodIsUnimplemented() {
        assertThatThrownBy(() -> unary(GrpcMethod.of("test.Nothing", "Here"), within(60_000), new byte[0]))
                .cause()
                .hasMessageContaining("UNIMPLEMENTED");
    }

    @Test
    void deadlineEndsTheCallAndTheServerLearnsOfIt() {
        final long start = System.nanoTime();
        assertThatThrownBy(() -> unary(EchoServer.SILENT, within(100), new byte[0]))
                .cause()
                .hasMessageContaining("DEADLINE_EXCEEDED");
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(99));
        await().until(() -> server.cancelled.contains("Silent"));
    }

    @Test
    void cancellingTheFutureCancelsTheCall() {
        final CompletableFuture<ByteBuf> call =
                UnaryCalls.call(connection, EchoServer.SILENT, CallOptions.DEFAULT, Unpooled.EMPTY_BUFFER);
        await().until(() -> !server.requestHeaders.isEmpty());
        call.cancel(true);
        await().until(() -> server.cancelled.contains("Silent"));
    }

    @Test
    void serverStreamToASlowReaderIsHeldBackAndLosesNothing() throws Exception {
        reconnect(options -> options.streamWindow(65_535).connectionWindow(1 << 20));
        final int count = 500;
        final AtomicReference<GrpcCall> call = new AtomicReference<>();
        final RecordingListener listener = new RecordingListener();
        final ByteBuf request = Unpooled.copyInt(count, 10_000);
        connection.loop().execute(() -> {
            call.set(connection.start(EchoServer.COUNT, within(60_000).withInitialDemand(1), listener));
            call.get().sendLast(request);
            call.get().flush();
        });
        await().until(() -> listener.messages.size() == 1);
        // a full window has arrived and stays aside; nothing more may come until it is asked for
        await().until(() -> connection.counters().bytesReceived() > 65_000);
        assertThat(listener.messages).hasSize(1);
        assertThat(connection.counters().bytesReceived()).isLessThan(80_000);
        for (int i = 1; i < count; i++) {
            connection.loop().execute(() -> call.get().request(1));
        }
        assertThat(listener.awaitStatus().isOk()).isTrue();
        assertThat(listener.messages).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(ByteBuffer.wrap(listener.messages.get(i)).getInt()).isEqualTo(i);
        }
    }

    @Test
    void clientStreamToASlowServerIsHeldBackAndLosesNothing() throws Exception {
        final int count = 100;
        final int size = 100_000;
        final AtomicInteger sent = new AtomicInteger();
        final AtomicReference<GrpcCall> started = new AtomicReference<>();
        final RecordingListener listener = new RecordingListener() {
            @Override
            public void onWritable() {
                super.onWritable();
                pump(started.get(), sent, count, size);
            }
        };
        reconnect(options -> options.writeHighWaterMark(200_000));
        connection.loop().execute(() -> {
            started.set(connection.start(EchoServer.SLOW_READER, within(60_000), listener));
            pump(started.get(), sent, count, size);
        });
        await().until(() -> connection.counters().bytesSent() > 50_000);
        assertThat(sent.get()).as("held back by the server's window").isLessThan(count);
        server.slowReaderPermits.release(count);
        assertThat(listener.awaitStatus().isOk()).isTrue();
        assertThat(ByteBuffer.wrap(listener.messages.get(0)).getLong()).isEqualTo((long) count * size);
        assertThat(listener.writables.get()).isPositive();
    }

    /** Each side writes its next message only when it has read the other's, long after the call began. */
    @Test
    void slowWritersOnBothSidesAreWaitedFor() throws Exception {
        final int count = 200;
        final AtomicReference<GrpcCall> call = new AtomicReference<>();
        final RecordingListener listener = new RecordingListener() {
            @Override
            public void onMessage(final ByteBuf message) {
                super.onMessage(message);
                if (messages.size() == count) {
                    call.get().halfClose();
                } else {
                    call.get().send(RawPeer.message(call.get(), 7 * messages.size()));
                }
                call.get().flush();
            }
        };
        connection.loop().execute(() -> {
            call.set(connection.start(EchoServer.CHAT, within(60_000).withInitialDemand(1), listener));
            call.get().flush();
        });
        // headers alone, and nothing to read for the server
        await().until(() -> !server.requestHeaders.isEmpty());
        connection.loop().execute(() -> {
            call.get().request(count);
            call.get().send(RawPeer.message(call.get(), 0));
            call.get().flush();
        });
        assertThat(listener.awaitStatus().isOk()).isTrue();
        for (int i = 0; i < count; i++) {
            assertThat(listener.messages.get(i)).as("message %d", i).hasSize(7 * i);
        }
    }

    private static void pump(final GrpcCall call, final AtomicInteger sent, final int count, final int size) {
        while (sent.get() < count && call.isWritable()) {
            call.send(RawPeer.message(call, size));
            if (sent.incrementAndGet() == count) {
                call.halfClose();
            }
        }
        call.flush();
    }

    @Test
    void bidiStreamWithMessagesOfAllSizes() throws Exception {
        final Random random = new Random(42);
        final List<byte[]> messages = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            messages.add(randomBytes(i % 50 == 0 ? 1 << 20 : random.nextInt(5_000)));
        }
        final RecordingListener listener = new RecordingListener();
        connection.loop().execute(() -> {
            final GrpcCall call = connection.start(EchoServer.CHAT, within(60_000), listener);
            for (int i = 0; i < messages.size(); i++) {
                final byte[] bytes = messages.get(i);
                if (i % 3 == 0) {
                    final int cut = bytes.length / 3;
                    final ByteBuf[] parts = {
                        call.newMessage(cut).writeBytes(bytes, 0, cut),
                        Unpooled.wrappedBuffer(bytes, cut, bytes.length - cut)
                    };
                    call.sendParts(parts, 2);
                } else {
                    call.send(call.newMessage(bytes.length).writeBytes(bytes));
                }
            }
            call.halfClose();
            call.flush();
        });
        assertThat(listener.awaitStatus().isOk()).isTrue();
        assertThat(listener.messages).hasSize(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            assertThat(Arrays.equals(listener.messages.get(i), messages.get(i)))
                    .as("message %d", i)
                    .isTrue();
        }
    }

    @Test
    void cancelledBidiStreamIsCancelledOnTheServer() throws Exception {
        final AtomicReference<GrpcCall> call = new AtomicReference<>();
        final RecordingListener listener = new RecordingListener();
        connection.loop().execute(() -> {
            call.set(connection.start(EchoServer.CHAT, CallOptions.DEFAULT, listener));
            call.get().send(RawPeer.message(call.get(), 10));
            call.get().flush();
        });
        await().until(() -> listener.messages.size() == 1);
        connection.loop().execute(() -> call.get().cancel());
        assertThat(listener.awaitStatus().code()).isEqualTo(GrpcStatusCode.CANCELLED);
        await().until(() -> server.cancelled.contains("Chat"));
    }

    @Test
    void gzipBothWays() throws Exception {
        reconnect(options -> options.compression(Compression.GZIP));
        final byte[] bytes = new byte[100_000];
        Arrays.fill(bytes, (byte) 'z');
        final RecordingListener listener = new RecordingListener();
        connection.loop().execute(() -> {
            final GrpcCall call =
                    connection.start(EchoServer.ECHO_GZIP, within(60_000).withGzip(true), listener);
            final ByteBuf[] parts = {
                Unpooled.wrappedBuffer(bytes, 0, 10), Unpooled.wrappedBuffer(bytes, 10, bytes.length - 10)
            };
            call.sendParts(parts, 2);
            call.halfClose();
            call.flush();
        });
        assertThat(listener.awaitStatus().isOk()).isTrue();
        assertThat(Arrays.equals(listener.messages.get(0), bytes)).isTrue();
        assertThat(connection.counters().bytesSent()).isLessThan(5_000);
        assertThat(connection.counters().bytesReceived()).isLessThan(5_000);
    }

    @Test
    void serverThatShutsDownDrainsTheConnection() throws Exception {
        final RecordingListener listener = new RecordingListener();
        final AtomicReference<GrpcCall> call = new AtomicReference<>();
        connection.loop().execute(() -> {
            call.set(connection.start(EchoServer.CHAT, CallOptions.DEFAULT, listener));
            call.get().send(RawPeer.message(call.get(), 1));
            call.get().flush();
        });
        await().until(() -> listener.messages.size() == 1);
        server.server.shutdown();
        await().until(connection::isDraining);
        connection.loop().execute(() -> {
            call.get().send(RawPeer.message(call.get(), 1));
            call.get().halfClose();
        });
        assertThat(listener.awaitStatus().isOk()).isTrue();
        assertThat(listener.messages).hasSize(2);
        assertThat(closed.get(60, TimeUnit.SECONDS).kind()).isEqualTo(TransportException.Kind.GOAWAY);
    }

    @Test
    void serverThatAllowsFewStreamsGetsAllCallsInTurn() throws Exception {
        final NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0))
                .maxConcurrentCallsPerConnection(2);
        try (EchoServer strict = new EchoServer(builder)) {
            final GrpcConnection other = connect(strict.port(), options -> options);
            final List<CompletableFuture<ByteBuf>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                calls.add(UnaryCalls.call(other, EchoServer.ECHO, within(60_000), Unpooled.copyInt(i)));
            }
            for (final CompletableFuture<ByteBuf> call : calls) {
                call.get(60, TimeUnit.SECONDS).release();
            }
            other.closeNow("test over");
        }
    }
}
