package io.tikvdirect.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Calls against Netty's own HTTP/2 server codec, which follows a script: an echo, and the six negative cases of gRPC's
 * HTTP/2 interoperability tests (goaway, rst_after_header, rst_during_data, rst_after_data, ping, max_streams).
 */
class NettyServerTest {
    private static final GrpcMethod METHOD = GrpcMethod.of("test.Netty", "Call");
    private static final int LARGE = 314_159;

    private final EventLoops loops = EventLoops.open(EventLoopOptions.auto(1));
    private final EventLoops serverLoops = EventLoops.open(new EventLoopOptions(EventLoopKind.NIO, 1, "server"));
    private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
    private final List<GrpcConnection> connections = new ArrayList<>();
    private final AtomicInteger closes = new AtomicInteger();

    @AfterEach
    void close() {
        connections.forEach(connection -> connection.closeNow("test over"));
        await().until(() -> closes.get() == connections.size());
        loops.close();
        serverLoops.close();
    }

    private int serve(final Http2Settings settings, final Supplier<Script> script) throws Exception {
        final Channel channel = new ServerBootstrap()
                .group(serverLoops.next().eventLoop().parent())
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(final Channel child) {
                        child.pipeline()
                                .addLast(
                                        Http2FrameCodecBuilder.forServer()
                                                .initialSettings(settings)
                                                .autoAckPingFrame(true)
                                                .build(),
                                        script.get());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    private GrpcConnection connect(final int port) {
        final GrpcConnection connection = GrpcConnection.connect(
                loops.next(),
                "127.0.0.1",
                port,
                TransportOptions.builder(allocator).build(),
                (ended, cause) -> closes.incrementAndGet());
        connections.add(connection);
        return connection;
    }

    private RecordingListener call(final GrpcConnection connection, final int requestLength) {
        final RecordingListener listener = new RecordingListener();
        connection.loop().execute(() -> {
            final CallOptions options =
                    CallOptions.DEFAULT.withDeadlineNs(System.nanoTime() + TimeUnit.SECONDS.toNanos(60));
            final GrpcCall call = connection.start(METHOD, options, listener);
            call.sendLast(RawPeer.message(call, requestLength));
            call.flush();
        });
        return listener;
    }

    @Test
    void echoOfSmallAndLargeMessages() throws Exception {
        final GrpcConnection connection = connect(serve(Http2Settings.defaultSettings(), Script::new));
        for (final int length : new int[] {0, 1, 1_000, 100_000, 3 << 20}) {
            final RecordingListener listener = call(connection, length);
            assertThat(listener.awaitStatus().isOk()).isTrue();
            assertThat(listener.messages).singleElement().matches(message -> message.length == length);
        }
    }

    @Test
    void tinyServerWindowsAndFramesSlowDownButLoseNothing() throws Exception {
        final Http2Settings tiny = Http2Settings.defaultSettings().initialWindowSize(100);
        final GrpcConnection connection = connect(serve(tiny, Script::new));
        final RecordingListener listener = call(connection, 2_000);
        assertThat(listener.awaitStatus().isOk()).isTrue();
        assertThat(listener.messages).singleElement().matches(message -> message.length == 2_000);
    }

    @Test
    void goaway() throws Exception {
        final int port = serve(Http2Settings.defaultSettings(), () -> new Script() {
            @Override
            void onRequest(final ChannelHandlerContext context, final Http2FrameStream stream, final ByteBuf message) {
                respond(context, stream, message);
                context.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(0));
            }
        });
        final GrpcConnection first = connect(port);
        assertThat(call(first, 10).awaitStatus().isOk()).isTrue();
        await().until(first::isDraining);
        await().until(first::isClosed);
        assertThat(call(first, 10).awaitStatus().unprocessed()).isTrue();
        assertThat(call(connect(port), 10).awaitStatus().isOk()).isTrue();
    }

    @Test
    void rstAfterHeader() throws Exception {
        final GrpcStatus status = reset(true, 0);
        assertThat(status.code()).isEqualTo(GrpcStatusCode.INTERNAL);
        assertThat(status.unprocessed()).isFalse();
    }

    @Test
    void rstDuringData() throws Exception {
        assertThat(reset(true, LARGE / 2).code()).isEqualTo(GrpcStatusCode.INTERNAL);
    }

    @Test
    void rstAfterData() throws Exception {
        final RecordingListener listener = new RecordingListener();
        assertThat(reset(true, LARGE + 5, listener).code()).isEqualTo(GrpcStatusCode.INTERNAL);
        assertThat(listener.messages)
                .as("the message came whole before the reset")
                .hasSize(1);
    }

    private GrpcStatus reset(final boolean headers, final int bytes) throws Exception {
        return reset(headers, bytes, new RecordingListener());
    }

    private GrpcStatus reset(final boolean headers, final int bytes, final RecordingListener listener)
            throws Exception {
        final int port = serve(Http2Settings.defaultSettings(), () -> new Script() {
            @Override
            void onRequest(final ChannelHandlerContext context, final Http2FrameStream stream, final ByteBuf message) {
                message.release();
                writeHeaders(context, stream);
                final ByteBuf answer =
                        Unpooled.buffer().writeByte(0).writeInt(LARGE).writeZero(LARGE);
                context.writeAndFlush(new DefaultHttp2DataFrame(answer.slice(0, bytes), false).stream(stream))
                        .addListener(sent ->
                                context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR).stream(stream)));
            }
        });
        final GrpcConnection connection = connect(port);
        connection.loop().execute(() -> {
            final GrpcCall call = connection.start(METHOD, CallOptions.DEFAULT, listener);
            call.sendLast(RawPeer.message(call, 100));
            call.flush();
        });
        final GrpcStatus status = listener.awaitStatus();
        assertThat(connection.isClosed()).as("the connection goes on").isFalse();
        return status;
    }

    @Test
    void ping() throws Exception {
        final AtomicInteger answered = new AtomicInteger();
        final int port = serve(Http2Settings.defaultSettings(), () -> new Script() {
            @Override
            void onRequest(final ChannelHandlerContext context, final Http2FrameStream stream, final ByteBuf message) {
                context.write(new DefaultHttp2PingFrame(7));
                respond(context, stream, message);
                context.writeAndFlush(new DefaultHttp2PingFrame(8));
            }

            @Override
            public void channelRead(final ChannelHandlerContext context, final Object frame) throws Exception {
                if (frame instanceof Http2PingFrame ping && ping.ack()) {
                    answered.incrementAndGet();
                }
                super.channelRead(context, frame);
            }
        });
        final GrpcConnection connection = connect(port);
        assertThat(call(connection, 10).awaitStatus().isOk()).isTrue();
        await().until(() -> answered.get() == 2);
        assertThat(connection.isClosed()).isFalse();
    }

    @Test
    void maxStreams() throws Exception {
        final AtomicInteger open = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        final Http2Settings one = Http2Settings.defaultSettings().maxConcurrentStreams(1);
        final GrpcConnection connection = connect(serve(one, () -> new Script() {
            @Override
            void onRequest(final ChannelHandlerContext context, final Http2FrameStream stream, final ByteBuf message) {
                most.accumulateAndGet(open.incrementAndGet(), Math::max);
                context.executor()
                        .schedule(
                                () -> {
                                    open.decrementAndGet();
                                    respond(context, stream, message);
                                    context.flush();
                                },
                                5,
                                TimeUnit.MILLISECONDS);
            }
        }));
        final List<RecordingListener> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            calls.add(call(connection, 10));
        }
        for (final RecordingListener each : calls) {
            assertThat(each.awaitStatus().isOk()).isTrue();
        }
        assertThat(most).hasValue(1);
    }

    /** Confined to its channel's loop: gathers the request of each stream; echoes it unless a test does otherwise. */
    private static class Script extends ChannelInboundHandlerAdapter {
        private final java.util.Map<Integer, ByteBuf> requests = new java.util.HashMap<>();
        final CompletableFuture<Void> settings = new CompletableFuture<>();

        void onRequest(final ChannelHandlerContext context, final Http2FrameStream stream, final ByteBuf message) {
            respond(context, stream, message);
        }

        final void writeHeaders(final ChannelHandlerContext context, final Http2FrameStream stream) {
            final Http2Headers headers =
                    new DefaultHttp2Headers().status("200").add("content-type", "application/grpc+proto");
            context.write(new DefaultHttp2HeadersFrame(headers, false).stream(stream));
        }

        final void respond(final ChannelHandlerContext context, final Http2FrameStream stream, final ByteBuf body) {
            writeHeaders(context, stream);
            context.write(new DefaultHttp2DataFrame(body, false, 17).stream(stream));
            final Http2Headers trailers = new DefaultHttp2Headers().add("grpc-status", "0");
            context.write(new DefaultHttp2HeadersFrame(trailers, true).stream(stream));
        }

        @Override
        public void channelRead(final ChannelHandlerContext context, final Object frame) throws Exception {
            try {
                if (frame instanceof Http2DataFrame data) {
                    onData(context, data);
                } else if (frame instanceof Http2HeadersFrame headers) {
                    requests.put(headers.stream().id(), context.alloc().buffer());
                } else if (frame instanceof Http2SettingsFrame) {
                    settings.complete(null);
                }
            } finally {
                ReferenceCountUtil.release(frame);
            }
        }

        private void onData(final ChannelHandlerContext context, final Http2DataFrame data) {
            final ByteBuf request = requests.get(data.stream().id());
            request.writeBytes(data.content());
            context.write(new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes()).stream(data.stream()));
            if (data.isEndStream()) {
                requests.remove(data.stream().id());
                onRequest(context, data.stream(), request);
            }
        }

        @Override
        public void channelReadComplete(final ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void channelInactive(final ChannelHandlerContext context) {
            requests.values().forEach(ByteBuf::release);
            requests.clear();
        }
    }
}
