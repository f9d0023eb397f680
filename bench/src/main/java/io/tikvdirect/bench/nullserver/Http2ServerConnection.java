package io.tikvdirect.bench.nullserver;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.transport.internal.http2.FrameFlags;
import io.tikvdirect.transport.internal.http2.FrameType;
import io.tikvdirect.transport.internal.http2.FrameWriter;
import io.tikvdirect.transport.internal.http2.PeerSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its event loop. The server's half of HTTP/2 (RFC 9113) and gRPC as far as well-behaved clients need it: all
 * answers to one read leave in one write, both directions of flow control are kept, nothing is defended against.
 */
final class Http2ServerConnection extends ChannelInboundHandlerAdapter {
    private static final int PREFACE = 24;
    private static final int FRAME_HEADER = 9;
    private static final int GRPC_PREFIX = 5;
    private static final int FRAME_PAYLOAD = 16_384;
    private static final int LARGEST_WINDOW = Integer.MAX_VALUE;
    private static final int INITIAL_WINDOW = 65_535;
    private static final int CREDIT_EVERY = 1 << 26;
    private static final int HEADER_TABLE = 4_096;
    private static final int HEADER_LIST = 64 * 1024;

    /** {@code :status: 200}, {@code content-type: application/grpc}: static table, nothing indexed. */
    private static final byte[] RESPONSE_HEADERS = headers(true, "");

    private static final byte[] OK_TRAILERS = headers(false, "0");
    private static final byte[] UNIMPLEMENTED = headers(true, "12");

    private final Map<String, Rpc> methods;
    private final Runnable onClose;
    private final DefaultHttp2HeadersDecoder decoder;
    private final Map<Integer, ServerStream> streams = new HashMap<>();
    private final ServerStream.MessageSink sink = this::onMessage;
    private final ByteBuf partial = Unpooled.directBuffer(FRAME_PAYLOAD);
    private final ByteBuf headerBlock = Unpooled.directBuffer(1_024);
    private @Nullable ByteBuf out;
    private boolean greeted;
    private long window = INITIAL_WINDOW;
    private int streamWindow = INITIAL_WINDOW;
    private int uncredited;
    private int headersOf;
    private boolean headersEndStream;

    Http2ServerConnection(Map<String, Rpc> methods, Runnable onClose) {
        this.methods = methods;
        this.onClose = onClose;
        this.decoder = new DefaultHttp2HeadersDecoder(false, false, HEADER_LIST);
        try {
            decoder.configuration().maxHeaderTableSize(HEADER_TABLE);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A header block without Huffman code and without use of the dynamic table. */
    private static byte[] headers(boolean begins, String status) {
        ByteBuf block = Unpooled.buffer(64);
        if (begins) {
            block.writeByte(0x88); // :status 200
            block.writeByte(0x0f).writeByte(0x10); // literal, not indexed, name 31: content-type
            literal(block, "application/grpc");
        }
        if (!status.isEmpty()) {
            block.writeByte(0);
            literal(block, "grpc-status");
            literal(block, status);
        }
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        return bytes;
    }

    private static void literal(ByteBuf block, String text) {
        block.writeByte(text.length()).writeBytes(text.getBytes(US_ASCII));
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        ByteBuf hello = context.alloc().directBuffer(64);
        FrameWriter.writeHeader(hello, 6, FrameType.SETTINGS, FrameFlags.NONE, 0);
        FrameWriter.writeSetting(hello, PeerSettings.INITIAL_WINDOW_SIZE, LARGEST_WINDOW);
        FrameWriter.writeWindowUpdate(hello, 0, LARGEST_WINDOW - INITIAL_WINDOW);
        ChannelFuture unused = context.writeAndFlush(hello, context.voidPromise());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        streams.values().forEach(ServerStream::release);
        streams.clear();
        partial.release();
        headerBlock.release();
        onClose.run();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        ChannelFuture unused = context.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        ByteBuf in = (ByteBuf) message;
        try {
            if (partial.isReadable()) {
                partial.writeBytes(in);
                parse(context, partial);
                partial.discardSomeReadBytes();
            } else {
                parse(context, in);
                partial.clear().writeBytes(in);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        ByteBuf pending = out;
        if (pending != null) {
            out = null;
            ChannelFuture unused = context.writeAndFlush(pending, context.voidPromise());
        }
    }

    private ByteBuf out(ChannelHandlerContext context) {
        ByteBuf pending = out;
        if (pending == null) {
            pending = context.alloc().directBuffer(32 * 1024);
            out = pending;
        }
        return pending;
    }

    private void parse(ChannelHandlerContext context, ByteBuf in) throws Exception {
        if (!greeted) {
            if (in.readableBytes() < PREFACE) {
                return;
            }
            in.skipBytes(PREFACE);
            greeted = true;
        }
        while (in.readableBytes() >= FRAME_HEADER) {
            int at = in.readerIndex();
            int length = in.getUnsignedMedium(at);
            if (in.readableBytes() < FRAME_HEADER + length) {
                return;
            }
            in.skipBytes(FRAME_HEADER + length);
            int streamId = in.getInt(at + 5) & 0x7fff_ffff;
            onFrame(context, in, at + FRAME_HEADER, length, in.getByte(at + 3), in.getUnsignedByte(at + 4), streamId);
        }
    }

    private void onFrame(
            ChannelHandlerContext context, ByteBuf in, int offset, int length, int type, int flags, int streamId)
            throws Exception {
        switch (type) {
            case FrameType.DATA -> onData(context, in, offset, length, flags, streamId);
            case FrameType.HEADERS -> {
                int skip = (flags & FrameFlags.PADDED) != 0 ? 1 : 0;
                int padding = skip == 1 ? in.getUnsignedByte(offset) : 0;
                skip += (flags & FrameFlags.PRIORITY) != 0 ? 5 : 0;
                headersOf = streamId;
                headersEndStream = (flags & FrameFlags.END_STREAM) != 0;
                headerBlock.clear().writeBytes(in, offset + skip, length - skip - padding);
                onHeaderFragment(context, flags);
            }
            case FrameType.CONTINUATION -> {
                headerBlock.writeBytes(in, offset, length);
                onHeaderFragment(context, flags);
            }
            case FrameType.SETTINGS -> onSettings(context, in, offset, length, flags);
            case FrameType.PING -> {
                if ((flags & FrameFlags.ACK) == 0) {
                    FrameWriter.writePing(out(context), in.getLong(offset), FrameFlags.ACK);
                }
            }
            case FrameType.RST_STREAM -> drop(streamId);
            case FrameType.WINDOW_UPDATE -> onWindowUpdate(context, in.getInt(offset) & 0x7fff_ffff, streamId);
            default -> {} // PRIORITY, GOAWAY and what is unknown
        }
    }

    private void onSettings(ChannelHandlerContext context, ByteBuf in, int offset, int length, int flags) {
        if ((flags & FrameFlags.ACK) != 0) {
            return;
        }
        for (int at = offset; at < offset + length; at += 6) {
            if (in.getUnsignedShort(at) == PeerSettings.INITIAL_WINDOW_SIZE) {
                int more = in.getInt(at + 2) - streamWindow;
                streamWindow += more;
                streams.values().forEach(stream -> stream.window += more);
            }
        }
        FrameWriter.writeHeader(out(context), 0, FrameType.SETTINGS, FrameFlags.ACK, 0);
    }

    private void onWindowUpdate(ChannelHandlerContext context, int more, int streamId) {
        if (streamId == 0) {
            window += more;
            for (ServerStream stream : streams.values().toArray(new ServerStream[0])) {
                pump(context, stream);
            }
        } else {
            ServerStream stream = streams.get(streamId);
            if (stream != null) {
                stream.window += more;
                pump(context, stream);
            }
        }
    }

    private void onHeaderFragment(ChannelHandlerContext context, int flags) throws Http2Exception {
        if ((flags & FrameFlags.END_HEADERS) == 0) {
            return;
        }
        CharSequence path = decoder.decodeHeaders(headersOf, headerBlock).path();
        if (streams.containsKey(headersOf)) {
            return; // trailers
        }
        Rpc rpc = methods.get(String.valueOf(path));
        if (rpc == null || headersEndStream) {
            writeHeaders(context, UNIMPLEMENTED, headersOf, true);
        } else {
            streams.put(headersOf, new ServerStream(headersOf, rpc, streamWindow, context.alloc()));
        }
    }

    private void writeHeaders(ChannelHandlerContext context, byte[] block, int streamId, boolean last) {
        int flags = FrameFlags.END_HEADERS | (last ? FrameFlags.END_STREAM : 0);
        FrameWriter.writeHeader(out(context), block.length, FrameType.HEADERS, flags, streamId);
        out(context).writeBytes(block);
    }

    private void onData(ChannelHandlerContext context, ByteBuf in, int offset, int length, int flags, int streamId) {
        uncredited += length;
        if (uncredited >= CREDIT_EVERY) {
            FrameWriter.writeWindowUpdate(out(context), 0, uncredited);
            uncredited = 0;
        }
        ServerStream stream = streams.get(streamId);
        if (stream == null) {
            return;
        }
        stream.uncredited += length;
        if (stream.uncredited >= CREDIT_EVERY) {
            FrameWriter.writeWindowUpdate(out(context), streamId, stream.uncredited);
            stream.uncredited = 0;
        }
        int skip = (flags & FrameFlags.PADDED) != 0 ? 1 : 0;
        int padding = skip == 1 ? in.getUnsignedByte(offset) : 0;
        stream.onData(in, offset + skip, length - skip - padding, sink);
        stream.ends |= stream.rpc.isUnary() || (flags & FrameFlags.END_STREAM) != 0;
        pump(context, stream);
    }

    private void onMessage(ServerStream stream, ByteBuf in, int offset, int length) {
        ByteBuf waiting = stream.waiting();
        int at = waiting.writerIndex();
        waiting.writeZero(GRPC_PREFIX);
        try {
            if (stream.rpc.answer().to(in, offset, length, waiting)) {
                waiting.setInt(at + 1, waiting.writerIndex() - at - GRPC_PREFIX);
            } else {
                waiting.writerIndex(at);
            }
        } catch (IOException | MalformedMessageException e) {
            throw new IllegalStateException("a client sent what this server cannot read", e);
        }
    }

    /** Sends what the windows allow. */
    private void pump(ChannelHandlerContext context, ServerStream stream) {
        ByteBuf waiting = stream.waiting();
        if (waiting.isReadable() && !stream.headersSent) {
            stream.headersSent = true;
            writeHeaders(context, RESPONSE_HEADERS, stream.id, false);
        }
        if (waiting.readableBytes() > FRAME_PAYLOAD) { // or large answers are copied again and again as it grows
            int frames = waiting.readableBytes() / FRAME_PAYLOAD + 1;
            out(context).ensureWritable(waiting.readableBytes() + frames * FRAME_HEADER);
        }
        while (waiting.isReadable()) {
            int length =
                    (int) Math.min(Math.min(window, stream.window), Math.min(FRAME_PAYLOAD, waiting.readableBytes()));
            if (length <= 0) {
                break;
            }
            FrameWriter.writeHeader(out(context), length, FrameType.DATA, FrameFlags.NONE, stream.id);
            out(context).writeBytes(waiting, length);
            window -= length;
            stream.window -= length;
        }
        boolean done = !waiting.isReadable();
        stream.compact();
        if (done && stream.ends && (stream.headersSent || !stream.rpc.isUnary())) {
            writeHeaders(context, stream.headersSent ? OK_TRAILERS : UNIMPLEMENTED, stream.id, true);
            drop(stream.id);
        }
    }

    private void drop(int streamId) {
        ServerStream stream = streams.remove(streamId);
        if (stream != null) {
            stream.release();
        }
    }
}
