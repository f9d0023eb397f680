package io.tikvdirect.integration.differential;

import io.tikvdirect.client.ApiVersion;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/**
 * Immutable. What to start for a stack: {@code CLIENT@SERVER}, or {@code model}.
 *
 * @param client {@code ours}, {@code client-go} or {@code model}
 * @param server {@code embedded}, {@code independent}, PD's address {@code HOST:PORT}, or empty for the model
 */
record StackSpec(String client, String server) {
    private static final List<String> CLIENTS = List.of("ours", "client-go");
    private static final int STORES = 3;

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if there is no such stack
     */
    static StackSpec parse(String text) {
        if (text.equals("model")) {
            return new StackSpec("model", "");
        }
        int at = text.indexOf('@');
        String client = at < 0 ? "" : text.substring(0, at);
        String server = text.substring(at + 1);
        boolean known = server.equals("embedded") || server.equals("independent") || server.contains(":");
        if (!CLIENTS.contains(client) || !known) {
            throw new IllegalArgumentException("no stack \"" + text
                    + "\": a stack is model, or ours or client-go @ embedded, independent or PD's HOST:PORT");
        }
        return new StackSpec(client, server);
    }

    /** Whether the cluster is somebody's: then programs keep to their own keys. */
    boolean usesGivenCluster() {
        return server.contains(":") || (server.equals("independent") && System.getenv("PD_ADDRS") != null);
    }

    /**
     * Starts the cluster, if there is one to start, and the client's shell on it.
     *
     * @param number tells the stacks of a run apart
     * @throws GoMissingException if Go is needed and not there
     */
    Stack start(ApiVersion api, int number) throws IOException {
        return switch (server) {
            case "" -> new Model(api);
            case "embedded" -> onEmbedded(api);
            case "independent" -> onIndependent(api, number);
            default -> shell(server, api, false, () -> {});
        };
    }

    private Stack onEmbedded(ApiVersion api) throws IOException {
        EmbeddedCluster cluster = EmbeddedCluster.builder()
                .stores(STORES)
                .apiVersion(EmbeddedApiVersion.valueOf(api.name()))
                .start();
        return shellOrEnd(String.join(",", cluster.pdAddresses()), api, true, cluster);
    }

    private Stack onIndependent(ApiVersion api, int number) throws IOException {
        String owner = Long.toString(ProcessHandle.current().pid());
        String name = "differential-" + owner + "-" + number;
        String version = api.name().toLowerCase(Locale.ROOT);
        String line =
                Scripts.output("integration/cluster", "start", "--api", version, "--name", name, "--owner", owner);
        return shellOrEnd(line.substring(line.indexOf('=') + 1), api, false, () -> stopIndependent(name));
    }

    private static void stopIndependent(String name) {
        try {
            Scripts.output("integration/cluster", "stop", "--name", name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Stack shellOrEnd(String pd, ApiVersion api, boolean router, AutoCloseable cluster) throws IOException {
        try {
            return shell(pd, api, router, cluster);
        } catch (IOException | RuntimeException e) {
            try (cluster) {
                throw e;
            } catch (IOException | RuntimeException unopened) {
                throw unopened;
            } catch (Exception end) {
                throw new IllegalStateException("ending " + this, end);
            }
        }
    }

    private Stack shell(String pd, ApiVersion api, boolean router, AutoCloseable cluster) throws IOException {
        return client.equals("ours")
                ? Shells.ours(toString(), pd, api, cluster)
                : Shells.clientGo(toString(), pd, api, router, cluster);
    }

    @Override
    public String toString() {
        return server.isEmpty() ? client : client + "@" + server;
    }
}
