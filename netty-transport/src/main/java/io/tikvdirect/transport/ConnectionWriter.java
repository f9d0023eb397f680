package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.tikvdirect.transport.internal.http2.ConnectionErrorException;
import io.tikvdirect.transport.internal.http2.FrameFlags;
import io.tikvdirect.transport.internal.http2.FrameLog;
import io.tikvdirect.transport.internal.http2.FrameType;
import io.tikvdirect.transport.internal.http2.FrameWriter;
import io.tikvdirect.transport.internal.http2.Http2ErrorCode;
import io.tikvdirect.transport.internal.http2.Http2Limits;
import io.tikvdirect.transport.internal.http2.PeerSettings;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its connection's event loop: everything that a connection writes, and when it is flushed.
 *
 * <p>While a read is being handled nothing is flushed before its end, so that all answers to one read leave in one
 * write. Outside of reads, messages are flushed when their sender says so; control frames and request headers are
 * flushed at the end of the loop's turn at the latest.
 */
final class ConnectionWriter {
    private final ByteBufAllocator allocator;
    private final MessageBuffers messages;
    private final TransportCounters counters;
    private final FrameLog frameLog;
    private final Runnable deferredFlush = this::runDeferredFlush;

    private @Nullable ChannelHandlerContext context;
    private boolean reading;
    private boolean dirty;
    private boolean flushDeferred;
    private int controlBacklog;
    private int controlUnflushed;

    ConnectionWriter(final ByteBufAllocator allocator, final TransportCounters counters, final FrameLog frameLog) {
        this.allocator = allocator;
        this.messages = new MessageBuffers(allocator);
        this.counters = counters;
        this.frameLog = frameLog;
    }

    void open(final ChannelHandlerContext newContext) {
        context = newContext;
    }

    /** From now on everything written is released. */
    void close() {
        context = null;
        messages.release();
    }

    /** Whether the socket takes more; before the connection stands nothing is in the way. */
    boolean isWritable() {
        final ChannelHandlerContext ctx = context;
        return ctx == null || ctx.channel().isWritable();
    }

    /** A buffer that grows when it must (<i>gives</i>). */
    ByteBuf newBuffer(final int capacity) {
        return allocator.directBuffer(capacity);
    }

    /** A buffer for exactly so many bytes, which allocators can cut from a larger one (<i>gives</i>). */
    ByteBuf newFixedBuffer(final int length) {
        return allocator.directBuffer(length, length);
    }

    /** Gives a buffer for a whole message. */
    ByteBuf newMessage(final int capacity) {
        return messages.take(capacity);
    }

    /** Writes; takes the buffer. */
    void write(final ByteBuf buffer) {
        final ChannelHandlerContext ctx = context;
        if (ctx == null) {
            buffer.release();
            return;
        }
        dirty = true;
        counters.onBytesSent(buffer.readableBytes());
        final ChannelFuture unused = ctx.write(buffer, ctx.voidPromise());
    }

    void noteSent(final int type, final int flags, final int streamId, final int length) {
        frameLog.sent(type, flags, streamId, length);
    }

    // ---- flushing ----

    void beginRead() {
        reading = true;
    }

    void endRead() {
        reading = false;
        flushNow();
    }

    /** Flushes now, or at the end of the read that is being handled. */
    void flush() {
        if (!reading) {
            flushNow();
        }
    }

    /** Flushes at the end of the read or of the loop's turn, unless someone does before. */
    void flushSoon() {
        final ChannelHandlerContext ctx = context;
        if (ctx != null && !reading && !flushDeferred) {
            flushDeferred = true;
            ctx.executor().execute(deferredFlush);
        }
    }

    private void runDeferredFlush() {
        flushDeferred = false;
        flush();
    }

    private void flushNow() {
        final ChannelHandlerContext ctx = context;
        if (dirty && ctx != null) {
            dirty = false;
            controlUnflushed = 0;
            counters.onFlush();
            ctx.flush();
        }
    }

    // ---- control frames ----

    /** Writes itself. */
    interface ControlFrame {
        void write() throws ConnectionErrorException;
    }

    void writePreface(final TransportOptions options) {
        final ByteBuf out = newBuffer(128);
        FrameWriter.writePreface(out);
        final int settings = 4;
        FrameWriter.writeHeader(out, settings * 6, FrameType.SETTINGS, FrameFlags.NONE, 0);
        FrameWriter.writeSetting(out, PeerSettings.ENABLE_PUSH, 0);
        FrameWriter.writeSetting(out, PeerSettings.INITIAL_WINDOW_SIZE, options.streamWindow());
        FrameWriter.writeSetting(out, PeerSettings.MAX_FRAME_SIZE, options.maxFrameSize());
        FrameWriter.writeSetting(out, PeerSettings.MAX_HEADER_LIST_SIZE, Http2Limits.MAX_HEADER_LIST_SIZE);
        noteSent(FrameType.SETTINGS, FrameFlags.NONE, 0, settings * 6);
        final int moreWindow = options.connectionWindow() - Http2Limits.INITIAL_WINDOW;
        if (moreWindow > 0) {
            FrameWriter.writeWindowUpdate(out, 0, moreWindow);
            noteSent(FrameType.WINDOW_UPDATE, FrameFlags.NONE, 0, 4);
        }
        write(out);
    }

    void writeSettingsAck() throws ConnectionErrorException {
        countControl();
        final ByteBuf out = newFixedBuffer(Http2Limits.FRAME_HEADER_LENGTH);
        FrameWriter.writeHeader(out, 0, FrameType.SETTINGS, FrameFlags.ACK, 0);
        writeControl(out, FrameType.SETTINGS, FrameFlags.ACK, 0);
    }

    void writePing(final long payload, final int flags) throws ConnectionErrorException {
        countControl();
        final ByteBuf out = newFixedBuffer(Http2Limits.FRAME_HEADER_LENGTH + 8);
        FrameWriter.writePing(out, payload, flags);
        writeControl(out, FrameType.PING, flags, 0);
    }

    void writeRstStream(final int streamId, final int errorCode) throws ConnectionErrorException {
        countControl();
        final ByteBuf out = newFixedBuffer(Http2Limits.FRAME_HEADER_LENGTH + 4);
        FrameWriter.writeRstStream(out, streamId, errorCode);
        writeControl(out, FrameType.RST_STREAM, FrameFlags.NONE, streamId);
    }

    void writeWindowUpdate(final int streamId, final int increment) throws ConnectionErrorException {
        countControl();
        final ByteBuf out = newFixedBuffer(Http2Limits.FRAME_HEADER_LENGTH + 4);
        FrameWriter.writeWindowUpdate(out, streamId, increment);
        counters.onWindowUpdateSent();
        writeControl(out, FrameType.WINDOW_UPDATE, FrameFlags.NONE, streamId);
    }

    /** The last frame of a connection; flushed at once. */
    void writeGoAway(final int errorCode, final String debug) {
        final ByteBuf out = newFixedBuffer(Http2Limits.FRAME_HEADER_LENGTH + 8 + Http2Limits.MAX_GOAWAY_DEBUG);
        FrameWriter.writeGoAway(out, errorCode, debug);
        noteSent(FrameType.GOAWAY, FrameFlags.NONE, 0, out.readableBytes() - Http2Limits.FRAME_HEADER_LENGTH);
        write(out);
        flushNow();
    }

    private void writeControl(final ByteBuf out, final int type, final int flags, final int streamId) {
        noteSent(type, flags, streamId, out.readableBytes() - Http2Limits.FRAME_HEADER_LENGTH);
        write(out);
        if (++controlUnflushed >= Http2Limits.CONTROL_FLUSH_BATCH) {
            flushNow();
        } else {
            flushSoon();
        }
    }

    /** Called before each control frame. A peer that makes us answer and does not read must not grow our queue. */
    private void countControl() throws ConnectionErrorException {
        final ChannelHandlerContext ctx = context;
        if (ctx == null || (controlUnflushed == 0 && isTakenBySocket(ctx.channel()))) {
            controlBacklog = 0;
        }
        if (++controlBacklog > Http2Limits.MAX_CONTROL_BACKLOG) {
            throw new ConnectionErrorException(
                    Http2ErrorCode.ENHANCE_YOUR_CALM,
                    "more than " + Http2Limits.MAX_CONTROL_BACKLOG
                            + " control frames wait for a peer that does not read");
        }
    }

    private static boolean isTakenBySocket(final Channel channel) {
        final ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting == null || waiting.isEmpty();
    }
}
