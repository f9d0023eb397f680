package io.tikvdirect.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GrpcJavaServerTest {
    private final EventLoops loops = EventLoops.open(EventLoopOptions.auto(1));
    private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
    private final EchoServer server = new EchoServer();
    private GrpcConnection connection;
    private final CompletableFuture<TransportException> closed = new CompletableFuture<>();

    @BeforeEach
    void connect() {
        connection = GrpcConnection.connect(
                loops.next(),
                "127.0.0.1",
                server.port(),
                TransportOptions.builder(allocator).build(),
                (c, cause) -> closed.complete(cause));
    }

    @AfterEach
    void close() throws Exception {
        connection.closeNow("test over");
        assertThat(closed.get(10, TimeUnit.SECONDS).kind()).isEqualTo(TransportException.Kind.LOCAL_CLOSE);
        loops.close();
        server.close();
    }

    @Test
    void unary() throws Exception {
        final ByteBuf answer = UnaryCalls.call(
                        connection, EchoServer.ECHO, CallOptions.DEFAULT, Unpooled.wrappedBuffer(new byte[] {1, 2, 3}))
                .get(10, TimeUnit.SECONDS);
        assertThat(ByteBufUtil.getBytes(answer)).containsExactly(1, 2, 3);
        answer.release();
    }

    @Test
    void bidi() throws Exception {
        final RecordingListener listener = new RecordingListener();
        connection.loop().execute(() -> {
            final GrpcCall call = connection.start(EchoServer.CHAT, CallOptions.DEFAULT, listener);
            for (int i = 0; i < 100; i++) {
                call.send(call.newMessage(8).writeLong(i));
            }
            call.halfClose();
            call.flush();
        });
        assertThat(listener.awaitStatus().isOk()).isTrue();
        assertThat(listener.messages).hasSize(100);
    }
}
