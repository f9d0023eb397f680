package io.tikvdirect.client.net;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Thread-safe. A TCP proxy on 127.0.0.1 between a client and one server, whose network can be made to misbehave and to get
 * well again. Nothing gets lost in it while connections stand: what was held back travels on when the network is well, as it
 * does in a network that was partitioned for a while.
 */
public final class FaultyProxy implements AutoCloseable {

    /** What the network does. */
    public enum Mode {
        /** Everything passes. */
        PASS,
        /** Connections are accepted and stand; no byte passes in either direction. */
        SILENT,
        /** What the client sends arrives, what the server sends does not. */
        ANSWERS_HELD,
        /** What the server sends arrives one byte at a time, {@value FaultyProxy#TRICKLE_MS} ms apart. */
        TRICKLE,
        /** Attempts to connect get no answer at all, not even from TCP; connections that stand are silent. */
        BLACKHOLE,
        /** Connections are reset as soon as they are made; those that stand were reset on entering this mode. */
        RESET
    }

    private static final int TRICKLE_MS = 1000;
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int FILL_TIMEOUT_MS = 200;
    private static final int MOST_FILLERS = 64;

    private final String host;
    private final int port;
    private final ServerSocket listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<Socket> fillers = new ArrayList<>();
    private volatile Mode mode = Mode.PASS;
    private volatile boolean closed;

    private FaultyProxy(String host, int port) throws IOException {
        this.host = host;
        this.port = port;
        this.listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        start("accept", this::accept);
    }

    /**
     * A proxy that lets everything pass.
     *
     * @param server {@code host:port}
     * @return a running proxy
     * @throws IOException when there is no port
     */
    public static FaultyProxy to(String server) throws IOException {
        int colon = server.lastIndexOf(':');
        return new FaultyProxy(server.substring(0, colon), Integer.parseInt(server.substring(colon + 1)));
    }

    /** {@return where it listens, as {@code host:port}} */
    public String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /**
     * Changes what the network does, for connections that stand and for new ones.
     *
     * @param next from now on
     * @throws IOException when the machine does not let attempts to connect hang
     */
    public void mode(Mode next) throws IOException {
        lock.lock();
        try {
            mode = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (next == Mode.RESET) {
            resetAll();
        }
        if (next == Mode.BLACKHOLE) {
            fillBacklog();
        } else {
            fillers.forEach(FaultyProxy::closeQuietly);
            fillers.clear();
        }
    }

    /** Resets every connection that stands. */
    public void resetAll() {
        sockets.forEach(FaultyProxy::reset);
    }

    /** Connects until the listener's queue is full; from then on the kernel drops whoever knocks. */
    private void fillBacklog() throws IOException {
        while (fillers.size() < MOST_FILLERS) {
            Socket filler = new Socket();
            fillers.add(filler);
            try {
                filler.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()),
                        FILL_TIMEOUT_MS);
            } catch (SocketTimeoutException full) {
                return;
            }
        }
        throw new IOException("this machine queues more connections than it was asked to");
    }

    private void accept() {
        while (!closed) {
            try {
                awaitMode(Mode.PASS, Mode.SILENT, Mode.ANSWERS_HELD, Mode.TRICKLE, Mode.RESET);
                serve(listener.accept());
            } catch (IOException | InterruptedException ended) {
                if (closed) {
                    return;
                }
            }
        }
    }

    private void serve(Socket client) {
        sockets.add(client);
        if (mode == Mode.RESET) {
            reset(client);
            return;
        }
        start("serve", () -> {
            // a server is only reached once the network lets something through
            awaitMode(Mode.PASS, Mode.ANSWERS_HELD, Mode.TRICKLE, Mode.RESET);
            Socket server = connect(client);
            sockets.add(server);
            start("up", () -> pump(client, server, false));
            pump(server, client, true);
        });
    }

    /** Where no server listens, the client is told so. */
    private Socket connect(Socket client) throws IOException {
        try {
            return new Socket(host, port);
        } catch (IOException refused) {
            sockets.remove(client);
            reset(client);
            throw refused;
        }
    }

    private void pump(Socket from, Socket to, boolean isAnswer) throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (Closeable one = from;
                Closeable other = to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                write(out, buffer, read, isAnswer);
            }
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private void write(OutputStream out, byte[] buffer, int length, boolean isAnswer)
            throws IOException, InterruptedException {
        int written = 0;
        while (written < length) {
            Mode now = isAnswer
                    ? awaitMode(Mode.PASS, Mode.TRICKLE, Mode.RESET)
                    : awaitMode(Mode.PASS, Mode.TRICKLE, Mode.RESET, Mode.ANSWERS_HELD);
            boolean slow = isAnswer && now == Mode.TRICKLE;
            int part = slow ? 1 : length - written;
            out.write(buffer, written, part);
            out.flush();
            written += part;
            if (slow) {
                trickle();
            }
        }
    }

    /** Until the next byte is due, or the network is well again. */
    private void trickle() throws InterruptedException {
        lock.lock();
        try {
            long leftNs = TimeUnit.MILLISECONDS.toNanos(TRICKLE_MS);
            while (leftNs > 0 && !closed && mode == Mode.TRICKLE) {
                leftNs = changed.awaitNanos(leftNs);
            }
        } finally {
            lock.unlock();
        }
    }

    private Mode awaitMode(Mode... wanted) throws InterruptedException, IOException {
        lock.lock();
        try {
            while (!closed && !List.of(wanted).contains(mode)) {
                changed.await();
            }
            if (closed) {
                throw new IOException("the proxy is closed");
            }
            return mode;
        } finally {
            lock.unlock();
        }
    }

    /** Something that ends with its connection or with the proxy. */
    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | InterruptedException connectionEnded) {
                        // one side is gone, and pump has closed the other
                    }
                },
                "faulty-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException alreadyClosed) {
            return;
        } finally {
            closeQuietly(socket);
        }
    }

    private static void closeQuietly(Closeable socket) {
        try {
            socket.close();
        } catch (IOException alreadyClosed) {
            // nothing is left to close
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        closeQuietly(listener);
        fillers.forEach(FaultyProxy::closeQuietly);
        sockets.forEach(FaultyProxy::closeQuietly);
    }
}
