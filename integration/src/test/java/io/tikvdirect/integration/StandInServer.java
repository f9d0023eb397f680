package io.tikvdirect.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Confined to its main thread. What a stand-in for Go "builds" instead of PD and the store, so that {@code
 * integration/cluster} can be seen in each of its troubles. {@code STAND_IN_PD} and {@code STAND_IN_STORE} say what each
 * does: {@code serve}, {@code hang} before it serves, or {@code fail} at once.
 */
final class StandInServer {
    private StandInServer() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        URI clients = null;
        for (String argument : arguments) {
            if (argument.startsWith("--client-urls=")) {
                clients = URI.create(argument.substring(argument.indexOf('=') + 1));
            }
        }
        String conduct = System.getenv(clients == null ? "STAND_IN_STORE" : "STAND_IN_PD");
        switch (conduct) {
            case "hang" -> new CountDownLatch(1).await();
            case "serve" -> serve(clients, List.of(arguments));
            default -> {
                System.err.println("this server was told to fail");
                System.exit(1);
            }
        }
    }

    private static void serve(URI clients, List<String> arguments) throws IOException, InterruptedException {
        try (ServerSocket socket =
                new ServerSocket(clients == null ? 0 : clients.getPort(), 50, InetAddress.getLoopbackAddress())) {
            if (clients == null) {
                System.out.println("ready store=127.0.0.1:" + socket.getLocalPort());
            }
            System.err.println("serving " + arguments);
            new CountDownLatch(1).await();
        }
    }
}
