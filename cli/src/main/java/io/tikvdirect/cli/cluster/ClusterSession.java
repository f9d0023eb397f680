package io.tikvdirect.cli.cluster;

import io.tikvdirect.client.ApiVersion;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Thread-safe. A client, and the embedded cluster it talks to if one was started for it; closes both. */
public final class ClusterSession implements AutoCloseable {
    private static final int EMBEDDED_STORES = 3;
    private static final int EMBEDDED_REGIONS = 8;

    private final @Nullable EmbeddedCluster embedded;
    private final TikvClient client;

    private ClusterSession(@Nullable EmbeddedCluster embedded, TikvClient client) {
        this.embedded = embedded;
        this.client = client;
    }

    /**
     * Opens what the options ask for and makes sure that a Placement Driver answers.
     *
     * @throws io.tikvdirect.client.TikvException if the cluster cannot be reached within the timeout
     * @throws picocli.CommandLine.ParameterException if the options are wrong
     * @throws IOException if the embedded cluster cannot have a port
     */
    public static ClusterSession open(ClusterOptions options, TlsFiles tls) throws IOException {
        options.requireOneCluster();
        EmbeddedCluster cluster = options.embedded() ? startEmbedded(options) : null;
        try {
            List<String> addresses = cluster == null ? List.of() : cluster.pdAddresses();
            return new ClusterSession(cluster, connect(options.config(addresses, tls)));
        } catch (RuntimeException e) {
            if (cluster != null) {
                cluster.close();
            }
            throw e;
        }
    }

    /** The embedded cluster's name for an API version. */
    public static EmbeddedApiVersion embeddedApi(ApiVersion api) {
        return switch (api) {
            case V1 -> EmbeddedApiVersion.V1;
            case V1TTL -> EmbeddedApiVersion.V1TTL;
            case V2 -> EmbeddedApiVersion.V2;
        };
    }

    /** The client. */
    public TikvClient client() {
        return client;
    }

    /** The cluster in this process, or null if the cluster is elsewhere. */
    public @Nullable EmbeddedCluster embedded() {
        return embedded;
    }

    @Override
    public void close() {
        client.close();
        if (embedded != null) {
            embedded.close();
        }
    }

    /**
     * Starts the cluster of {@code --embedded}; the caller closes it.
     *
     * @throws IOException when a port cannot be had
     */
    public static EmbeddedCluster startEmbedded(ClusterOptions options) throws IOException {
        List<String> keyspaces = options.keyspace() == null ? List.of() : List.of(options.keyspace());
        return EmbeddedCluster.builder()
                .stores(EMBEDDED_STORES)
                .regions(EMBEDDED_REGIONS)
                .apiVersion(embeddedApi(options.api()))
                .keyspaces(newKeyspaces(keyspaces))
                .start();
    }

    /** The names for which a keyspace has to be made: {@code DEFAULT} is there from the start. */
    public static String[] newKeyspaces(List<String> names) {
        return names.stream().filter(name -> !name.equals("DEFAULT")).distinct().toArray(String[]::new);
    }

    private static TikvClient connect(Config config) {
        TikvClient client = TikvClient.open(config);
        try {
            client.clusterId();
            return client;
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }
}
