package io.tikvdirect.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The promise of the hot path: once warm, sending and receiving a message on an open stream allocates nothing on the
 * loop's thread. The peer is a byte pump over loopback that answers every DATA frame of the client with the same frame.
 */
class AllocationTest {
    private static final int WARM_UP = 60_000;
    private static final int MEASURED = 60_000;
    private static final int IN_FLIGHT = 8;
    private static final int ATTEMPTS = 5;

    /** Measured on JDK 25 with NIO, where neither JDK 17 nor epoll on 25 allocates. */
    private static final double JDK_BYTES_PER_NIO_BUFFER = 48;

    private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

    @BeforeEach
    void leakDetectionWouldAllocate() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterEach
    void restore() {
        ResourceLeakDetector.setLevel(level);
    }

    @ParameterizedTest
    @EnumSource(
            value = EventLoopKind.class,
            names = {"NIO", "EPOLL"})
    void warmStreamAllocatesNothing(final EventLoopKind kind) throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(EventLoops.isAvailable(kind));
        final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
        try (EventLoops server = EventLoops.open(new EventLoopOptions(EventLoopKind.NIO, 1, "pump"));
                EventLoops client = EventLoops.open(new EventLoopOptions(kind, 1, "measured"))) {
            final Channel listening = listen(server);
            final int port = ((InetSocketAddress) listening.localAddress()).getPort();
            final GrpcConnection connection = GrpcConnection.connect(
                    client.next(),
                    "127.0.0.1",
                    port,
                    TransportOptions.builder(allocator).build(),
                    (closed, cause) -> {});
            double best = Double.MAX_VALUE;
            final PingPong pingPong = new PingPong(connection);
            for (int i = 0; i < ATTEMPTS && best >= budget(kind); i++) {
                best = Math.min(best, pingPong.measure());
            }
            System.out.printf("%s: %.4f bytes per message sent and received%n", kind, best);
            assertThat(best).as("bytes per message").isLessThan(budget(kind));
            connection.closeNow("measured");
        }
    }

    /** Nothing, except where the JDK's channels allocate for every buffer that they write; epoll never does. */
    private static double budget(final EventLoopKind kind) {
        final boolean jdkAllocates =
                kind == EventLoopKind.NIO && Runtime.version().feature() > 21;
        return jdkAllocates ? JDK_BYTES_PER_NIO_BUFFER + 1 : 1;
    }

    private static Channel listen(final EventLoops loops) throws Exception {
        final ChannelFuture bound = new ServerBootstrap()
                .group(loops.next().eventLoop().parent())
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(final Channel channel) {
                        channel.pipeline().addLast(new Pump());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync();
        return bound.channel();
    }

    /** Keeps a number of messages in flight on the loop and counts the bytes its thread allocates. */
    private static final class PingPong implements GrpcCallListener {
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final GrpcConnection connection;
        private CompletableFuture<Double> result = new CompletableFuture<>();
        private GrpcCall call;
        private int received;
        private long before;

        PingPong(final GrpcConnection connection) {
            this.connection = connection;
        }

        double measure() throws Exception {
            result = new CompletableFuture<>();
            connection.loop().execute(this::begin);
            return result.get(60, TimeUnit.SECONDS);
        }

        private void begin() {
            received = 0;
            if (call == null) {
                call = connection.start(GrpcMethod.of("test.Pump", "Echo"), CallOptions.DEFAULT, this);
            }
            for (int i = 0; i < IN_FLIGHT; i++) {
                sendOne();
            }
            call.flush();
        }

        private void sendOne() {
            final ByteBuf message = call.newMessage(64);
            message.writeLong(received).writeLong(1).writeLong(2);
            call.send(message);
        }

        @Override
        public void onMessage(final ByteBuf message) {
            if (message.readableBytes() != 24) {
                throw new IllegalStateException("length " + message.readableBytes());
            }
            received++;
            if (received == WARM_UP) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            if (received == WARM_UP + MEASURED) {
                result.complete((threads.getCurrentThreadAllocatedBytes() - before) / (double) MEASURED);
            }
            if (received <= WARM_UP + MEASURED - IN_FLIGHT) {
                sendOne();
                call.flush();
            }
        }

        @Override
        public void onClosed(final GrpcStatus status) {
            result.completeExceptionally(new GrpcStatusException("pump", status));
        }
    }

    /** Confined to its loop: answers SETTINGS and headers once, then sends every DATA frame back. */
    private static final class Pump extends ChannelInboundHandlerAdapter {
        private final byte[] opening;
        private ByteBuf gathered;
        private boolean open;

        Pump() {
            try (RawPeer encoder = new RawPeer()) {
                opening = Wire.concat(
                        Wire.settings(4, Integer.MAX_VALUE),
                        Wire.windowUpdate(0, Integer.MAX_VALUE - 65_535),
                        encoder.responseHeaders(1));
            }
        }

        @Override
        public void channelRead(final ChannelHandlerContext context, final Object message) {
            final ByteBuf in = (ByteBuf) message;
            gathered = gathered == null ? context.alloc().directBuffer(1 << 16) : gathered;
            gathered.writeBytes(in);
            in.release();
            if (!open && gathered.readableBytes() >= 24) {
                gathered.skipBytes(24);
                open = true;
            }
            while (open && gathered.readableBytes() >= 9) {
                final int length = 9 + gathered.getUnsignedMedium(gathered.readerIndex());
                if (gathered.readableBytes() < length) {
                    break;
                }
                answer(context, gathered, length);
            }
            gathered.discardReadBytes();
        }

        private void answer(final ChannelHandlerContext context, final ByteBuf frames, final int length) {
            final int type = frames.getByte(frames.readerIndex() + 3);
            if (type == 0) {
                context.write(context.alloc().directBuffer(length).writeBytes(frames, frames.readerIndex(), length));
            } else if (type == 1) {
                context.write(io.netty.buffer.Unpooled.wrappedBuffer(opening));
            }
            frames.skipBytes(length);
        }

        @Override
        public void channelReadComplete(final ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void channelInactive(final ChannelHandlerContext context) {
            if (gathered != null) {
                gathered.release();
            }
        }
    }
}
