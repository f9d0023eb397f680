package io.tikvdirect.client.raw;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/** Thread-safe. Passes bytes between a client and a server, counts those that go up, and can hold those back that come down. */
final class CountingProxy implements AutoCloseable {

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicLong bytesUp = new AtomicLong();
    private final Map<Integer, CountDownLatch> held = new ConcurrentHashMap<>();
    private final String host;
    private final int port;

    CountingProxy(String target) throws IOException {
        int colon = target.lastIndexOf(':');
        host = target.substring(0, colon);
        port = Integer.parseInt(target.substring(colon + 1));
        start(this::accept);
    }

    String address() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    long bytesUp() {
        return bytesUp.get();
    }

    /**
     * Holds the answers of one connection back.
     *
     * @param connection its number in the order they were made, from 0
     * @return lets them pass when it is counted down
     */
    CountDownLatch holdAnswers(int connection) {
        CountDownLatch release = new CountDownLatch(1);
        held.put(connection, release);
        return release;
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "counting-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            for (int i = 0; true; i++) {
                int connection = i;
                Socket client = listening.accept();
                sockets.add(client);
                Socket server = new Socket(host, port);
                sockets.add(server);
                start(() -> pass(client, server, bytesUp::addAndGet));
                start(() -> pass(server, client, bytes -> awaitRelease(connection)));
            }
        } catch (IOException closed) {
            close();
        }
    }

    private void awaitRelease(int connection) {
        CountDownLatch release = held.get(connection);
        try {
            if (release != null) {
                release.await();
            }
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static void pass(Socket from, Socket to, IntConsumer seen) {
        byte[] buffer = new byte[64 << 10];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                seen.accept(read);
                out.write(buffer, 0, read);
            }
        } catch (IOException ended) {
            // one side has gone, and with this the other
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException ignored) {
            // all of them are sockets of this test
        }
    }
}
