package io.tikvdirect.client;

import io.tikvdirect.client.Options.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. Everything that can be set on a client.
 *
 * <p>It can be built in code, read from a URI, from properties, from a file or from the environment; all of them know
 * the same options, which {@link #describe()} lists with limits, defaults and where the defaults come from. A key that
 * is not in that list and a value that is not allowed are {@link ConfigurationException}s. Two configurations with equal
 * values are equal; {@link #toProperties()} and {@link #toUri()} write one down so that it can be read again.
 */
public final class Config {
    private final Map<String, Object> values;
    private final @Nullable Executor callbackExecutor;

    Config(final Map<String, Object> given, final @Nullable Executor callbackExecutor) {
        final Map<String, Object> all = new HashMap<>();
        for (final Option<?> option : Options.rows()) {
            all.put(option.key(), given.getOrDefault(option.key(), option.initial()));
        }
        this.values = Map.copyOf(all);
        this.callbackExecutor = callbackExecutor;
    }

    /**
     * Starts a configuration from the defaults.
     *
     * @return a new builder
     */
    public static ConfigBuilder builder() {
        return new ConfigBuilder();
    }

    /**
     * Reads {@code tikv://host:port,host:port?option=value&option=value}; values may be percent-encoded.
     *
     * @param uri the text
     * @return the configuration
     * @throws ConfigurationException when it is not such a URI, or for an unknown option or a value that is not allowed
     */
    public static Config fromUri(final String uri) {
        return builder().uri(uri).build();
    }

    /**
     * Reads a configuration from properties, whose names are the options' keys.
     *
     * @param properties names and values
     * @return the configuration
     * @throws ConfigurationException for an unknown option or a value that is not allowed
     */
    public static Config fromProperties(final Properties properties) {
        return builder().properties(properties).build();
    }

    /**
     * Reads a configuration from environment variables: {@code TIKV_DIRECT_} and the option's key in capitals, with
     * {@code .} and {@code -} as {@code _}. Variables without that prefix are left alone.
     *
     * @param environment names and values, such as {@link System#getenv()}
     * @return the configuration
     * @throws ConfigurationException for an unknown option or a value that is not allowed
     */
    public static Config fromEnvironment(final Map<String, String> environment) {
        return builder().environment(environment).build();
    }

    /**
     * Reads a UTF-8 file of {@code key = value} lines; {@code name { ... }} puts a prefix before the keys inside,
     * {@code #} and {@code //} start a comment, quotes around a value are dropped.
     *
     * @param file the file
     * @return the configuration
     * @throws ConfigurationException when it cannot be read or understood, naming the line, or for an unknown option or
     *     a value that is not allowed
     */
    public static Config fromFile(final Path file) {
        return builder().file(file).build();
    }

    static String read(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException unreadable) {
            throw new ConfigurationException(file.toString(), "cannot be read: " + unreadable, unreadable);
        }
    }

    /**
     * All options there are, in the order of their documentation.
     *
     * @return an unmodifiable list
     */
    public static List<OptionDescription> describe() {
        return Options.rows().stream().map(OptionDescription::of).toList();
    }

    /**
     * A builder that starts from this configuration.
     *
     * @return a new builder
     */
    public ConfigBuilder toBuilder() {
        return new ConfigBuilder(values, callbackExecutor);
    }

    /**
     * The values that differ from the defaults, to be read again by {@link #fromProperties}.
     *
     * @return new properties
     */
    public Properties toProperties() {
        final Properties properties = new Properties();
        given().forEach(properties::setProperty);
        return properties;
    }

    /**
     * This configuration as a URI, to be read again by {@link #fromUri}.
     *
     * @return the text
     */
    public String toUri() {
        return ConfigText.writeUri(given());
    }

    private Map<String, String> given() {
        final Map<String, String> texts = new LinkedHashMap<>();
        for (final Option<?> option : Options.rows()) {
            if (!value(option).equals(option.initial())) {
                texts.put(option.key(), text(option));
            }
        }
        return texts;
    }

    private <T> String text(final Option<T> option) {
        return option.type().format(value(option));
    }

    @SuppressWarnings("unchecked") // Options.parse and check are the only writers and give the option's own type
    private <T> T value(final Option<T> option) {
        return (T) Objects.requireNonNull(values.get(option.key()));
    }

    /**
     * Placement Driver addresses, {@code host:port}, at least one.
     *
     * @return the value of option {@code pd.addresses}
     */
    public List<String> pdAddresses() {
        return value(Options.PD_ADDRESSES);
    }

    /**
     * The expected cluster id; 0 when any will do.
     *
     * @return the value of option {@code cluster.id}
     */
    public long clusterId() {
        return value(Options.CLUSTER_ID);
    }

    /**
     * Storage API version of the servers.
     *
     * @return the value of option {@code api}
     */
    public ApiVersion api() {
        return value(Options.API);
    }

    /**
     * Name of the keyspace; empty for the default one. Only with {@link ApiVersion#V2}.
     *
     * @return the value of option {@code keyspace}
     */
    public String keyspace() {
        return value(Options.KEYSPACE);
    }

    /**
     * The deadline of one operation, counted from its call.
     *
     * @return the value of option {@code timeout}
     */
    public Duration timeout() {
        return value(Options.TIMEOUT);
    }

    /**
     * How long a connection may take to be established.
     *
     * @return the value of option {@code connect.timeout}
     */
    public Duration connectTimeout() {
        return value(Options.CONNECT_TIMEOUT);
    }

    /**
     * How long closing waits for operations in flight.
     *
     * @return the value of option {@code close.timeout}
     */
    public Duration closeTimeout() {
        return value(Options.CLOSE_TIMEOUT);
    }

    /**
     * Addresses to dial instead of announced ones.
     *
     * @return the value of option {@code address.map}
     */
    public Map<String, String> addressMap() {
        return value(Options.ADDRESS_MAP);
    }

    /**
     * How long one request to PD may take.
     *
     * @return the value of option {@code pd.timeout}
     */
    public Duration pdTimeout() {
        return value(Options.PD_TIMEOUT);
    }

    /**
     * How often the PD members are refreshed.
     *
     * @return the value of option {@code pd.members-interval}
     */
    public Duration pdMembersInterval() {
        return value(Options.PD_MEMBERS_INTERVAL);
    }

    /**
     * Requests to PD under way at once.
     *
     * @return the value of option {@code pd.concurrency}
     */
    public int pdConcurrency() {
        return Math.toIntExact(value(Options.PD_CONCURRENCY));
    }

    /**
     * Requests that may wait for PD.
     *
     * @return the value of option {@code pd.queue}
     */
    public int pdQueue() {
        return Math.toIntExact(value(Options.PD_QUEUE));
    }

    /**
     * Timestamps asked for in one request.
     *
     * @return the value of option {@code tso.batch}
     */
    public int tsoBatch() {
        return Math.toIntExact(value(Options.TSO_BATCH));
    }

    /**
     * Callers that may wait for a timestamp.
     *
     * @return the value of option {@code tso.queue}
     */
    public int tsoQueue() {
        return Math.toIntExact(value(Options.TSO_QUEUE));
    }

    /**
     * Sleep allowed between attempts, before the weight.
     *
     * @return the value of option {@code backoff.budget}
     */
    public Duration backoffBudget() {
        return value(Options.BACKOFF_BUDGET);
    }

    /**
     * Multiplies the backoff budget.
     *
     * @return the value of option {@code backoff.weight}
     */
    public int backoffWeight() {
        return Math.toIntExact(value(Options.BACKOFF_WEIGHT));
    }

    /**
     * How long a cached region stays after its last use.
     *
     * @return the value of option {@code regions.ttl}
     */
    public Duration regionsTtl() {
        return value(Options.REGIONS_TTL);
    }

    /**
     * Random time added to that.
     *
     * @return the value of option {@code regions.ttl-jitter}
     */
    public Duration regionsTtlJitter() {
        return value(Options.REGIONS_TTL_JITTER);
    }

    /**
     * Regions kept in the cache.
     *
     * @return the value of option {@code regions.max}
     */
    public int regionsMax() {
        return Math.toIntExact(value(Options.REGIONS_MAX));
    }

    /**
     * Regions asked for at a miss.
     *
     * @return the value of option {@code regions.prefetch}
     */
    public int regionsPrefetch() {
        return Math.toIntExact(value(Options.REGIONS_PREFETCH));
    }

    /**
     * How often the list of stores is refreshed.
     *
     * @return the value of option {@code stores.interval}
     */
    public Duration storesInterval() {
        return value(Options.STORES_INTERVAL);
    }

    /**
     * Operations of the client in flight at once.
     *
     * @return the value of option {@code inflight.operations}
     */
    public int inflightOperations() {
        return Math.toIntExact(value(Options.INFLIGHT));
    }

    /**
     * Bytes of request bodies in flight at once.
     *
     * @return the value of option {@code inflight.bytes}
     */
    public long inflightBytes() {
        return value(Options.INFLIGHT_BYTES);
    }

    /**
     * Operations in flight at once to one store.
     *
     * @return the value of option {@code store.inflight}
     */
    public int storeInflight() {
        return Math.toIntExact(value(Options.STORE_INFLIGHT));
    }

    /**
     * {@code store.connections}: connections to each store.
     *
     * @return 1 to 64
     */
    public int storeConnections() {
        return Math.toIntExact(value(Options.STORE_CONNECTIONS));
    }

    /**
     * What an asynchronous call does when the window is full.
     *
     * @return the value of option {@code async.saturation}
     */
    public Saturation asyncSaturation() {
        return value(Options.ASYNC_SATURATION);
    }

    /**
     * Requests in one BatchCommands message at most.
     *
     * @return the value of option {@code batch.size}
     */
    public int batchSize() {
        return Math.toIntExact(value(Options.BATCH_SIZE));
    }

    /**
     * Bytes in one BatchCommands message before it is closed.
     *
     * @return the value of option {@code batch.bytes}
     */
    public int batchBytes() {
        return Math.toIntExact(value(Options.BATCH_BYTES));
    }

    /**
     * How long a batch waits for more requests.
     *
     * @return the value of option {@code batch.wait}
     */
    public Duration batchWait() {
        return value(Options.BATCH_WAIT);
    }

    /**
     * Body size, in bytes, from which it is sent by reference.
     *
     * @return the value of option {@code large-value}
     */
    public int largeValue() {
        return Math.toIntExact(value(Options.LARGE_VALUE));
    }

    /**
     * Pairs in one page of a streaming scan.
     *
     * @return the value of option {@code scan.page}
     */
    public int scanPage() {
        return Math.toIntExact(value(Options.SCAN_PAGE));
    }

    /**
     * Pages a streaming scan loads ahead.
     *
     * @return the value of option {@code scan.prefetch}
     */
    public int scanPrefetch() {
        return Math.toIntExact(value(Options.SCAN_PREFETCH));
    }

    /**
     * Longest raw key, in bytes.
     *
     * @return the value of option {@code limit.key}
     */
    public int keyLimit() {
        return Math.toIntExact(value(Options.KEY_LIMIT));
    }

    /**
     * Largest value, in bytes.
     *
     * @return the value of option {@code limit.value}
     */
    public int valueLimit() {
        return Math.toIntExact(value(Options.VALUE_LIMIT));
    }

    /**
     * How sockets are driven.
     *
     * @return the value of option {@code transport}
     */
    public Transport transport() {
        return value(Options.TRANSPORT);
    }

    /**
     * Event loop threads; 0 for a choice by the number of processors.
     *
     * @return the value of option {@code loops}
     */
    public int loops() {
        return Math.toIntExact(value(Options.LOOPS));
    }

    /**
     * Silence on a connection before it is pinged.
     *
     * @return the value of option {@code keepalive.time}
     */
    public Duration keepaliveTime() {
        return value(Options.KEEPALIVE_TIME);
    }

    /**
     * How long the answer to a ping may take.
     *
     * @return the value of option {@code keepalive.timeout}
     */
    public Duration keepaliveTimeout() {
        return value(Options.KEEPALIVE_TIMEOUT);
    }

    /**
     * Compression of gRPC messages to stores.
     *
     * @return the value of option {@code compression}
     */
    public Compression compression() {
        return value(Options.COMPRESSION);
    }

    /**
     * HTTP/2 receive window of a stream, in bytes.
     *
     * @return the value of option {@code window.stream}
     */
    public int streamWindow() {
        return Math.toIntExact(value(Options.STREAM_WINDOW));
    }

    /**
     * HTTP/2 receive window of a connection, in bytes.
     *
     * @return the value of option {@code window.connection}
     */
    public int connectionWindow() {
        return Math.toIntExact(value(Options.CONNECTION_WINDOW));
    }

    /**
     * Largest message accepted from a server, in bytes.
     *
     * @return the value of option {@code limit.message}
     */
    public int messageLimit() {
        return Math.toIntExact(value(Options.MESSAGE_LIMIT));
    }

    /**
     * Path of the PEM file with trusted certificates; empty for the JDK's.
     *
     * @return the value of option {@code tls.ca}
     */
    public String tlsCa() {
        return value(Options.TLS_CA);
    }

    /**
     * Path of the PEM file with this client's certificates; empty for none.
     *
     * @return the value of option {@code tls.cert}
     */
    public String tlsCert() {
        return value(Options.TLS_CERT);
    }

    /**
     * Path of the PEM file with this client's private key; empty for none.
     *
     * @return the value of option {@code tls.key}
     */
    public String tlsKey() {
        return value(Options.TLS_KEY);
    }

    /**
     * Name the servers' certificates must carry; empty for the host that is dialled.
     *
     * @return the value of option {@code tls.server-name}
     */
    public String tlsServerName() {
        return value(Options.TLS_SERVER_NAME);
    }

    /**
     * Which TLS engine is used.
     *
     * @return the value of option {@code tls.provider}
     */
    public TlsProvider tlsProvider() {
        return value(Options.TLS_PROVIDER);
    }

    /**
     * How much of a key exceptions and logs show.
     *
     * @return the value of option {@code redaction}
     */
    public KeyRedaction redaction() {
        return value(Options.REDACTION);
    }

    /**
     * A name for the work this client does; empty for none.
     *
     * @return the value of option {@code request-source}
     */
    public String requestSource() {
        return value(Options.REQUEST_SOURCE);
    }

    /**
     * Whether connections use TLS.
     *
     * @return true when {@code tls.enabled} is set or {@code tls.ca} names a file
     */
    public boolean tlsEnabled() {
        return value(Options.TLS_ENABLED) || !tlsCa().isEmpty();
    }

    /**
     * Where asynchronous results are completed.
     *
     * @return the executor given to the builder, or null: on the event loop, where a callback must not block
     */
    public @Nullable Executor callbackExecutor() {
        return callbackExecutor;
    }

    @Override
    public boolean equals(final @Nullable Object other) {
        return other instanceof Config config
                && values.equals(config.values)
                && callbackExecutor == config.callbackExecutor;
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** The values that differ from the defaults; none of them is a secret, as files hold those. */
    @Override
    public String toString() {
        return Options.rows().stream()
                .filter(option -> !value(option).equals(option.initial()))
                .map(option -> option.key() + '=' + text(option))
                .collect(Collectors.joining(", ", "Config[", "]"));
    }
}
