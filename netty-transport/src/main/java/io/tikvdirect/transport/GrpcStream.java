package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.concurrent.ScheduledFuture;
import io.tikvdirect.codec.grpc.GrpcFramingException;
import io.tikvdirect.codec.grpc.GrpcMessagePrefix;
import io.tikvdirect.transport.internal.http2.ConnectionErrorException;
import io.tikvdirect.transport.internal.http2.FlowWindow;
import io.tikvdirect.transport.internal.http2.FrameFlags;
import io.tikvdirect.transport.internal.http2.Http2ErrorCode;
import io.tikvdirect.transport.internal.http2.ReceiveWindow;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its connection's event loop: one call and the HTTP/2 stream that carries it.
 *
 * <p>Life: <em>waiting</em> (no id; messages queue up) → <em>active</em> (HEADERS sent, in the stream table) →
 * <em>ended</em> (the peer's END_STREAM, a reset of either side, the deadline, the end of the connection) →
 * <em>closed</em> (status given to the listener, exactly once). Between ended and closed lie messages that the listener
 * has not asked for yet. Everything that can end a call goes through {@link #close}.
 */
final class GrpcStream implements GrpcCall, InboundMessages.Sink, ResponseHead.Call {
    private final Http2Connection connection;
    private final ConnectionWriter writer;
    private final GrpcMethod method;
    private final CallOptions options;
    private final GuardedListener listener;
    private final OutboundMessages outbound;
    private final InboundMessages inbound;
    private final FlowWindow sendWindow = new FlowWindow(0);
    private final ResponseHead response;
    private final ReceiveWindow receiveWindow;
    private final Writability writability;
    private final boolean compress;

    private int id;
    private boolean sendClosing;
    private boolean endSent;
    private boolean endReceived;
    private boolean closed;
    private boolean inBlockedQueue;
    private @Nullable GrpcStatus endStatus;
    private @Nullable ScheduledFuture<?> deadline;

    GrpcStream(
            final Http2Connection connection,
            final GrpcMethod method,
            final CallOptions options,
            final GrpcCallListener listener) {
        this.connection = connection;
        this.method = method;
        this.options = options;
        this.listener = new GuardedListener(listener, method);
        writer = connection.writer();
        final TransportOptions transport = connection.options();
        compress = options.gzip() && transport.compression() == Compression.GZIP;
        final byte flag = compress ? GrpcMessagePrefix.COMPRESSED : GrpcMessagePrefix.IDENTITY;
        outbound = new OutboundMessages(writer, connection.counters(), flag);
        inbound = new InboundMessages(transport.allocator(), this, options.initialDemand());
        response = new ResponseHead(transport.compression() == Compression.GZIP, this);
        receiveWindow = new ReceiveWindow(transport.streamWindow());
        writability = new Writability(writer, transport.writeHighWaterMark());
    }

    // ---- life ----

    int id() {
        return id;
    }

    GrpcMethod method() {
        return method;
    }

    CallOptions callOptions() {
        return options;
    }

    void deadline(final ScheduledFuture<?> timer) {
        deadline = timer;
    }

    /** HEADERS were written; what waits may follow. */
    void activate(final int newId, final int initialWindow) {
        id = newId;
        sendWindow.add(initialWindow);
        drain(Long.MAX_VALUE);
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    /** Whether the peer may still send on the stream. */
    boolean isEndReceived() {
        return endReceived;
    }

    /** Ends the call: everything is released, the stream leaves the table, the listener is told. Idempotent. */
    void close(final GrpcStatus status) {
        if (closed) {
            return;
        }
        closed = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
        outbound.release();
        final long dropped = inbound.release();
        connection.onStreamClosed(this, dropped);
        listener.onClosed(status);
    }

    /** Ends the call from this side and tells the peer, unless it has nothing more to be told. */
    void reset(final int errorCode, final GrpcStatus status) {
        if (closed) {
            return;
        }
        if (id != 0 && !(endSent && endReceived)) {
            endSent = true;
            connection.sendReset(id, errorCode);
        }
        close(status);
    }

    // ---- sending ----

    @Override
    public ByteBuf newMessage(final int capacityHint) {
        final int headRoom = OutboundMessages.HEAD_ROOM;
        return writer.newMessage(headRoom + capacityHint).setIndex(headRoom, headRoom);
    }

    @Override
    public boolean send(final ByteBuf message) {
        return send(message, false);
    }

    @Override
    public boolean sendLast(final ByteBuf message) {
        return send(message, true);
    }

    private boolean send(final ByteBuf plain, final boolean last) {
        if (closed || sendClosing) {
            plain.release();
            return false;
        }
        sendClosing = last;
        connection.counters().onMessageSent();
        try {
            return write(
                    compress ? GzipMessages.compress(plain, () -> newMessage(plain.readableBytes())) : plain, last);
        } catch (OutOfMemoryError e) {
            return failed(e);
        }
    }

    /** Part of a frame may have been written: the connection ends, and this call with it. */
    private boolean failed(final OutOfMemoryError exhausted) {
        connection.onException(exhausted);
        return false;
    }

    private boolean write(final ByteBuf message, final boolean last) {
        final int length = message.readableBytes();
        if (mayWriteWhole(length)) {
            connection.sendCredit().consume(sendWindow, length + GrpcMessagePrefix.LENGTH);
            outbound.writeWhole(id, message, length, endFlag(last));
            return true;
        }
        outbound.add(message, length);
        drain(Long.MAX_VALUE);
        return checkPending();
    }

    @Override
    public boolean sendParts(final ByteBuf[] parts, final int count) {
        if (closed || sendClosing) {
            OutboundMessages.releaseAll(parts, 0, count);
            return false;
        }
        try {
            return compress
                    ? send(GzipMessages.join(parts, count, () -> writer.newBuffer(parts[0].readableBytes())), false)
                    : write(parts, count);
        } catch (OutOfMemoryError e) {
            return failed(e);
        }
    }

    private boolean write(final ByteBuf[] parts, final int count) {
        connection.counters().onMessageSent();
        final int length = OutboundMessages.lengthOf(parts, count);
        if (mayWriteWhole(length)) {
            connection.sendCredit().consume(sendWindow, length + GrpcMessagePrefix.LENGTH);
            outbound.writeWhole(id, parts, count, length);
            return true;
        }
        outbound.add(parts, count, length);
        drain(Long.MAX_VALUE);
        return checkPending();
    }

    @Override
    public void halfClose() {
        if (!closed && !sendClosing) {
            sendClosing = true;
            drain(Long.MAX_VALUE);
            writer.flushSoon();
        }
    }

    @Override
    public void cancel() {
        reset(Http2ErrorCode.CANCEL, GrpcStatus.of(GrpcStatusCode.CANCELLED, "cancelled by the caller", null));
    }

    @Override
    public void flush() {
        writer.flush();
    }

    private boolean mayWriteWhole(final int messageLength) {
        return id != 0
                && outbound.isEmpty()
                && messageLength <= connection.sendCredit().available(sendWindow) - GrpcMessagePrefix.LENGTH
                && writer.isWritable();
    }

    private int endFlag(final boolean last) {
        endSent = last;
        return last ? FrameFlags.END_STREAM : FrameFlags.NONE;
    }

    private boolean checkPending() {
        final long limit = connection.options().maxPendingBytesPerCall();
        if (outbound.waitingBytes() <= limit) {
            return true;
        }
        final String message = "more than " + limit + " bytes wait for the peer's window; send only while isWritable()";
        reset(Http2ErrorCode.CANCEL, GrpcStatus.of(GrpcStatusCode.RESOURCE_EXHAUSTED, message, null));
        return false;
    }

    /** Writes what waits as far as the windows allow, at most about {@code quantum} bytes; tells whether it wrote. */
    boolean drain(final long quantum) {
        try {
            return id != 0 && !endSent && writeWaiting(quantum);
        } catch (OutOfMemoryError e) {
            return failed(e);
        }
    }

    private boolean writeWaiting(final long quantum) {
        long written = 0;
        while (!outbound.isEmpty() && written < quantum) {
            final int length = connection.sendCredit().nextFrameLength(sendWindow, outbound.waitingBytes());
            if (length == 0) {
                break;
            }
            connection.sendCredit().consume(sendWindow, length);
            outbound.writeFrame(id, length, endFlag(sendClosing && length == outbound.waitingBytes()));
            written += length;
        }
        if (!outbound.isEmpty()) {
            connection.onBlocked(this);
        } else if (sendClosing && !endSent) {
            outbound.writeFrame(id, 0, endFlag(true));
        }
        notifyWritable();
        return written > 0;
    }

    boolean isInBlockedQueue() {
        return inBlockedQueue;
    }

    void inBlockedQueue(final boolean queued) {
        inBlockedQueue = queued;
    }

    @Override
    public boolean isWritable() {
        return writability.ask(!closed && !sendClosing, outbound.waitingBytes());
    }

    void notifyWritable() {
        if (writability.takeReturn(!closed && !sendClosing, outbound.waitingBytes())) {
            endAfter(listener.onWritable());
        }
    }

    @Override
    public long pendingBytes() {
        return outbound.waitingBytes();
    }

    /** WINDOW_UPDATE or a changed initial window; false = the window overflows. */
    boolean addCredit(final long delta) {
        return sendWindow.add(delta);
    }

    // ---- receiving ----

    ReceiveWindow receiveWindow() {
        return receiveWindow;
    }

    @Override
    public void request(final int messages) {
        if (messages < 1) {
            throw new IllegalArgumentException("request at least one message: " + messages);
        }
        if (closed) {
            return;
        }
        inbound.addDemand(messages);
        try {
            connection.giveCredit(this, inbound.deliverAside());
        } catch (GrpcFramingException e) {
            onMalformed(e);
        } catch (ConnectionErrorException e) {
            connection.onConnectionError(e);
        } catch (OutOfMemoryError e) {
            connection.onException(e);
        }
        closeIfDelivered();
    }

    void onData(final ByteBuf in, final int length) throws ConnectionErrorException {
        int consumed = length;
        if (response.takesMessages(in, length)) {
            try {
                consumed = inbound.onBytes(in, length);
            } catch (GrpcFramingException e) {
                onMalformed(e);
            }
        }
        connection.giveCredit(this, consumed);
    }

    private void onMalformed(final GrpcFramingException e) {
        reset(Http2ErrorCode.CANCEL, ResponseHeaders.ofMalformed(e));
    }

    @Override
    public void deliver(final ByteBuf message) {
        connection.counters().onMessageReceived();
        endAfter(listener.onMessage(message));
    }

    private void endAfter(final @Nullable GrpcStatus listenerFailure) {
        if (listenerFailure != null) {
            reset(Http2ErrorCode.CANCEL, listenerFailure);
        }
    }

    void onHeaders(final Http2Headers headers, final boolean endStream) {
        response.onHeaders(headers, endStream);
    }

    @Override
    public void onResponse(final Metadata metadata, final boolean gzip) {
        inbound.begin(connection.options().maxMessageSize(), gzip);
        endAfter(listener.onHeaders(metadata));
    }

    @Override
    public void onMalformedResponse(final String what) {
        reset(Http2ErrorCode.PROTOCOL_ERROR, GrpcStatus.of(GrpcStatusCode.INTERNAL, what, null));
    }

    @Override
    public void onUselessResponse(final GrpcStatus status) {
        reset(Http2ErrorCode.CANCEL, status);
    }

    void onDataEnd() {
        onEnd(response.statusWithoutTrailers());
    }

    void onReset(final int errorCode) {
        endReceived = true;
        endSent = true;
        close(ResponseHeaders.ofReset(errorCode));
    }

    /** The peer is done. Messages that were not asked for yet come first. */
    @Override
    public void onEnd(final GrpcStatus status) {
        endReceived = true;
        endStatus = status;
        connection.onStreamEnded(this);
        closeIfDelivered();
    }

    private void closeIfDelivered() {
        final GrpcStatus status = endStatus;
        if (status == null || closed || inbound.asideBytes() > 0) {
            return;
        }
        final boolean cut = status.isOk() && inbound.isInsideMessage();
        final String message = "the stream ended inside a message";
        reset(Http2ErrorCode.NO_ERROR, cut ? GrpcStatus.of(GrpcStatusCode.INTERNAL, message, null) : status);
    }
}
