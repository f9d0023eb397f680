package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.tikvdirect.transport.internal.http2.ConnectionErrorException;
import io.tikvdirect.transport.internal.http2.FrameFlags;
import io.tikvdirect.transport.internal.http2.FrameLog;
import io.tikvdirect.transport.internal.http2.Http2ErrorCode;
import io.tikvdirect.transport.internal.http2.Http2FrameParser;
import io.tikvdirect.transport.internal.http2.PeerGreeting;
import io.tikvdirect.transport.internal.http2.PeerSettings;
import io.tikvdirect.transport.internal.http2.ReceiveWindow;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its event loop: the life of one HTTP/2 connection and of the calls on it.
 *
 * <p>Calls may be started from the first moment: until the channel stands they wait. When it stands, preface, SETTINGS
 * and the waiting calls' HEADERS leave in one flush, without waiting for the peer's SETTINGS (RFC 9113 section 3.4,
 * H20). Whatever ends the connection goes through {@link #fail}, which ends every call with the cause first.
 */
final class Http2Connection implements KeepAlive.Connection {
    private static final long KEEP_ALIVE_PAYLOAD = 0x74696b762d646972L;

    private final GrpcConnection face;
    private final TransportOptions options;
    private final EventLoop loop;
    private final LongSupplier clock;
    private final TransportCounters counters = new TransportCounters();
    private final FrameLog frameLog = new FrameLog();
    private final PeerGreeting greeting = new PeerGreeting();
    private final PeerSettings peer = new PeerSettings();
    private final SendCredit sendCredit;
    private final ReceiveWindow receiveWindow;
    private final ConnectionWriter writer;
    private final StreamTable streams;
    private final KeepAlive keepAlive;
    private final Http2FrameParser parser;
    private final InboundFrames frames;
    private final ReusableReceiveBuffer receiveBuffer;
    private final CallStarter calls;
    private final SettingsTimer settingsTimer;

    private @Nullable Channel channel;
    private boolean established;
    private boolean draining;
    private boolean closed;
    private String goAwayReason = "";

    Http2Connection(
            final GrpcConnection face,
            final TransportOptions options,
            final String authority,
            final EventLoop loop,
            final LongSupplier clock) {
        this.face = face;
        this.options = options;
        this.loop = loop;
        this.clock = clock;
        receiveWindow = new ReceiveWindow(options.connectionWindow());
        writer = new ConnectionWriter(options.allocator(), counters, frameLog);
        streams = new StreamTable(options.maxWaitingCalls(), options.firstStreamId());
        keepAlive = new KeepAlive(this, options, clock);
        parser = new Http2FrameParser(options.maxFrameSize(), frameLog);
        frames = new InboundFrames(this, options.allocator());
        receiveBuffer = new ReusableReceiveBuffer(options.receiveBufferSize());
        sendCredit = new SendCredit(peer, writer, streams, loop);
        calls = new CallStarter(this, new RequestHeaders(options, authority), loop);
        settingsTimer = new SettingsTimer(loop, options.connectTimeout().toMillis());
    }

    // ---- parts for streams and frames ----

    TransportOptions options() {
        return options;
    }

    TransportCounters counters() {
        return counters;
    }

    ConnectionWriter writer() {
        return writer;
    }

    StreamTable streams() {
        return streams;
    }

    PeerSettings peer() {
        return peer;
    }

    SendCredit sendCredit() {
        return sendCredit;
    }

    ReceiveWindow receiveWindow() {
        return receiveWindow;
    }

    CallStarter calls() {
        return calls;
    }

    ReusableReceiveBuffer receiveBuffer() {
        return receiveBuffer;
    }

    long nowNs() {
        return clock.getAsLong();
    }

    boolean isClosed() {
        return closed;
    }

    boolean isEstablished() {
        return established;
    }

    boolean takesCalls() {
        return !closed && !draining;
    }

    @Nullable
    TransportException closeCause() {
        return face.closeCause();
    }

    // ---- establishing ----

    /** The channel exists and is connecting; closing the connection now closes it. */
    void channel(final Channel newChannel) {
        channel = newChannel;
        if (closed) {
            close(newChannel);
        }
    }

    /** TCP, TLS and ALPN stand. */
    void onEstablished(final ChannelHandlerContext context) {
        if (closed) {
            close(context.channel());
            return;
        }
        channel = context.channel();
        established = true;
        writer.open(context);
        keepAlive.open(loop);
        writeOrEnd(() -> writer.writePreface(options));
        if (closed) {
            return;
        }
        face.onReady();
        calls.admitWaiting();
        writer.flush();
    }

    /** The peer's first SETTINGS frame is complete. */
    void onPeerSettings() {
        settingsTimer.cancel();
    }

    /** A call has sent its headers: from now on silence is noticed. */
    void onCallActive() {
        keepAlive.onActive();
        if (!parser.isSettingsSeen()) {
            settingsTimer.start(this::onNoSettings);
        }
    }

    private void onNoSettings() {
        final String message = "the peer sent no HTTP/2 SETTINGS within " + settingsTimer.timeoutMs()
                + " ms of the first request but " + greeting.describe();
        fail(TransportException.Kind.CONNECT_TIMEOUT, message, null);
    }

    void onStreamClosed(final GrpcStream stream, final long droppedBytes) {
        streams.remove(stream);
        if (closed) {
            return;
        }
        giveConnectionCredit((int) droppedBytes);
        calls.admitWaiting();
        closeIfDrained();
    }

    // ---- sending ----

    void onBlocked(final GrpcStream stream) {
        streams.block(stream);
    }

    void sendReset(final int streamId, final int errorCode) {
        streams.rememberReset(streamId);
        if (closed) {
            return;
        }
        writeOrEnd(() -> writer.writeRstStream(streamId, errorCode));
    }

    /** A control frame that cannot be written, for want of memory or of a peer that reads, is the connection's end. */
    private void writeOrEnd(final ConnectionWriter.ControlFrame frame) {
        try {
            frame.write();
        } catch (ConnectionErrorException e) {
            onConnectionError(e);
        } catch (OutOfMemoryError e) {
            onException(e);
        }
    }

    // ---- receiving ----

    void onRead(final ByteBuf in) {
        counters.onRead(in.readableBytes());
        if (!parser.isSettingsSeen()) {
            greeting.append(in);
        }
        writer.beginRead();
        try {
            parser.parse(in, frames);
        } catch (ConnectionErrorException e) {
            onConnectionError(e);
        }
    }

    void onReadComplete() {
        keepAlive.onRead();
        writer.endRead();
    }

    /** Bytes of a call were consumed: credit may be due. */
    void giveCredit(final GrpcStream stream, final int bytes) throws ConnectionErrorException {
        if (closed || bytes == 0) {
            return;
        }
        giveConnectionCredit(bytes);
        final int increment = stream.receiveWindow().consume(bytes);
        if (increment > 0 && !stream.isClosed() && !stream.isEndReceived()) {
            writer.writeWindowUpdate(stream.id(), increment);
        }
    }

    void giveConnectionCredit(final int bytes) {
        final int increment = bytes == 0 || closed ? 0 : receiveWindow.consume(bytes);
        if (increment > 0) {
            writeOrEnd(() -> writer.writeWindowUpdate(0, increment));
        }
    }

    @Override
    public boolean hasActiveCalls() {
        return streams.activeCount() > 0;
    }

    @Override
    public void sendKeepAlivePing() {
        writeOrEnd(() -> writer.writePing(KEEP_ALIVE_PAYLOAD, FrameFlags.NONE));
    }

    @Override
    public void onKeepAliveTimeout() {
        final long silenceMs =
                options.keepAliveTime().plus(options.keepAliveTimeout()).toMillis();
        fail(TransportException.Kind.KEEPALIVE_TIMEOUT, "no byte from the peer for " + silenceMs + " ms", null);
    }

    // ---- ending ----

    /** GOAWAY: calls above the last id were not processed; the others may finish. */
    void onGoAway(final int lastStreamId, final int errorCode, final String debug) {
        goAwayReason = "GOAWAY " + Http2ErrorCode.name(errorCode) + (debug.isEmpty() ? "" : " \"" + debug + "\"");
        if (errorCode == Http2ErrorCode.ENHANCE_YOUR_CALM && debug.equals("too_many_pings")) {
            face.onTooManyPings();
        }
        drain("the server sent " + goAwayReason);
        streams.closeAbove(lastStreamId, "above the last stream id " + lastStreamId + " of " + goAwayReason);
        closeIfDrained();
    }

    /** No more calls; those that wait fail as unprocessed. */
    void drain(final String reason) {
        if (draining) {
            return;
        }
        draining = true;
        face.onDraining();
        streams.closeWaiting(reason, null);
    }

    void closeGracefully() {
        if (!closed) {
            drain("the connection is closing");
            closeIfDrained();
        }
    }

    private void closeIfDrained() {
        if (!draining || closed || !streams.isEmpty()) {
            return;
        }
        if (goAwayReason.isEmpty()) {
            fail(TransportException.Kind.LOCAL_CLOSE, "closed by this side after its last call", null);
        } else {
            fail(TransportException.Kind.GOAWAY, "the server sent " + goAwayReason, null);
        }
    }

    void onConnectionError(final ConnectionErrorException e) {
        final boolean notHttp2 = !frames.isSettingsComplete() && !parser.isSettingsSeen();
        if (notHttp2) {
            fail(TransportException.Kind.NOT_HTTP2, "the peer is not HTTP/2: it sent " + greeting.describe(), e);
        } else {
            final String message = Http2ErrorCode.name(e.errorCode()) + ": " + e.getMessage();
            end(
                    new TransportException(TransportException.Kind.PROTOCOL_ERROR, message, e, frameLog.describe()),
                    e.errorCode());
        }
    }

    /** The channel is closed by the peer or broken. */
    void onInactive() {
        if (!goAwayReason.isEmpty()) {
            fail(EndOfChannel.afterGoAway(goAwayReason));
        } else if (established && !parser.isSettingsSeen()) {
            fail(EndOfChannel.beforeSettings(greeting));
        } else {
            fail(EndOfChannel.ofClose());
        }
    }

    void onException(final Throwable cause) {
        fail(EndOfChannel.ofException(cause));
    }

    private void fail(final EndOfChannel end) {
        fail(end.kind(), end.message(), end.cause());
    }

    void fail(final TransportException.Kind kind, final String message, final @Nullable Throwable cause) {
        if (!closed) {
            end(new TransportException(kind, message, cause, frameLog.describe()), Http2ErrorCode.NO_ERROR);
        }
    }

    /** Ends everything, once: calls first, then the listener of the connection. */
    void end(final TransportException cause, final int errorCode) {
        if (closed) {
            return;
        }
        closed = true;
        Log.LOGGER.debug("connection {} ends: {} [{}]", face, cause.getMessage(), cause.frameLog());
        parser.stop();
        keepAlive.close();
        settingsTimer.cancel();
        sendCredit.close();
        sayGoAway(cause, errorCode);
        writer.close();
        streams.closeAll("the connection ended: " + cause.getMessage(), cause);
        frames.release();
        receiveBuffer.release();
        calls.close();
        if (channel != null) {
            close(channel);
        }
        face.onClosed(cause);
    }

    /** Nothing is left to be done when the channel is closed, so nobody waits for it. */
    private static void close(final Channel channel) {
        final ChannelFuture unused = channel.close();
    }

    /** The farewell is a courtesy: even without memory for it everything else must happen. */
    private void sayGoAway(final TransportException cause, final int errorCode) {
        if (!established) {
            return;
        }
        try {
            final boolean graceful = errorCode == Http2ErrorCode.NO_ERROR;
            writer.writeGoAway(errorCode, graceful ? "" : String.valueOf(cause.getMessage()));
        } catch (OutOfMemoryError e) {
            Log.LOGGER.warn("no memory to send GOAWAY on {}", face, e);
        }
    }

    void onStreamEnded(final GrpcStream stream) {
        // stays in the table until its last message is consumed, so that the end of the connection finds it
        assert streams.find(stream.id()) == stream || closed;
    }
}
