package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.Http2Headers;
import io.tikvdirect.transport.internal.http2.ConnectionErrorException;
import io.tikvdirect.transport.internal.http2.ControlFrameLimits;
import io.tikvdirect.transport.internal.http2.FrameFlags;
import io.tikvdirect.transport.internal.http2.HeaderBlockReader;
import io.tikvdirect.transport.internal.http2.Http2ErrorCode;
import io.tikvdirect.transport.internal.http2.Http2FrameListener;
import io.tikvdirect.transport.internal.http2.PeerSettings;
import io.tikvdirect.transport.internal.http2.StreamErrorException;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its connection's event loop: what each received frame does to the connection and its calls. Frames for
 * idle streams are connection errors, frames for closed streams are ignored or answered as RFC 9113 section 5.1 says.
 */
final class InboundFrames implements Http2FrameListener {
    private final Http2Connection connection;
    private final ControlFrameLimits limits = new ControlFrameLimits();
    private final HeaderBlockReader headers;
    private boolean settingsComplete;

    /** The call whose DATA frame is being read; null when it is gone. */
    private @Nullable GrpcStream dataStream;

    InboundFrames(final Http2Connection connection, final ByteBufAllocator allocator) {
        this.connection = connection;
        headers = new HeaderBlockReader(allocator);
    }

    boolean isSettingsComplete() {
        return settingsComplete;
    }

    void release() {
        headers.release();
    }

    // ---- DATA ----

    @Override
    public void onDataFrame(final int streamId, final int payloadLength, final int flags)
            throws ConnectionErrorException {
        limits.onData(payloadLength > 0 || FrameFlags.isSet(flags, FrameFlags.END_STREAM));
        if (!connection.receiveWindow().receive(payloadLength)) {
            throw new ConnectionErrorException(
                    Http2ErrorCode.FLOW_CONTROL_ERROR, "DATA beyond the connection's window (RFC 9113 6.9.1)");
        }
        final GrpcStream stream = openStream(streamId, "DATA");
        dataStream = stream;
        if (stream != null && !stream.receiveWindow().receive(payloadLength)) {
            resetForViolation(stream, Http2ErrorCode.FLOW_CONTROL_ERROR, "DATA beyond the stream's window");
        }
    }

    @Override
    public void onDataBytes(final int streamId, final ByteBuf in, final int length) throws ConnectionErrorException {
        final GrpcStream stream = dataStream;
        if (stream == null || stream.isClosed()) {
            connection.giveConnectionCredit(length);
        } else {
            stream.onData(in, length);
        }
    }

    @Override
    public void onDataEnd(final int streamId, final int paddingLength, final boolean endStream)
            throws ConnectionErrorException {
        final GrpcStream stream = dataStream;
        dataStream = null;
        if (stream == null || stream.isClosed()) {
            connection.giveConnectionCredit(paddingLength);
            return;
        }
        connection.giveCredit(stream, paddingLength);
        if (endStream) {
            stream.onDataEnd();
        }
    }

    /** The open call of a stream, or null after doing what a frame for a closed stream deserves. */
    private @Nullable GrpcStream openStream(final int streamId, final String what) throws ConnectionErrorException {
        final GrpcStream stream = connection.streams().find(streamId);
        if (stream != null && !stream.isEndReceived()) {
            return stream;
        }
        verifyNotIdle(streamId, what);
        limits.onLate(connection.nowNs());
        if (stream != null) {
            resetForViolation(stream, Http2ErrorCode.STREAM_CLOSED, what + " after the end of the stream");
        } else if (!connection.streams().wasReset(streamId)) {
            connection.sendReset(streamId, Http2ErrorCode.STREAM_CLOSED);
        }
        return null;
    }

    private void verifyNotIdle(final int streamId, final String what) throws ConnectionErrorException {
        if (connection.streams().isIdle(streamId)) {
            throw new ConnectionErrorException(
                    Http2ErrorCode.PROTOCOL_ERROR, what + " on idle stream " + streamId + " (RFC 9113 5.1)");
        }
    }

    private static void resetForViolation(final GrpcStream stream, final int errorCode, final String message) {
        final String text = Http2ErrorCode.name(errorCode) + ": " + message;
        stream.reset(errorCode, GrpcStatus.of(GrpcStatusCode.INTERNAL, text, null));
    }

    // ---- HEADERS ----

    @Override
    public void onHeadersBegin(final int streamId, final boolean endStream) throws ConnectionErrorException {
        verifyNotIdle(streamId, "HEADERS");
        headers.begin(streamId, endStream);
    }

    @Override
    public void onContinuation() throws ConnectionErrorException {
        headers.continueBlock();
    }

    @Override
    public void onHeaderFragment(final ByteBuf in, final int length) throws ConnectionErrorException {
        headers.append(in, length);
    }

    @Override
    public void onHeadersEnd() throws ConnectionErrorException {
        final int streamId = headers.streamId();
        Http2Headers decoded = null;
        String malformed = "";
        int errorCode = Http2ErrorCode.NO_ERROR;
        try {
            decoded = headers.decode();
        } catch (StreamErrorException e) {
            malformed = String.valueOf(e.getMessage());
            errorCode = e.errorCode();
        }
        final GrpcStream stream = openStream(streamId, "HEADERS");
        if (stream == null) {
            return;
        }
        if (decoded == null) {
            resetForViolation(stream, errorCode, malformed);
        } else {
            stream.onHeaders(decoded, headers.isEndStream());
        }
    }

    // ---- streams ----

    @Override
    public void onRstStream(final int streamId, final int errorCode) throws ConnectionErrorException {
        verifyNotIdle(streamId, "RST_STREAM");
        final GrpcStream stream = connection.streams().find(streamId);
        if (stream == null) {
            limits.onStrayReset(connection.nowNs());
        } else {
            stream.onReset(errorCode);
        }
    }

    @Override
    public void onStreamError(final int streamId, final int errorCode, final String message)
            throws ConnectionErrorException {
        limits.onIgnored(connection.nowNs());
        final GrpcStream stream = connection.streams().find(streamId);
        if (stream != null) {
            resetForViolation(stream, errorCode, message);
        }
    }

    @Override
    public void onWindowUpdate(final int streamId, final int increment) throws ConnectionErrorException {
        limits.onWindowUpdate(connection.nowNs());
        if (streamId == 0) {
            onConnectionWindowUpdate(increment);
            return;
        }
        verifyNotIdle(streamId, "WINDOW_UPDATE");
        final GrpcStream stream = connection.streams().find(streamId);
        if (stream == null) {
            return;
        }
        if (increment == 0) {
            resetForViolation(stream, Http2ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
        } else if (stream.addCredit(increment)) {
            stream.drain(Long.MAX_VALUE);
        } else {
            resetForViolation(stream, Http2ErrorCode.FLOW_CONTROL_ERROR, "window above 2^31-1");
        }
    }

    private void onConnectionWindowUpdate(final int increment) throws ConnectionErrorException {
        if (increment == 0) {
            throw new ConnectionErrorException(
                    Http2ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0 on the connection (RFC 9113 6.9)");
        }
        if (!connection.sendCredit().connectionWindow().add(increment)) {
            throw new ConnectionErrorException(
                    Http2ErrorCode.FLOW_CONTROL_ERROR, "connection window above 2^31-1 (RFC 9113 6.9.1)");
        }
        connection.sendCredit().drainBlocked();
    }

    // ---- the connection ----

    @Override
    public void onSetting(final int identifier, final long value) throws ConnectionErrorException {
        final PeerSettings peer = connection.peer();
        if (!settingsComplete) {
            settingsComplete = true;
            peer.onFirstSettings();
        }
        final int oldWindow = peer.initialWindowSize();
        peer.apply(identifier, value);
        if (identifier == PeerSettings.HEADER_TABLE_SIZE) {
            connection.calls().maxHeaderTableSize(value);
        }
        if (identifier == PeerSettings.INITIAL_WINDOW_SIZE) {
            changeWindows((long) peer.initialWindowSize() - oldWindow);
        }
    }

    /** A changed initial window changes all streams, which may make them negative (RFC 9113 section 6.9.2). */
    private void changeWindows(final long delta) throws ConnectionErrorException {
        for (final GrpcStream stream : connection.streams().allActive()) {
            if (!stream.addCredit(delta)) {
                throw new ConnectionErrorException(
                        Http2ErrorCode.FLOW_CONTROL_ERROR,
                        "INITIAL_WINDOW_SIZE lifts a stream's window above 2^31-1 (RFC 9113 6.9.2)");
            }
        }
    }

    @Override
    public void onSettingsEnd() throws ConnectionErrorException {
        limits.onSettings(connection.nowNs());
        if (!settingsComplete) {
            settingsComplete = true;
            connection.peer().onFirstSettings();
        }
        connection.onPeerSettings();
        connection.writer().writeSettingsAck();
        connection.sendCredit().drainBlocked();
        connection.calls().admitWaiting();
    }

    @Override
    public void onSettingsAck() throws ConnectionErrorException {
        limits.onSettings(connection.nowNs());
    }

    @Override
    public void onPing(final long payload) throws ConnectionErrorException {
        limits.onPing(connection.nowNs());
        connection.writer().writePing(payload, FrameFlags.ACK);
    }

    @Override
    public void onPingAck(final long payload) throws ConnectionErrorException {
        limits.onPing(connection.nowNs());
    }

    @Override
    public void onGoAway(final int lastStreamId, final int errorCode, final String debug)
            throws ConnectionErrorException {
        limits.onSettings(connection.nowNs());
        connection.onGoAway(lastStreamId, errorCode, debug);
    }

    @Override
    public void onIgnoredFrame(final int type) throws ConnectionErrorException {
        limits.onIgnored(connection.nowNs());
    }
}
