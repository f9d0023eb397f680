package io.tikvdirect.transport;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.tikvdirect.transport.internal.http2.FlowWindow;
import io.tikvdirect.transport.internal.http2.Http2Limits;
import io.tikvdirect.transport.internal.http2.PeerSettings;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its connection's event loop: how much the calls of a connection may send now, and whose turn it is when
 * credit or room appears. Small windows are saved up for a while instead of being spent on tiny frames.
 */
final class SendCredit {
    /** Bytes that one call may write before the next blocked one has its turn. */
    private static final int FAIR_QUANTUM = 64 * 1024;

    private final FlowWindow connectionWindow = new FlowWindow(Http2Limits.INITIAL_WINDOW);
    private final PeerSettings peer;
    private final ConnectionWriter writer;
    private final StreamTable streams;
    private final EventLoop loop;
    private @Nullable ScheduledFuture<?> smallWindowTimer;
    private boolean smallFramesAllowed;
    private boolean closed;

    SendCredit(
            final PeerSettings peer, final ConnectionWriter writer, final StreamTable streams, final EventLoop loop) {
        this.peer = peer;
        this.writer = writer;
        this.streams = streams;
        this.loop = loop;
    }

    FlowWindow connectionWindow() {
        return connectionWindow;
    }

    /** What one frame of a stream may carry now. */
    int available(final FlowWindow streamWindow) {
        return Math.min(peer.maxFrameSize(), Math.min(connectionWindow.available(), streamWindow.available()));
    }

    /** So much is sent on a stream. */
    void consume(final FlowWindow streamWindow, final int length) {
        streamWindow.consume(length);
        connectionWindow.consume(length);
    }

    /** Length of the next frame of waiting bytes; 0 = wait. Small windows are saved up, see Http2Limits. */
    int nextFrameLength(final FlowWindow streamWindow, final long waitingBytes) {
        if (!writer.isWritable()) {
            return 0;
        }
        final int length = (int) Math.min(waitingBytes, available(streamWindow));
        if (length == 0 || length == waitingBytes || length >= Http2Limits.MIN_DATA_FRAME || smallFramesAllowed) {
            return length;
        }
        if (smallWindowTimer == null) {
            smallWindowTimer =
                    loop.schedule(this::useSmallWindows, Http2Limits.SMALL_WINDOW_DELAY_MS, TimeUnit.MILLISECONDS);
        }
        return 0;
    }

    private void useSmallWindows() {
        smallWindowTimer = null;
        if (!closed) {
            smallFramesAllowed = true;
            drainBlocked();
            smallFramesAllowed = false;
            writer.flush();
        }
    }

    /** Credit or room appeared: every blocked call has its turn, until none gets further. */
    void drainBlocked() {
        boolean progress = true;
        while (progress) {
            progress = false;
            for (int left = streams.blockedCount(); left > 0; left--) {
                final GrpcStream stream = streams.pollBlocked();
                progress |= stream != null && !stream.isClosed() && stream.drain(FAIR_QUANTUM);
            }
        }
    }

    void onWritabilityChanged() {
        if (closed || !writer.isWritable()) {
            return;
        }
        drainBlocked();
        for (final GrpcStream stream : streams.allActive()) {
            stream.notifyWritable();
        }
        writer.flushSoon();
    }

    void close() {
        closed = true;
        if (smallWindowTimer != null) {
            smallWindowTimer.cancel(false);
            smallWindowTimer = null;
        }
    }
}
