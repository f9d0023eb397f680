package io.tikvdirect.client;

import io.tikvdirect.client.Options.Option;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Confined to one thread. Collects a {@link Config}; what is set later wins.
 *
 * <p>The options used most have methods of their own, all of them can be set by key with {@link #set}.
 */
public final class ConfigBuilder {
    private static final String ENVIRONMENT_PREFIX = "TIKV_DIRECT_";

    private final Map<String, Object> values;
    private @Nullable Executor callbackExecutor;

    ConfigBuilder() {
        this(Map.of(), null);
    }

    ConfigBuilder(final Map<String, Object> values, final @Nullable Executor callbackExecutor) {
        this.values = new HashMap<>(values);
        this.callbackExecutor = callbackExecutor;
    }

    /**
     * Sets any option by its key.
     *
     * @param key as {@link Config#describe()} lists it
     * @param value its text
     * @return this
     * @throws ConfigurationException when there is no such option or the value is not allowed
     */
    public ConfigBuilder set(final String key, final String value) {
        final Option<?> option = Options.named(key);
        values.put(key, option.parse(value));
        return this;
    }

    /**
     * Sets where the cluster is.
     *
     * @param addresses one or more PD addresses, {@code host:port}
     * @return this
     */
    public ConfigBuilder pdAddresses(final String... addresses) {
        return with(Options.PD_ADDRESSES, Arrays.asList(addresses));
    }

    /**
     * Sets the storage API version of the servers. Default {@link ApiVersion#V1}.
     *
     * @param version the version
     * @return this
     */
    public ConfigBuilder api(final ApiVersion version) {
        return with(Options.API, version);
    }

    /**
     * Sets the keyspace all keys live in; needs {@link ApiVersion#V2}.
     *
     * @param name its name; empty for the default keyspace
     * @return this
     */
    public ConfigBuilder keyspace(final String name) {
        return with(Options.KEYSPACE, name);
    }

    /**
     * Sets the deadline of one operation. Default 20 s.
     *
     * @param timeout from 1 ms to 1 h
     * @return this
     */
    public ConfigBuilder timeout(final Duration timeout) {
        return with(Options.TIMEOUT, timeout);
    }

    /**
     * Sets the certificates that sign the servers' certificates, which turns TLS on.
     *
     * @param pemFile path of a PEM file
     * @return this
     */
    public ConfigBuilder tlsCa(final Path pemFile) {
        return with(Options.TLS_CA, pemFile.toString());
    }

    /**
     * Sets this client's certificate and key, for servers that ask for them.
     *
     * @param certificates path of a PEM file with the certificate chain
     * @param privateKey path of a PKCS#8 PEM file
     * @return this
     */
    public ConfigBuilder tlsIdentity(final Path certificates, final Path privateKey) {
        return with(Options.TLS_CERT, certificates.toString()).with(Options.TLS_KEY, privateKey.toString());
    }

    /**
     * Sets how much of a key exceptions and logs show. Default {@link KeyRedaction#FULL}.
     *
     * @param redaction the mode
     * @return this
     */
    public ConfigBuilder redaction(final KeyRedaction redaction) {
        return with(Options.REDACTION, redaction);
    }

    /**
     * Sets where asynchronous results are completed. Not a text option: it is not part of URIs or properties.
     *
     * @param executor the executor, or null for the event loop
     * @return this
     */
    public ConfigBuilder callbackExecutor(final @Nullable Executor executor) {
        callbackExecutor = executor;
        return this;
    }

    /**
     * Sets what a URI says; see {@link Config#fromUri}.
     *
     * @param uri the text
     * @return this
     */
    public ConfigBuilder uri(final String uri) {
        return all(ConfigText.readUri(uri));
    }

    /**
     * Sets what properties say; see {@link Config#fromProperties}.
     *
     * @param properties names and values
     * @return this
     */
    public ConfigBuilder properties(final Properties properties) {
        for (final String key : properties.stringPropertyNames()) {
            set(key, properties.getProperty(key));
        }
        return this;
    }

    /**
     * Sets what a file says; see {@link Config#fromFile}.
     *
     * @param file the file
     * @return this
     */
    public ConfigBuilder file(final Path file) {
        return all(ConfigText.readFile(ConfigText.read(file)));
    }

    /**
     * Sets what environment variables say; see {@link Config#fromEnvironment}.
     *
     * @param environment names and values
     * @return this
     */
    public ConfigBuilder environment(final Map<String, String> environment) {
        environment.forEach((name, value) -> {
            if (name.startsWith(ENVIRONMENT_PREFIX)) {
                set(keyOf(name), value);
            }
        });
        return this;
    }

    private static String keyOf(final String name) {
        final List<Option<?>> options = Options.rows();
        return options.stream()
                .filter(option -> option.environmentName().equals(name))
                .findFirst()
                .orElseThrow(() -> new ConfigurationException(name, "no option has this environment variable", null))
                .key();
    }

    private ConfigBuilder all(final Map<String, String> texts) {
        texts.forEach(this::set);
        return this;
    }

    private <T> ConfigBuilder with(final Option<T> option, final T value) {
        values.put(option.key(), option.check(value));
        return this;
    }

    /**
     * The configuration collected.
     *
     * @return an immutable value
     * @throws ConfigurationException when options contradict each other or PD addresses are missing
     */
    public Config build() {
        final Config config = new Config(values, callbackExecutor);
        require(!config.pdAddresses().isEmpty(), Options.PD_ADDRESSES, "at least one address is needed");
        require(
                config.keyspace().isEmpty() || config.api() == ApiVersion.V2,
                Options.KEYSPACE,
                "needs api=v2; the api is " + Options.API.type().format(config.api()));
        require(
                config.keyspaceId() < 0 || config.api() == ApiVersion.V2,
                Options.KEYSPACE_ID,
                "needs api=v2; the api is " + Options.API.type().format(config.api()));
        require(
                config.keyspaceId() < 0 || config.keyspace().isEmpty(),
                Options.KEYSPACE_ID,
                "keyspace names one already");
        require(
                config.tlsCert().isEmpty() == config.tlsKey().isEmpty(),
                Options.TLS_KEY,
                "tls.cert and tls.key must be set together");
        require(
                config.tlsEnabled() || config.tlsCert().isEmpty(),
                Options.TLS_CERT,
                "needs TLS: set tls.ca or tls.enabled=true");
        return config;
    }

    private static void require(final boolean satisfied, final Option<?> option, final String what) {
        if (!satisfied) {
            throw new ConfigurationException(option.key(), what, null);
        }
    }
}
