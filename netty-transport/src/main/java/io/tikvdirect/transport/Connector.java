package io.tikvdirect.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Makes one connection: names and certificate files in the background, where they may block; TCP and TLS on the loop,
 * to which everything else is confined. All of it must be done within the connect timeout.
 *
 * <p>Addresses of a name are tried in turn. An attempt that TCP leaves unanswered for {@value #STEP_MS} ms gets a second one
 * beside it, to the next address or to the same one if there is no other, and that one is replaced every further
 * {@value #STEP_MS} ms: the kernel repeats a lost SYN only after 1, 3 and 7 seconds, and a peer that comes back between
 * two of these would not be noticed for as long. The first attempt stays, for networks that are that slow. What stands
 * first is used, the rest is closed; there are never more than two.
 */
final class Connector {
    /**
     * Together with the longest pause after a failure, half a second, less than the second within which a client works
     * again: the peer may answer again just before an attempt times out.
     */
    static final long STEP_MS = 300;

    private static final int MOST_ATTEMPTS = 2;

    /** TCP connections being made, the oldest first. */
    private final ArrayDeque<Channel> attempts = new ArrayDeque<>(MOST_ATTEMPTS);

    /** Indices of addresses that answered that nobody is there. */
    private final BitSet failed = new BitSet();

    private final Http2Connection connection;
    private final TransportLoop transportLoop;
    private final EventLoop loop;
    private final TransportOptions options;
    private final String host;
    private final int port;

    private @Nullable ScheduledFuture<?> timer;
    private @Nullable SslContext sslContext;
    private InetAddress[] addresses = {};
    private String phase = "name resolution";
    private int nextAddress;
    private @Nullable ScheduledFuture<?> step;
    private @Nullable Channel chosen;
    private boolean done;

    Connector(
            final Http2Connection connection,
            final TransportLoop transportLoop,
            final TransportOptions options,
            final String host,
            final int port) {
        this.connection = connection;
        this.transportLoop = transportLoop;
        this.options = options;
        this.host = host;
        this.port = port;
        loop = transportLoop.eventLoop();
    }

    static String authority(final String host, final int port) {
        return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]:" + port : host + ":" + port;
    }

    void start() {
        loop.execute(this::begin);
    }

    private void begin() {
        final long timeoutMs = options.connectTimeout().toMillis();
        timer = loop.schedule(this::onTimeout, timeoutMs, TimeUnit.MILLISECONDS);
        try {
            transportLoop.background().execute(this::prepare);
        } catch (RejectedExecutionException e) {
            fail(TransportException.Kind.INTERNAL, "too many connections are being made at once, or closing", e);
        }
    }

    // ---- in the background ----

    private void prepare() {
        try {
            final TlsOptions tls = options.tls();
            final SslContext context = tls == null ? null : TlsContexts.create(tls);
            final InetAddress[] resolved = InetAddress.getAllByName(host);
            onLoop(() -> onPrepared(context, resolved), context);
        } catch (UnknownHostException e) {
            onLoop(() -> fail(TransportException.Kind.UNKNOWN_HOST, "unknown host " + host, e), null);
        } catch (SSLException | RuntimeException e) {
            onLoop(() -> fail(TransportException.Kind.TLS_FAILURE, String.valueOf(e.getMessage()), e), null);
        }
    }

    private void onLoop(final Runnable task, final @Nullable SslContext context) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // the loops were closed meanwhile: the connection has ended with them
            ReferenceCountUtil.release(context);
        }
    }

    // ---- on the loop ----

    private void onPrepared(final @Nullable SslContext context, final InetAddress[] resolved) {
        sslContext = context;
        addresses = resolved;
        attempt();
    }

    /** Begins the next attempt, in place of the younger one when there are two. */
    private void attempt() {
        if (done || connection.isClosed()) {
            finish();
            return;
        }
        if (attempts.size() == MOST_ATTEMPTS) {
            final Future<?> unused = attempts.removeLast().close();
        }
        nextAddress = failed.nextClearBit(nextAddress);
        if (nextAddress >= addresses.length) {
            nextAddress = failed.nextClearBit(0);
        }
        step = loop.schedule(this::attempt, STEP_MS, TimeUnit.MILLISECONDS);
        connect(nextAddress++);
    }

    private void connect(final int index) {
        phase = "TCP connect to " + addresses[index].getHostAddress();
        final ChannelFuture future = new Bootstrap()
                .group(loop)
                .channelFactory(transportLoop.channels())
                .option(ChannelOption.ALLOCATOR, options.allocator())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        options.connectTimeout().toMillis())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(final Channel channel) {
                        initialize(channel);
                    }
                })
                .connect(new InetSocketAddress(addresses[index], port));
        attempts.addLast(future.channel());
        final Future<?> unused = future.addListener(result -> onAttempted(index, future));
    }

    private void initialize(final Channel channel) {
        final SslContext context = sslContext;
        final ConnectionHandler handler = new ConnectionHandler(connection, context != null);
        if (context != null) {
            addTls(channel.pipeline(), context, handler);
        }
        channel.pipeline().addLast(handler);
    }

    private void addTls(final ChannelPipeline pipeline, final SslContext context, final ConnectionHandler handler) {
        final SslHandler tls = TlsContexts.newHandler(context, options, host, port);
        pipeline.addLast(tls);
        final Future<?> unused =
                tls.handshakeFuture().addListener(future -> onHandshake(pipeline, tls, handler, future));
    }

    private void onAttempted(final int index, final ChannelFuture future) {
        if (!attempts.remove(future.channel())) {
            return; // given up: another one stands, or nobody waits any more
        }
        if (future.isSuccess()) {
            onConnected(future.channel());
        } else {
            onRefused(index, future.cause());
        }
    }

    private void onConnected(final Channel channel) {
        chosen = channel;
        abandonAttempts();
        connection.channel(channel);
        phase = sslContext == null ? "" : "TLS handshake";
        if (sslContext == null || connection.isClosed()) {
            finish();
        }
    }

    private void onRefused(final int index, final @Nullable Throwable cause) {
        failed.set(index);
        if (failed.cardinality() == addresses.length) {
            final String reason = cause == null ? "cancelled" : String.valueOf(cause.getMessage());
            fail(TransportException.Kind.CONNECT_FAILED, reason, cause);
        } else if (attempts.isEmpty()) {
            cancel(step);
            attempt();
        }
    }

    /** Closing fails their futures, before any of them can stand: they are finished on this loop. */
    private void abandonAttempts() {
        cancel(step);
        final List<Channel> abandoned = List.copyOf(attempts);
        attempts.clear();
        for (final Channel each : abandoned) {
            final Future<?> unused = each.close();
        }
    }

    private static void cancel(final @Nullable ScheduledFuture<?> scheduled) {
        if (scheduled != null) {
            scheduled.cancel(false);
        }
    }

    private void onHandshake(
            final ChannelPipeline pipeline,
            final SslHandler tls,
            final ConnectionHandler handler,
            final Future<?> handshake) {
        if (pipeline.channel() != chosen) {
            return; // an attempt that came to nothing: that is told by its connect future
        }
        if (!handshake.isSuccess()) {
            final Throwable cause = handshake.cause();
            fail(TransportException.Kind.TLS_FAILURE, TlsContexts.describe(cause), cause);
            return;
        }
        final String protocol = tls.applicationProtocol();
        if (!TlsContexts.HTTP_2.equals(protocol)) {
            final String chosen = protocol == null ? "none" : protocol;
            final String message = "the TLS peer does not speak HTTP/2: ALPN protocol chosen is " + chosen + ", not h2";
            fail(TransportException.Kind.ALPN_MISSING, message, null);
            return;
        }
        finish();
        final ChannelHandlerContext context = pipeline.context(handler);
        if (context != null) {
            handler.onSecured(context);
        }
    }

    private void onTimeout() {
        final long timeoutMs = options.connectTimeout().toMillis();
        fail(TransportException.Kind.CONNECT_TIMEOUT, "no connection within " + timeoutMs + " ms: " + phase, null);
    }

    private void fail(final TransportException.Kind kind, final String message, final @Nullable Throwable cause) {
        finish();
        connection.fail(kind, authority(host, port) + ": " + message, cause);
    }

    /** The connection stands or has failed: nothing of the making is needed any more. */
    private void finish() {
        done = true;
        cancel(timer);
        abandonAttempts();
        ReferenceCountUtil.release(sslContext);
        sslContext = null;
    }
}
