package io.tikvdirect.embedded.internal.serving;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. A gRPC server on 127.0.0.1 that can be started, cut off as by the end of its process, and started again,
 * on the same port or another. Its port is kept for it while it does not listen: a connection to it is refused, and no
 * other process is given it.
 */
public final class LoopbackServer implements AutoCloseable {
    /** TiKV's limit of one Raft entry is 8 MiB; more must still arrive in order to be refused properly. */
    private static final int MAX_MESSAGE_BYTES = 64 << 20;

    /** TiKV's default {@code server.grpc-concurrent-stream}. */
    private static final int MAX_STREAMS = 1024;

    private static final int WINDOW_BYTES = 4 << 20;
    private static final long STOP_TIMEOUT_SECONDS = 5;

    private final ServingLoops loops;
    private final @Nullable ServerTls tls;
    private final AcceptedConnections connections = new AcceptedConnections();
    private final List<ServerServiceDefinition> services = new ArrayList<>();
    private final List<ServerInterceptor> interceptors = new ArrayList<>();
    private @Nullable Server server;
    private @Nullable Socket kept;
    private int port;

    /**
     * A server that does not listen yet.
     *
     * @param tls how it proves who it is, or null for plaintext
     */
    public LoopbackServer(ServingLoops loops, @Nullable ServerTls tls) {
        this.loops = loops;
        this.tls = tls;
    }

    /** Adds a service; before the first start. */
    public void serve(ServiceDescriptor service, RequestGate gate, UnaryOperator<ServiceBuilder> commands) {
        services.add(
                commands.apply(new ServiceBuilder(service, gate, connections)).build());
    }

    /** Adds a ready-made service; before the first start. */
    public void serve(ServerServiceDefinition service) {
        services.add(service);
    }

    /** Adds an interceptor of all calls; before the first start. */
    public void intercept(ServerInterceptor interceptor) {
        interceptors.add(interceptor);
    }

    /**
     * Starts to listen; does nothing when it already does.
     *
     * @param wanted the port, 0 = let the system choose
     * @throws IOException when the port can't be had, or the files for TLS can't be read
     */
    public synchronized void start(int wanted) throws IOException {
        if (server != null) {
            return;
        }
        ServerCredentials credentials = tls == null ? InsecureServerCredentials.create() : tls.credentials();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(Loopback.ADDRESS, wanted), credentials)
                .bossEventLoopGroup(loops.acceptors())
                .workerEventLoopGroup(loops.workers())
                .channelFactory(connections::newServerChannel)
                .directExecutor()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .maxConcurrentCallsPerConnection(MAX_STREAMS)
                .flowControlWindow(WINDOW_BYTES)
                .permitKeepAliveTime(1, TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true);
        services.forEach(builder::addService);
        interceptors.forEach(builder::intercept);
        Server started = builder.build();
        letGo();
        started.start();
        server = started;
        port = started.getPort();
    }

    /** Whether it listens. */
    public synchronized boolean isRunning() {
        return server != null;
    }

    /** The port of the last start, 0 = never started. */
    public synchronized int port() {
        return port;
    }

    /** {@code 127.0.0.1:port} of the last start. */
    public String address() {
        return "127.0.0.1:" + port();
    }

    /** {@code http://127.0.0.1:port}, or https, of the last start. */
    public String url() {
        return (tls == null ? "http://" : "https://") + address();
    }

    /** Cuts all connections and stops to listen; does nothing when it does not listen. */
    public synchronized void stop() {
        Server stopping = server;
        if (stopping == null) {
            return;
        }
        server = null;
        connections.cutAll();
        stopping.shutdownNow();
        try {
            if (!stopping.awaitTermination(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server on port " + port + " did not end");
            }
            keepPort();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops, and gives the port back. */
    @Override
    public synchronized void close() {
        stop();
        letGo();
    }

    /** A closed NIO channel gives its port back only when its selector wakes up next, a moment after the server's end. */
    private void keepPort() throws InterruptedException {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        kept = bound(port);
        while (kept == null && System.nanoTime() < deadlineNs) {
            Thread.sleep(1);
            kept = bound(port);
        }
    }

    private void letGo() {
        Socket held = kept;
        kept = null;
        if (held != null) {
            closeQuietly(held);
        }
    }

    /** A socket that has the port and does not listen, or null when the port is taken. */
    private static @Nullable Socket bound(int port) {
        Socket socket = new Socket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(Loopback.ADDRESS, port));
            return socket;
        } catch (IOException taken) {
            closeQuietly(socket);
            return null;
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // nothing was ever sent over it
        }
    }
}
