package io.tikvdirect.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.tikvdirect.transport.internal.http2.FrameType;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Not thread-safe: a connection without sockets, threads or real time, and the peer that plays any server on it. */
final class RawPeer implements AutoCloseable {
    static final GrpcMethod METHOD = GrpcMethod.of("test.Raw", "Call");
    private static final int PREFACE_LENGTH = 24;

    /** One for all, because the memory of an allocator comes back only when it is collected. */
    private static final ByteBufAllocator WATCHED = new PooledByteBufAllocator(true);

    final MockTicker ticker = Ticker.newMockTicker();
    final ByteBufAllocator allocator;
    final EmbeddedChannel channel =
            new EmbeddedChannel(EmbeddedChannel.builder().ticker(ticker)) {
                @Override
                protected void doWrite(final ChannelOutboundBuffer in) throws Exception {
                    if (!stalled) {
                        super.doWrite(in);
                    }
                }
            };
    final TransportLoop loop = new TransportLoop(channel.eventLoop(), EmbeddedChannel::new, Runnable::run);
    final List<String> life = new ArrayList<>();
    final GrpcConnection connection;
    TransportException closeCause;

    /** The socket takes nothing, because the peer does not read. */
    boolean stalled;

    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private boolean prefaceSeen;

    RawPeer() {
        this(options -> options);
    }

    RawPeer(final UnaryOperator<TransportOptions.Builder> change) {
        this(change, WATCHED);
    }

    RawPeer(final UnaryOperator<TransportOptions.Builder> change, final ByteBufAllocator allocator) {
        this.allocator = allocator;
        channel.config().setOption(ChannelOption.ALLOCATOR, allocator);
        final TransportOptions options =
                change.apply(TransportOptions.builder(allocator)).build();
        connection = GrpcConnection.over(channel, loop, options, new Life(), ticker::nanoTime);
        channel.runPendingTasks();
    }

    /** A peer that has sent empty SETTINGS; what the client wrote so far is dropped. */
    static RawPeer ready() {
        return ready(options -> options);
    }

    /** For floods: watching tens of thousands of buffers for leaks would take minutes. */
    static RawPeer readyAndUnwatched() {
        final RawPeer peer = new RawPeer(options -> options, new UnpooledByteBufAllocator(true, true));
        peer.send(Wire.settings());
        peer.frames();
        return peer;
    }

    static RawPeer ready(final UnaryOperator<TransportOptions.Builder> change) {
        final RawPeer peer = new RawPeer(change);
        peer.send(Wire.settings());
        peer.frames();
        return peer;
    }

    // ---- the client ----

    GrpcCall start(final RecordingListener listener) {
        return start(CallOptions.DEFAULT, listener);
    }

    GrpcCall start(final CallOptions options, final RecordingListener listener) {
        final GrpcCall call = connection.start(METHOD, options, listener);
        channel.runPendingTasks();
        return call;
    }

    static ByteBuf message(final GrpcCall call, final int length) {
        return call.newMessage(length).writeBytes(new byte[length]);
    }

    long afterMs(final long ms) {
        return ticker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    }

    void passMs(final long ms) {
        ticker.advance(ms, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    // ---- the server ----

    void send(final byte[]... frames) {
        for (final byte[] frame : frames) {
            if (channel.isActive()) {
                channel.writeInbound(buffer(frame));
            }
        }
        channel.runPendingTasks();
    }

    /** Floods are not pooled: watching every one of their bytes for leaks would take minutes. */
    private ByteBuf buffer(final byte[] bytes) {
        return bytes.length > 10_000
                ? Unpooled.wrappedBuffer(bytes)
                : allocator.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
    }

    /** All in one read. */
    void sendTogether(final byte[]... frames) {
        send(Wire.concat(frames));
    }

    byte[] headers(final int streamId, final boolean endStream, final String... namesAndValues) {
        final byte[] block = block(namesAndValues);
        return Wire.frame(FrameType.HEADERS, endStream ? 5 : 4, streamId, block);
    }

    byte[] block(final String... namesAndValues) {
        final Http2Headers headers = new DefaultHttp2Headers(false);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        final ByteBuf out = Unpooled.buffer();
        try {
            encoder.encodeHeaders(1, headers, out);
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
        return ByteBufUtil.getBytes(out);
    }

    byte[] responseHeaders(final int streamId) {
        return headers(streamId, false, ":status", "200", "content-type", "application/grpc");
    }

    byte[] trailers(final int streamId, final int grpcStatus) {
        return headers(streamId, true, "grpc-status", Integer.toString(grpcStatus));
    }

    /** What the client has written since the last look, without the preface. */
    List<Wire.Frame> frames() {
        collect();
        byte[] bytes = written.toByteArray();
        written.reset();
        if (!prefaceSeen && bytes.length >= PREFACE_LENGTH) {
            prefaceSeen = true;
            bytes = Arrays.copyOfRange(bytes, PREFACE_LENGTH, bytes.length);
        }
        return Wire.parse(bytes);
    }

    /** What the client has written since the last look. */
    byte[] bytes() {
        collect();
        final byte[] bytes = written.toByteArray();
        written.reset();
        return bytes;
    }

    private void collect() {
        channel.runPendingTasks();
        ByteBuf out = channel.readOutbound();
        while (out != null) {
            written.writeBytes(ByteBufUtil.getBytes(out));
            out.release();
            out = channel.readOutbound();
        }
    }

    Http2Headers decode(final Wire.Frame frame) {
        try {
            return decoder.decodeHeaders(frame.streamId(), Unpooled.wrappedBuffer(frame.payload()));
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
    }

    /** The GOAWAY that ended the connection, which must be the last frame. */
    int goAwayCode() {
        final List<Wire.Frame> frames = frames();
        assertThat(frames).isNotEmpty();
        final Wire.Frame last = frames.get(frames.size() - 1);
        assertThat(last.type()).isEqualTo(FrameType.GOAWAY);
        assertThat(channel.isActive()).isFalse();
        return last.intAt(4);
    }

    @Override
    public void close() {
        connection.closeNow("test over");
        channel.runPendingTasks();
        assertThat(life.stream().filter("closed"::equals)).hasSize(1);
        channel.finishAndReleaseAll();
        encoder.close();
    }

    private final class Life implements ConnectionListener {
        @Override
        public void onReady(final GrpcConnection ready) {
            life.add("ready");
        }

        @Override
        public void onDraining(final GrpcConnection draining) {
            life.add("draining");
        }

        @Override
        public void onClosed(final GrpcConnection closed, final TransportException cause) {
            life.add("closed");
            closeCause = cause;
        }
    }
}
