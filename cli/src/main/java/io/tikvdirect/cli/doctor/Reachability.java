package io.tikvdirect.cli.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Thread-safe (only static functions). Whether an address has a host, and whether something listens there. */
final class Reachability {
    private Reachability() {}

    /** Looks the host up and connects; one check that names the step that failed. */
    static Check check(String name, String address, Duration timeout) {
        int colon = address.lastIndexOf(':');
        int port = colon < 0 ? -1 : port(address.substring(colon + 1));
        if (port < 0) {
            return Check.failed(name, "\"" + address + "\" is not HOST:PORT", "Give the address as HOST:PORT.");
        }
        String host = address.substring(0, colon).replaceAll("^\\[|\\]$", "");
        try {
            String found = Arrays.stream(InetAddress.getAllByName(host))
                    .map(InetAddress::getHostAddress)
                    .collect(Collectors.joining(", "));
            return connect(name, host, port, found, timeout);
        } catch (UnknownHostException e) {
            return Check.failed(
                    name,
                    "the name " + host + " is unknown",
                    "Check the spelling and this machine's DNS, or add the name to its hosts file.");
        }
    }

    private static Check connect(String name, String host, int port, String found, Duration timeout) {
        long startedNs = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            long microseconds = (System.nanoTime() - startedNs) / 1_000;
            return Check.ok(name, host + " is " + found + "; connected in " + microseconds + " us");
        } catch (IOException e) {
            return Check.failed(
                    name,
                    host + " is " + found + "; no connection to port " + port + ": " + e.getMessage(),
                    "Check that the server runs, listens on that port, and that no firewall is in the way.");
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port > 0 && port <= 65_535 ? port : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
