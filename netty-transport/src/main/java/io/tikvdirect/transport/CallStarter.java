package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Headers;
import io.tikvdirect.transport.internal.http2.FrameFlags;
import io.tikvdirect.transport.internal.http2.FrameType;
import io.tikvdirect.transport.internal.http2.FrameWriter;
import io.tikvdirect.transport.internal.http2.HeaderBlockWriter;
import io.tikvdirect.transport.internal.http2.Http2ErrorCode;
import io.tikvdirect.transport.internal.http2.Http2Limits;
import io.tikvdirect.transport.internal.http2.PeerSettings;
import java.util.concurrent.TimeUnit;

/**
 * Confined to its connection's event loop: starts calls, or lets them wait until the connection stands and the server
 * allows another stream. A call that waits has its deadline running; the queue is bounded.
 */
final class CallStarter implements AutoCloseable {
    private final Http2Connection connection;
    private final EventLoop loop;
    private final ConnectionWriter writer;
    private final StreamTable streams;
    private final PeerSettings peer;
    private final RequestHeaders requestHeaders;
    private final HeaderBlockWriter headerWriter = new HeaderBlockWriter();

    CallStarter(final Http2Connection connection, final RequestHeaders requestHeaders, final EventLoop loop) {
        this.connection = connection;
        this.requestHeaders = requestHeaders;
        this.loop = loop;
        writer = connection.writer();
        streams = connection.streams();
        peer = connection.peer();
    }

    /** Follows the peer's SETTINGS_HEADER_TABLE_SIZE. */
    void maxHeaderTableSize(final long size) {
        headerWriter.maxTableSize(size);
    }

    GrpcCall start(final GrpcMethod method, final CallOptions callOptions, final GrpcCallListener listener) {
        final GrpcStream stream = new GrpcStream(connection, method, callOptions, listener);
        if (!connection.takesCalls()) {
            final String state = connection.isClosed() ? "is closed" : "is draining";
            rejectSoon(stream, GrpcStatusCode.UNAVAILABLE, "the connection " + state);
        } else if (callOptions.hasDeadline() && callOptions.deadlineNs() - connection.nowNs() <= 0) {
            rejectSoon(stream, GrpcStatusCode.DEADLINE_EXCEEDED, "the deadline passed before the call was sent");
        } else if (mayActivate()) {
            armDeadline(stream);
            activate(stream);
        } else if (streams.tryWait(stream)) {
            armDeadline(stream);
        } else {
            final String message =
                    "more than " + connection.options().maxWaitingCalls() + " calls wait for the connection";
            rejectSoon(stream, GrpcStatusCode.RESOURCE_EXHAUSTED, message);
        }
        return stream;
    }

    private void rejectSoon(final GrpcStream stream, final GrpcStatusCode code, final String message) {
        final TransportException cause = connection.closeCause();
        loop.execute(() -> stream.close(GrpcStatus.ofUnprocessed(code, message, cause)));
    }

    private void armDeadline(final GrpcStream stream) {
        final CallOptions callOptions = stream.callOptions();
        if (callOptions.hasDeadline()) {
            final long delayNs = Math.max(0, callOptions.deadlineNs() - connection.nowNs());
            stream.deadline(loop.schedule(() -> onDeadline(stream), delayNs, TimeUnit.NANOSECONDS));
        }
    }

    private static void onDeadline(final GrpcStream stream) {
        final boolean unsent = stream.id() == 0;
        final String message = unsent ? "the deadline passed before the call was sent" : "the deadline passed";
        stream.reset(
                Http2ErrorCode.CANCEL,
                new GrpcStatus(GrpcStatusCode.DEADLINE_EXCEEDED, message, Metadata.EMPTY, unsent, null));
    }

    private boolean mayActivate() {
        return connection.isEstablished()
                && connection.takesCalls()
                && !streams.isExhausted()
                && streams.activeCount() < peer.maxConcurrentStreams();
    }

    /** Sends the headers of calls that waited, as far as the peer allows. */
    void admitWaiting() {
        while (mayActivate() && streams.hasWaiting()) {
            final GrpcStream stream = streams.pollWaiting();
            if (stream != null && !stream.isClosed()) {
                activate(stream);
            }
        }
    }

    private void activate(final GrpcStream stream) {
        final Http2Headers headers = requestHeaders.make(stream.method(), stream.callOptions(), connection.nowNs());
        if (HeaderBlockWriter.listSize(headers) > peer.maxHeaderListSize()) {
            final String message = "metadata exceeds the server's limit of " + peer.maxHeaderListSize() + " bytes";
            rejectSoon(stream, GrpcStatusCode.RESOURCE_EXHAUSTED, message);
            return;
        }
        final int id = streams.takeId();
        streams.activate(stream, id);
        connection.counters().onCallStarted();
        try {
            writeHeaders(id, headers);
        } catch (OutOfMemoryError e) {
            endSoon(e);
            return;
        }
        connection.onCallActive();
        stream.activate(id, peer.initialWindowSize());
        writer.flushSoon();
        if (streams.isExhausted()) {
            connection.drain("the stream ids of the connection are used up");
        }
    }

    /**
     * Headers were encoded or written in part: the peer's picture of them is not ours any more, so nothing may follow. Not at
     * once, because no call ends before it has been started.
     */
    private void endSoon(final OutOfMemoryError exhausted) {
        connection.drain("no memory for request headers");
        loop.execute(() -> connection.onException(exhausted));
    }

    /** One HEADERS frame, with CONTINUATION only if the peer's frame size demands it. */
    private void writeHeaders(final int streamId, final Http2Headers headers) {
        final ByteBuf block = writer.newBuffer(256);
        try {
            headerWriter.encode(streamId, headers, block);
            writeHeaders(streamId, block);
        } finally {
            block.release();
        }
    }

    private void writeHeaders(final int streamId, final ByteBuf block) {
        int type = FrameType.HEADERS;
        do {
            final int length = Math.min(block.readableBytes(), peer.maxFrameSize());
            final int flags = length == block.readableBytes() ? FrameFlags.END_HEADERS : FrameFlags.NONE;
            final ByteBuf frame = writer.newFixedBuffer(Http2Limits.FRAME_HEADER_LENGTH + length);
            FrameWriter.writeHeader(frame, length, type, flags, streamId);
            frame.writeBytes(block, length);
            writer.noteSent(type, flags, streamId, length);
            writer.write(frame);
            type = FrameType.CONTINUATION;
        } while (block.isReadable());
    }

    @Override
    public void close() {
        headerWriter.close();
    }
}
