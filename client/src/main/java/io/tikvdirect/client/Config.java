package io.tikvdirect.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    private final OptionValues values;
    private final @Nullable Executor callbackExecutor;

    Config(final Map<String, Object> given, final @Nullable Executor callbackExecutor) {
        this.values = OptionValues.of(given);
        this.callbackExecutor = callbackExecutor;
    }

    /** {@return a new builder, which starts from the defaults} */
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

    /** {@return all options there are, in the order of their documentation; unmodifiable} */
    public static List<OptionDescription> describe() {
        return Options.rows().stream().map(OptionDescription::of).toList();
    }

    /** {@return a new builder, which starts from this configuration} */
    public ConfigBuilder toBuilder() {
        return new ConfigBuilder(values.byKey(), callbackExecutor);
    }

    /** {@return the values that differ from the defaults, to be read again by {@link #fromProperties}; new} */
    public Properties toProperties() {
        final Properties properties = new Properties();
        values.notDefault().forEach(properties::setProperty);
        return properties;
    }

    /** {@return this configuration as a URI, to be read again by {@link #fromUri}} */
    public String toUri() {
        return ConfigText.writeUri(values.notDefault());
    }

    /**
     * {@return the value of option {@code pd.addresses}: Placement Driver addresses, {@code host:port}, at least one}
     */
    public List<String> pdAddresses() {
        return values.get(Options.PD_ADDRESSES);
    }

    /** {@return the value of option {@code cluster.id}: the expected cluster id; 0 when any will do} */
    public long clusterId() {
        return values.get(Options.CLUSTER_ID);
    }

    /** {@return the value of option {@code api}: storage API version of the servers} */
    public ApiVersion api() {
        return values.get(Options.API);
    }

    /**
     * {@return the value of option {@code keyspace}: name of the keyspace; empty for the default one. Only with {@link
     * ApiVersion#V2}}
     */
    public String keyspace() {
        return values.get(Options.KEYSPACE);
    }

    /** {@return the value of option {@code keyspace.id}: id of the keyspace; -1 when it is given by its name} */
    public int keyspaceId() {
        return values.number(Options.KEYSPACE_ID);
    }

    /** {@return the value of option {@code timeout}: the deadline of one operation, counted from its call} */
    public Duration timeout() {
        return values.get(Options.TIMEOUT);
    }

    /** {@return the value of option {@code connect.timeout}: how long a connection may take to be established} */
    public Duration connectTimeout() {
        return values.get(Options.CONNECT_TIMEOUT);
    }

    /** {@return the value of option {@code close.timeout}: how long closing waits for operations in flight} */
    public Duration closeTimeout() {
        return values.get(Options.CLOSE_TIMEOUT);
    }

    /** {@return the value of option {@code address.map}: addresses to dial instead of announced ones} */
    public Map<String, String> addressMap() {
        return values.get(Options.ADDRESS_MAP);
    }

    /** {@return the value of option {@code pd.timeout}: how long one request to PD may take} */
    public Duration pdTimeout() {
        return values.get(Options.PD_TIMEOUT);
    }

    /** {@return the value of option {@code pd.members-interval}: how often the PD members are refreshed} */
    public Duration pdMembersInterval() {
        return values.get(Options.PD_MEMBERS_INTERVAL);
    }

    /** {@return the value of option {@code pd.concurrency}: requests to PD under way at once} */
    public int pdConcurrency() {
        return values.number(Options.PD_CONCURRENCY);
    }

    /** {@return the value of option {@code pd.queue}: requests that may wait for PD} */
    public int pdQueue() {
        return values.number(Options.PD_QUEUE);
    }

    /** {@return the values of options {@code pd.breaker.*}: when PD is left alone because look-ups fail} */
    public CircuitBreakerSettings pdBreaker() {
        return CircuitBreakerSettings.of(values);
    }

    /** {@return the value of option {@code tso.batch}: timestamps asked for in one request} */
    public int tsoBatch() {
        return values.number(Options.TSO_BATCH);
    }

    /** {@return the value of option {@code tso.low-resolution}: how old a low-resolution timestamp may be} */
    public Duration tsoLowResolution() {
        return values.get(Options.TSO_LOW_RESOLUTION);
    }

    /** {@return the value of option {@code tso.validate-reads}: whether timestamps of reads are compared with the oracle's} */
    public boolean tsoValidateReads() {
        return values.get(Options.TSO_VALIDATION);
    }

    /** {@return the value of option {@code tso.queue}: callers that may wait for a timestamp} */
    public int tsoQueue() {
        return values.number(Options.TSO_QUEUE);
    }

    /** {@return the value of option {@code txn.latches}: slots that keep commits of this client apart, 0 for none} */
    public int latches() {
        return values.number(Options.TXN_LATCHES);
    }

    /** {@return the value of option {@code backoff.budget}: sleep allowed between attempts, before the weight} */
    public Duration backoffBudget() {
        return values.get(Options.BACKOFF_BUDGET);
    }

    /** {@return the value of option {@code backoff.weight}: multiplies the backoff budget} */
    public int backoffWeight() {
        return values.number(Options.BACKOFF_WEIGHT);
    }

    /** {@return the value of option {@code regions.ttl}: how long a cached region stays after its last use} */
    public Duration regionsTtl() {
        return values.get(Options.REGIONS_TTL);
    }

    /** {@return the value of option {@code regions.ttl-jitter}: random time added to that} */
    public Duration regionsTtlJitter() {
        return values.get(Options.REGIONS_TTL_JITTER);
    }

    /** {@return the value of option {@code regions.max}: regions kept in the cache} */
    public int regionsMax() {
        return values.number(Options.REGIONS_MAX);
    }

    /** {@return the value of option {@code regions.prefetch}: regions asked for at a miss} */
    public int regionsPrefetch() {
        return values.number(Options.REGIONS_PREFETCH);
    }

    /** {@return the value of option {@code regions.refresh-interval}: how often all regions are loaded; zero: never} */
    public Duration regionsRefreshInterval() {
        return values.get(Options.REGIONS_REFRESH);
    }

    /** {@return the value of option {@code regions.buckets}: whether PD is asked for the buckets of regions too} */
    public boolean regionsBuckets() {
        return values.get(Options.REGIONS_BUCKETS);
    }

    /** {@return the value of option {@code stores.interval}: how often the list of stores is refreshed} */
    public Duration storesInterval() {
        return values.get(Options.STORES_INTERVAL);
    }

    /** {@return the value of option {@code inflight.operations}: operations of the client in flight at once} */
    public int inflightOperations() {
        return values.number(Options.INFLIGHT);
    }

    /** {@return the value of option {@code inflight.bytes}: bytes of request bodies in flight at once} */
    public long inflightBytes() {
        return values.get(Options.INFLIGHT_BYTES);
    }

    /** {@return the value of option {@code store.inflight}: operations in flight at once to one store} */
    public int storeInflight() {
        return values.number(Options.STORE_INFLIGHT);
    }

    /** {@return the value of option {@code store.connections}: connections to each store} */
    public int storeConnections() {
        return values.number(Options.STORE_CONNECTIONS);
    }

    /**
     * {@return the value of option {@code async.saturation}: what an asynchronous call does when the window is full}
     */
    public Saturation asyncSaturation() {
        return values.get(Options.ASYNC_SATURATION);
    }

    /** {@return the value of option {@code batch.size}: requests in one BatchCommands message at most} */
    public int batchSize() {
        return values.number(Options.BATCH_SIZE);
    }

    /** {@return the value of option {@code batch.bytes}: bytes in one BatchCommands message before it is closed} */
    public int batchBytes() {
        return values.number(Options.BATCH_BYTES);
    }

    /** {@return the value of option {@code batch.wait}: how long a batch waits for more requests} */
    public Duration batchWait() {
        return values.get(Options.BATCH_WAIT);
    }

    /** {@return the value of option {@code batch.wait-load}: the load of a store from which on batches wait} */
    public int batchWaitLoad() {
        return values.number(Options.BATCH_WAIT_LOAD);
    }

    /** {@return the value of option {@code store.probe-timeout}: silence before a store is asked; zero for no probes} */
    public Duration storeProbeTimeout() {
        return values.get(Options.STORE_PROBE_TIMEOUT);
    }

    /** {@return the value of option {@code store.idle-timeout}: how long a connection may go unused; zero for ever} */
    public Duration storeIdleTimeout() {
        return values.get(Options.STORE_IDLE_TIMEOUT);
    }

    /** {@return the value of option {@code large-value}: body size, in bytes, from which it is sent by reference} */
    public int largeValue() {
        return values.number(Options.LARGE_VALUE);
    }

    /** {@return the value of option {@code scan.page}: pairs in one page of a streaming scan} */
    public int scanPage() {
        return values.number(Options.SCAN_PAGE);
    }

    /** {@return the value of option {@code scan.prefetch}: pages a streaming scan loads ahead} */
    public int scanPrefetch() {
        return values.number(Options.SCAN_PREFETCH);
    }

    /** {@return the value of option {@code limit.key}: longest raw key, in bytes} */
    public int keyLimit() {
        return values.number(Options.KEY_LIMIT);
    }

    /** {@return the value of option {@code limit.value}: largest value, in bytes} */
    public int valueLimit() {
        return values.number(Options.VALUE_LIMIT);
    }

    /** {@return the value of option {@code transport}: how sockets are driven} */
    public Transport transport() {
        return values.get(Options.TRANSPORT);
    }

    /** {@return the value of option {@code loops}: event loop threads; 0 for a choice by the number of processors} */
    public int loops() {
        return values.number(Options.LOOPS);
    }

    /** {@return the value of option {@code keepalive.time}: silence on a connection before it is pinged} */
    public Duration keepaliveTime() {
        return values.get(Options.KEEPALIVE_TIME);
    }

    /** {@return the value of option {@code keepalive.timeout}: how long the answer to a ping may take} */
    public Duration keepaliveTimeout() {
        return values.get(Options.KEEPALIVE_TIMEOUT);
    }

    /** {@return the value of option {@code compression}: compression of gRPC messages to stores} */
    public Compression compression() {
        return values.get(Options.COMPRESSION);
    }

    /** {@return the value of option {@code window.stream}: HTTP/2 receive window of a stream, in bytes} */
    public int streamWindow() {
        return values.number(Options.STREAM_WINDOW);
    }

    /** {@return the value of option {@code window.connection}: HTTP/2 receive window of a connection, in bytes} */
    public int connectionWindow() {
        return values.number(Options.CONNECTION_WINDOW);
    }

    /** {@return the value of option {@code limit.message}: largest message accepted from a server, in bytes} */
    public int messageLimit() {
        return values.number(Options.MESSAGE_LIMIT);
    }

    /**
     * {@return the value of option {@code tls.ca}: path of the PEM file with trusted certificates; empty for the JDK's}
     */
    public String tlsCa() {
        return values.get(Options.TLS_CA);
    }

    /**
     * {@return the value of option {@code tls.cert}: path of the PEM file with this client's certificates; empty for
     * none}
     */
    public String tlsCert() {
        return values.get(Options.TLS_CERT);
    }

    /**
     * {@return the value of option {@code tls.key}: path of the PEM file with this client's private key; empty for
     * none}
     */
    public String tlsKey() {
        return values.get(Options.TLS_KEY);
    }

    /**
     * {@return the value of option {@code tls.server-name}: name the servers' certificates must carry; empty for the
     * host that is dialled}
     */
    public String tlsServerName() {
        return values.get(Options.TLS_SERVER_NAME);
    }

    /** {@return the value of option {@code tls.provider}: which TLS engine is used} */
    public TlsProvider tlsProvider() {
        return values.get(Options.TLS_PROVIDER);
    }

    /** {@return the values of options {@code slow.*}: which requests are reported because they take long} */
    public SlowRequestSettings slowRequests() {
        return SlowRequestSettings.of(values);
    }

    /** {@return the value of option {@code redaction}: how much of a key exceptions and logs show} */
    public KeyRedaction redaction() {
        return values.get(Options.REDACTION);
    }

    /** {@return the value of option {@code request-source}: a name for the work this client does; empty for none} */
    public String requestSource() {
        return values.get(Options.REQUEST_SOURCE);
    }

    /** {@return whether connections use TLS: {@code tls.enabled} is set, or {@code tls.ca} names a file} */
    public boolean tlsEnabled() {
        return values.get(Options.TLS_ENABLED) || !tlsCa().isEmpty();
    }

    /**
     * {@return where asynchronous results are completed: the executor given to the builder, or null for the event loop,
     * where a callback must not block}
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
        return values.notDefault().entrySet().stream()
                .map(given -> given.getKey() + '=' + given.getValue())
                .collect(Collectors.joining(", ", "Config[", "]"));
    }
}
