package io.tikvdirect.transport;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection to a gRPC server. Confined to its event loop, except that the methods whose comments say so may
 * be called from any thread.
 */
public final class GrpcConnection {
    private final TransportLoop loop;
    private final TransportOptions options;
    private final String name;
    private final ConnectionListener listener;
    private final Http2Connection connection;

    private volatile boolean ready;
    private volatile boolean draining;
    private volatile @Nullable TransportException closeCause;
    private volatile boolean tooManyPings;

    private GrpcConnection(
            final TransportLoop loop,
            final String name,
            final TransportOptions options,
            final ConnectionListener listener,
            final LongSupplier clock) {
        this.loop = loop;
        this.name = name;
        this.options = options;
        this.listener = listener;
        connection = new Http2Connection(this, options, name, loop.eventLoop(), clock);
    }

    /**
     * Begins to connect. Callable from any thread; returns at once, and failures come through the listener. Calls may be
     * started on the loop right away.
     *
     * @param loop that the connection is confined to
     * @param host name or address
     * @param port TCP port
     * @param options of the connection
     * @param listener told of its life
     * @return the connection
     */
    public static GrpcConnection connect(
            final TransportLoop loop,
            final String host,
            final int port,
            final TransportOptions options,
            final ConnectionListener listener) {
        final String name = Connector.authority(host, port);
        final GrpcConnection face = new GrpcConnection(loop, name, options, listener, System::nanoTime);
        new Connector(face.connection, loop, options, host, port).start();
        return face;
    }

    /** A connection over a channel that exists: for tests without sockets. */
    static GrpcConnection over(
            final Channel channel,
            final TransportLoop loop,
            final TransportOptions options,
            final ConnectionListener listener,
            final LongSupplier clock) {
        final GrpcConnection face = new GrpcConnection(loop, "test", options, listener, clock);
        channel.pipeline().addLast(new ConnectionHandler(face.connection, false));
        return face;
    }

    /**
     * Starts a call; only on the loop. Its headers leave with the next flush, at the latest at the end of the loop's
     * turn; while the connection is being made or the server allows no more streams, the call waits.
     *
     * @param method to call
     * @param callOptions of the call
     * @param callListener told of messages and of the end; never before this returns
     * @return the call
     */
    public GrpcCall start(final GrpcMethod method, final CallOptions callOptions, final GrpcCallListener callListener) {
        assert loop.inEventLoop() : "start must be called on the connection's loop";
        return connection.calls().start(method, callOptions, callListener);
    }

    /**
     * The loop that the connection is confined to. Callable from any thread.
     *
     * @return the loop
     */
    public TransportLoop loop() {
        return loop;
    }

    /**
     * Whether TCP, TLS and ALPN stand and it is not closed. Callable from any thread.
     *
     * @return true from {@link ConnectionListener#onReady} on
     */
    public boolean isReady() {
        return ready && closeCause == null;
    }

    /**
     * Whether it takes no more calls. Callable from any thread.
     *
     * @return true from {@link ConnectionListener#onDraining} on
     */
    public boolean isDraining() {
        return draining;
    }

    /**
     * Whether it is gone. Callable from any thread.
     *
     * @return true from {@link ConnectionListener#onClosed} on
     */
    public boolean isClosed() {
        return closeCause != null;
    }

    /**
     * Counters. Callable from any thread.
     *
     * @return live
     */
    public TransportCounters counters() {
        return connection.counters();
    }

    /**
     * The keepalive time that the next connection to this server should use: doubled when the server complained of too
     * many pings (H19). Callable from any thread.
     *
     * @return the configured time or twice that
     */
    public Duration nextKeepAliveTime() {
        final Duration time = options.keepAliveTime();
        return tooManyPings ? time.multipliedBy(2) : time;
    }

    /** Takes no more calls and closes when the last one has ended. Callable from any thread; idempotent. */
    public void closeGracefully() {
        onLoop(connection::closeGracefully);
    }

    /**
     * Closes now; calls end with UNAVAILABLE. Callable from any thread; idempotent.
     *
     * @param reason for the messages of the calls
     */
    public void closeNow(final String reason) {
        onLoop(() -> connection.fail(TransportException.Kind.LOCAL_CLOSE, reason, null));
    }

    private void onLoop(final Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    // ---- from the connection ----

    @Nullable
    TransportException closeCause() {
        return closeCause;
    }

    void onReady() {
        ready = true;
        guarded(() -> listener.onReady(this));
    }

    void onDraining() {
        draining = true;
        guarded(() -> listener.onDraining(this));
    }

    void onTooManyPings() {
        tooManyPings = true;
        Log.LOGGER.warn("{} complains of too many pings; the next connection should ping less often", name);
    }

    void onClosed(final TransportException cause) {
        closeCause = cause;
        guarded(() -> listener.onClosed(this, cause));
    }

    private void guarded(final Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException | Error e) {
            Log.LOGGER.error("listener of connection {} failed", name, e);
        }
    }
}
