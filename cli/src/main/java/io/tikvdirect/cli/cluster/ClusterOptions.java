package io.tikvdirect.cli.cluster;

import io.tikvdirect.client.ApiVersion;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.ConfigBuilder;
import io.tikvdirect.client.ConfigurationException;
import io.tikvdirect.client.KeyRedaction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Confined to the command's thread. The options that say which cluster a command talks to, and how. */
public class ClusterOptions {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    /** A cluster in this process starts cold and shares this process's CPUs. */
    private static final Duration EMBEDDED_TIMEOUT = Duration.ofSeconds(20);

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--pd",
            split = ",",
            paramLabel = "HOST:PORT",
            description = "Placement Driver addresses, separated by commas.")
    private List<String> pd = new ArrayList<>();

    @Option(names = "--embedded", description = "Start a cluster of three stores inside this process instead.")
    private boolean embedded;

    @Option(
            names = "--api",
            paramLabel = "v1|v1ttl|v2",
            description = "Storage API version of the cluster. Default: v1.")
    private @Nullable ApiVersion api;

    @Option(names = "--keyspace", paramLabel = "NAME", description = "Keyspace; needs --api v2.")
    private @Nullable String keyspace;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = PositiveDurationConverter.class,
            description = "Deadline of one operation, e.g. 500ms or 5s. Default: 10s.")
    private @Nullable Duration timeout;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Client options from a file; options of the command line win.")
    private @Nullable Path config;

    /** For picocli. */
    public ClusterOptions() {}

    /** Whether the cluster is to be started in this process. */
    public boolean embedded() {
        return embedded;
    }

    /** The API version asked for, or V1. */
    public ApiVersion api() {
        return api == null ? ApiVersion.V1 : api;
    }

    /** The keyspace asked for, or null. */
    public @Nullable String keyspace() {
        return keyspace;
    }

    /** The Placement Driver addresses of the command line, which may be none. */
    public List<String> pd() {
        return pd;
    }

    /** The deadline of one operation. */
    public Duration timeout() {
        if (timeout != null) {
            return timeout;
        }
        return embedded ? EMBEDDED_TIMEOUT : DEFAULT_TIMEOUT;
    }

    /**
     * Checks that exactly one source names the cluster.
     *
     * @throws ParameterException (exit code 2) otherwise
     */
    public void requireOneCluster() {
        if (embedded && !pd.isEmpty()) {
            throw wrongUsage("--pd and --embedded exclude each other");
        }
        if (!embedded && pd.isEmpty() && config == null && System.getenv("TIKV_DIRECT_PD_ADDRESSES") == null) {
            throw wrongUsage("which cluster? Give --pd HOST:PORT, or --embedded to start one in this process");
        }
        if (keyspace != null && api() != ApiVersion.V2 && config == null) {
            throw wrongUsage("--keyspace needs --api v2");
        }
    }

    /**
     * The client configuration: environment, then the file, then the command line; what comes later wins.
     *
     * @param pdAddresses where the cluster is if it was started here; empty to use what was asked for
     * @param tls the TLS files asked for
     * @throws ParameterException (exit code 2) if an option is not allowed
     */
    public Config config(List<String> pdAddresses, TlsFiles tls) {
        try {
            ConfigBuilder builder = Config.builder().timeout(timeout()).redaction(KeyRedaction.OFF);
            builder.environment(System.getenv());
            if (config != null) {
                builder.file(config);
            }
            applyOptions(builder, pdAddresses.isEmpty() ? pd : pdAddresses);
            tls.applyTo(builder);
            return builder.build();
        } catch (ConfigurationException | IllegalArgumentException e) {
            throw wrongUsage(String.valueOf(e.getMessage()));
        }
    }

    private void applyOptions(ConfigBuilder builder, List<String> addresses) {
        if (!addresses.isEmpty()) {
            builder.pdAddresses(addresses.toArray(String[]::new));
        }
        if (api != null) {
            builder.api(api);
        }
        if (keyspace != null) {
            builder.keyspace(keyspace);
        }
        if (timeout != null) {
            builder.timeout(timeout);
        }
    }

    private ParameterException wrongUsage(String message) {
        return new ParameterException(Objects.requireNonNull(command).commandLine(), message);
    }
}
