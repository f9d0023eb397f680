package io.tikvdirect.client;

import io.tikvdirect.client.OptionType.AddressMap;
import io.tikvdirect.client.OptionType.Addresses;
import io.tikvdirect.client.OptionType.Choice;
import io.tikvdirect.client.OptionType.Flag;
import io.tikvdirect.client.OptionType.Size;
import io.tikvdirect.client.OptionType.Text;
import io.tikvdirect.client.OptionType.Time;
import io.tikvdirect.client.OptionType.Whole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Immutable. The table of all options: what each is called, how it is read, its limits, its default and where that
 * comes from. Parsing, validation and documentation are made from it.
 */
final class Options {
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final List<Option<?>> ROWS = new ArrayList<>();

    static final Option<List<String>> PD_ADDRESSES = row(
            "pd.addresses",
            new Addresses(),
            List.of(),
            "required",
            "Placement Driver addresses. One that answers is enough; the other members are found from it.");
    static final Option<Long> CLUSTER_ID = row(
            "cluster.id",
            new Whole(0, Long.MAX_VALUE),
            0L,
            "0: whatever PD answers",
            "The cluster expected behind the addresses; opening a client on another one fails.");
    static final Option<ApiVersion> API = row(
            "api",
            new Choice<>(ApiVersion.class),
            ApiVersion.V1,
            "TiKV storage.api-version = 1",
            "Storage API version of the TiKV servers.");
    static final Option<String> KEYSPACE = row(
            "keyspace",
            new Text("a keyspace name; only with api=v2"),
            "",
            "empty: keyspace DEFAULT, id 0",
            "Name of the keyspace all keys live in.");
    static final Option<Long> KEYSPACE_ID = row(
            "keyspace.id",
            new Whole(-1, (1 << 24) - 1),
            -1L,
            "-1: the keyspace is given by its name",
            "Id of the keyspace all keys live in, instead of its name; only with api=v2.");
    static final Option<Duration> TIMEOUT = row(
            "timeout",
            new Time(Duration.ofMillis(1), Duration.ofHours(1)),
            Duration.ofSeconds(20),
            "client-go rawkvMaxBackoff; a Raft election takes 10 to 20 s",
            "The deadline of one operation, from the call to its result, with everything beneath: waiting, retries,"
                    + " look-ups.");
    static final Option<Duration> CONNECT_TIMEOUT = row(
            "connect.timeout",
            new Time(Duration.ofMillis(1), Duration.ofMinutes(10)),
            Duration.ofSeconds(5),
            "client-go dialTimeout",
            "How long a connection may take to be established, TLS and HTTP/2 preface included.");
    static final Option<Duration> CLOSE_TIMEOUT = row(
            "close.timeout",
            new Time(Duration.ZERO, Duration.ofMinutes(10)),
            Duration.ofSeconds(2),
            "own choice",
            "How long close() lets operations in flight end before it fails them.");
    static final Option<Map<String, String>> ADDRESS_MAP = row(
            "address.map",
            new AddressMap(),
            Map.of(),
            "own choice",
            "Addresses to dial instead of the ones PD announces, for clusters behind NAT or in containers.");

    static final Option<Duration> PD_TIMEOUT = row(
            "pd.timeout",
            new Time(Duration.ofMillis(1), Duration.ofMinutes(10)),
            Duration.ofSeconds(3),
            "client-go PDClient.PDServerTimeout",
            "How long one request to PD may take before it is tried elsewhere, within the operation's deadline.");
    static final Option<Duration> PD_MEMBERS_INTERVAL = row(
            "pd.members-interval",
            new Time(Duration.ofMillis(10), Duration.ofHours(24)),
            Duration.ofSeconds(60),
            "PD client MemberUpdateInterval",
            "How often the member list is refreshed in the background, plus or minus a fifth at random.");
    static final Option<Long> PD_CONCURRENCY = row(
            "pd.concurrency",
            new Whole(1, 10_000),
            64L,
            "own choice",
            "Requests to PD under way at once; more of them wait.");
    static final Option<Long> PD_QUEUE = row(
            "pd.queue",
            new Whole(0, 1_000_000),
            10_000L,
            "own choice",
            "Requests that may wait for PD; one more is refused with BACKPRESSURE.");
    static final Option<Long> BREAKER_ERRORS = row(
            "pd.breaker.error-percent",
            new Whole(0, 100),
            0L,
            "client-go: 0, no circuit breaker",
            "Share of failed region look-ups from which on PD is left alone for a while; calls that need a look-up then"
                    + " fail at once with CIRCUIT_OPEN.");
    static final Option<Duration> BREAKER_WINDOW = row(
            "pd.breaker.window",
            new Time(Duration.ofMillis(10), Duration.ofHours(1)),
            Duration.ofSeconds(30),
            "client-go ErrorRateWindow",
            "How long region look-ups are counted before their failures are judged.");
    static final Option<Long> BREAKER_MIN_RATE = row(
            "pd.breaker.min-rate",
            new Whole(0, 1_000_000),
            10L,
            "client-go MinQPSForOpen",
            "Region look-ups per second below which a window is not judged.");
    static final Option<Duration> BREAKER_COOL_DOWN = row(
            "pd.breaker.cool-down",
            new Time(Duration.ofMillis(1), Duration.ofHours(1)),
            Duration.ofSeconds(10),
            "client-go CoolDownInterval",
            "How long PD is left alone before it is tried again.");
    static final Option<Long> BREAKER_TRIALS = row(
            "pd.breaker.trials",
            new Whole(1, 10_000),
            1L,
            "client-go HalfOpenSuccessCount",
            "Look-ups let through after that; when all of them succeed the breaker closes, when one fails it opens again.");
    static final Option<Long> TSO_BATCH = row(
            "tso.batch",
            new Whole(1, 262_143),
            10_000L,
            "PD client defaultMaxTSOBatchSize; PD refuses more than 2^18",
            "Timestamps asked for in one request.");
    static final Option<Long> TSO_QUEUE = row(
            "tso.queue",
            new Whole(1, 10_000_000),
            100_000L,
            "own choice",
            "Callers that may wait for a timestamp; one more is refused with BACKPRESSURE.");
    static final Option<Duration> TSO_LOW_RESOLUTION = row(
            "tso.low-resolution",
            new Time(Duration.ofMillis(500), Duration.ofMinutes(10)),
            Duration.ofSeconds(2),
            "client-go defaultOracleUpdateInterval",
            "How old a low-resolution timestamp may be; stale reads that want newer states shorten it for some minutes.");
    static final Option<Boolean> TSO_VALIDATION = row(
            "tso.validate-reads",
            new Flag(),
            false,
            "client-go EnableTSValidation, off",
            "Whether a snapshot's timestamp is compared with the oracle's before the first read, and one of the future"
                    + " refused.");

    static final Option<Long> TXN_LATCHES = row(
            "txn.latches",
            new Whole(0, 1 << 20),
            0L,
            "client-go TxnLocalLatches: off",
            "Slots by which optimistic commits of this client that write the same keys go one after the other; one that"
                    + " has lost already is refused without a request. 0: off. Of use where few clients write few hot"
                    + " keys.");

    static final Option<Duration> BACKOFF_BUDGET = row(
            "backoff.budget",
            new Time(Duration.ZERO, Duration.ofHours(1)),
            Duration.ofSeconds(20),
            "client-go rawkvMaxBackoff",
            "Sleep allowed between the attempts of one operation, before the weight; the deadline ends it earlier.");
    static final Option<Long> BACKOFF_WEIGHT =
            row("backoff.weight", new Whole(1, 100), 2L, "client-go DefBackOffWeight", "Multiplies backoff.budget.");
    static final Option<Duration> REGIONS_TTL = row(
            "regions.ttl",
            new Time(Duration.ofSeconds(1), Duration.ofHours(24)),
            Duration.ofSeconds(600),
            "client-go regionCacheTTLSec",
            "How long a cached region stays after its last use.");
    static final Option<Duration> REGIONS_TTL_JITTER = row(
            "regions.ttl-jitter",
            new Time(Duration.ZERO, Duration.ofHours(24)),
            Duration.ofSeconds(60),
            "client-go regionCacheTTLJitterSec",
            "Random time added to regions.ttl, so that entries do not expire together.");
    static final Option<Long> REGIONS_MAX = row(
            "regions.max",
            new Whole(16, 50_000_000),
            2_000_000L,
            "own choice; about 300 bytes each",
            "Regions kept in the cache; above it the longest unused are dropped.");
    static final Option<Long> REGIONS_PREFETCH = row(
            "regions.prefetch",
            new Whole(1, 1024),
            16L,
            "own choice",
            "Regions asked for at a miss: the one of the key and its right neighbours that are missing too.");
    static final Option<Duration> REGIONS_REFRESH = row(
            "regions.refresh-interval",
            new Time(Duration.ZERO, Duration.ofHours(24)),
            Duration.ZERO,
            "client-go RegionsRefreshInterval: 0, off",
            "How often all regions of the key space are loaded from PD, known or not; for clients that touch most of them."
                    + " 0: regions are looked up when they are needed.");
    static final Option<Boolean> REGIONS_BUCKETS = row(
            "regions.buckets",
            new Flag(),
            false,
            "own choice: they cost memory and only coprocessors use them; client-go always asks",
            "Whether PD is asked for the buckets of regions too. Requests then carry their version, and"
                    + " TikvClient.parts cuts ranges at their borders.");
    static final Option<Duration> STORES_INTERVAL = row(
            "stores.interval",
            new Time(Duration.ofMillis(10), Duration.ofHours(24)),
            Duration.ofSeconds(10),
            "client-go refreshStoreListInterval",
            "How often the list of stores is refreshed from PD.");

    static final Option<Long> INFLIGHT = row(
            "inflight.operations",
            new Whole(1, 1_000_000),
            16_384L,
            "own choice",
            "Operations of this client in flight at once; above it callers wait or are refused.");
    static final Option<Long> INFLIGHT_BYTES = row(
            "inflight.bytes",
            new Size(64 * KIB, 64 * GIB),
            256 * MIB,
            "own choice",
            "Bytes of request bodies in flight at once.");
    static final Option<Long> STORE_INFLIGHT = row(
            "store.inflight",
            new Whole(1, 1_000_000),
            8_192L,
            "own choice",
            "Operations in flight at once to one store.");
    static final Option<Long> STORE_CONNECTIONS = row(
            "store.connections",
            new Whole(1, 64),
            1L,
            "own choice: one batch stream per store; client-go GrpcConnectionCount is 4",
            "Connections to each store. More of them can carry more, and make smaller batches. Operations whose answers"
                    + " are expected to be large (64 KiB and more) have one more to themselves, made for the first of them.");
    static final Option<Duration> STORE_IDLE_TIMEOUT = row(
            "store.idle-timeout",
            new Time(Duration.ZERO, Duration.ofHours(24)),
            Duration.ofMinutes(3),
            "client-go idleTimeout; 0: connections stay",
            "Time without a request after which a connection to a store is closed; the next request opens it again.");
    static final Option<Duration> STORE_PROBE_TIMEOUT = row(
            "store.probe-timeout",
            new Time(Duration.ZERO, Duration.ofMinutes(10)),
            Duration.ofSeconds(3),
            "own choice; client-go storeLivenessTimeout is 1 s and asks after failures only; 0: no probes",
            "Silence with requests unanswered after which a store's health service is asked, and how long that may take"
                    + " before the store counts as unreachable.");
    static final Option<Saturation> ASYNC_SATURATION = row(
            "async.saturation",
            new Choice<>(Saturation.class),
            Saturation.FAIL,
            "own choice",
            "What an asynchronous call does when the window is full.");
    static final Option<Long> BATCH_SIZE = row(
            "batch.size",
            new Whole(1, 8_192),
            128L,
            "client-go MaxBatchSize",
            "Requests in one BatchCommands message at most.");
    static final Option<Long> BATCH_BYTES = row(
            "batch.bytes",
            new Size(4 * KIB, 64 * MIB),
            MIB,
            "own choice",
            "Bytes in one BatchCommands message before it is closed; a single larger request still goes.");
    static final Option<Duration> BATCH_WAIT = row(
            "batch.wait",
            new Time(Duration.ZERO, Duration.ofMillis(10)),
            Duration.ZERO,
            "own choice: natural batching; client-go waits up to 100 us",
            "How long the loop waits for more requests before it sends; for throughput at the cost of latency.");
    static final Option<Long> BATCH_WAIT_LOAD = row(
            "batch.wait-load",
            new Whole(0, 1_000_000),
            0L,
            "0: always; client-go OverloadThreshold is 200",
            "With batch.wait: waits only for a store that reports at least this load, in hundredths of a processor.");
    static final Option<Long> LARGE_VALUE = row(
            "large-value",
            new Size(KIB, 64 * MIB),
            64 * KIB,
            "own choice",
            "Request bodies from this size on are sent by reference rather than copied into the batch.");
    static final Option<Long> SCAN_PAGE = row(
            "scan.page",
            new Whole(1, 10_240),
            256L,
            "client-go DefaultScanBatchSize",
            "Pairs in one page of a streaming scan.");
    static final Option<Long> SCAN_PREFETCH = row(
            "scan.prefetch", new Whole(0, 16), 1L, "own choice", "Pages a streaming scan loads ahead of its reader.");
    static final Option<Long> KEY_LIMIT = row(
            "limit.key", new Size(1, 64 * KIB), 8 * KIB, "TiKV storage.max-key-size", "Longest raw key that is sent.");
    static final Option<Long> VALUE_LIMIT = row(
            "limit.value",
            new Size(1, 64 * MIB),
            8 * MIB - 64 * KIB,
            "TiKV raftstore.raft-entry-max-size, 8 MiB, less room for the entry's head",
            "Largest value that is sent.");

    static final Option<Transport> TRANSPORT =
            row("transport", new Choice<>(Transport.class), Transport.AUTO, "own choice", "How sockets are driven.");
    static final Option<Long> LOOPS = row(
            "loops",
            new Whole(0, 256),
            0L,
            "0: half the processors, at least 1, at most 8",
            "Event loop threads of this client.");
    static final Option<Duration> KEEPALIVE_TIME = row(
            "keepalive.time",
            new Time(Duration.ofSeconds(1), Duration.ofHours(1)),
            Duration.ofSeconds(10),
            "client-go GrpcKeepAliveTime",
            "Silence on a connection before it is pinged.");
    static final Option<Duration> KEEPALIVE_TIMEOUT = row(
            "keepalive.timeout",
            new Time(Duration.ofMillis(50), Duration.ofHours(1)),
            Duration.ofSeconds(3),
            "client-go GrpcKeepAliveTimeout",
            "How long the answer to a ping may take before the connection is given up.");
    static final Option<Compression> COMPRESSION = row(
            "compression",
            new Choice<>(Compression.class),
            Compression.NONE,
            "client-go GrpcCompressionType",
            "Compression of gRPC messages to stores.");
    static final Option<Long> STREAM_WINDOW = row(
            "window.stream",
            new Size(64 * KIB - 1, 2 * GIB - 1),
            128 * MIB,
            "client-go GrpcInitialWindowSize",
            "HTTP/2 receive window of a stream.");
    static final Option<Long> CONNECTION_WINDOW = row(
            "window.connection",
            new Size(64 * KIB - 1, 2 * GIB - 1),
            128 * MIB,
            "client-go GrpcInitialConnWindowSize",
            "HTTP/2 receive window of a connection.");
    static final Option<Long> MESSAGE_LIMIT = row(
            "limit.message",
            new Size(64 * KIB, 2 * GIB - 1),
            256 * MIB,
            "own choice; client-go has no limit",
            "Largest message accepted from a server.");

    static final Option<Boolean> TLS_ENABLED = row(
            "tls.enabled",
            new Flag(),
            false,
            "own choice",
            "Turns TLS on without tls.ca: the servers are then checked against the JDK's trusted certificates.");
    static final Option<String> TLS_CA = row(
            "tls.ca",
            new Text("path of a PEM file"),
            "",
            "empty: plaintext unless tls.enabled",
            "Certificates that sign the servers' certificates; setting it turns TLS on.");
    static final Option<String> TLS_CERT =
            row("tls.cert", new Text("path of a PEM file"), "", "empty: none", "This client's certificate chain.");
    static final Option<String> TLS_KEY =
            row("tls.key", new Text("path of a PKCS#8 PEM file"), "", "empty: none", "This client's private key.");
    static final Option<String> TLS_SERVER_NAME = row(
            "tls.server-name",
            new Text("a host name"),
            "",
            "empty: the host that is dialled",
            "Name the servers' certificates must carry, instead of the host that is dialled.");
    static final Option<TlsProvider> TLS_PROVIDER = row(
            "tls.provider",
            new Choice<>(TlsProvider.class),
            TlsProvider.AUTO,
            "own choice",
            "Which TLS engine is used.");

    static final Option<Duration> SLOW_AFTER = row(
            "slow.after",
            new Time(Duration.ZERO, Duration.ofHours(1)),
            Duration.ofSeconds(5),
            "own choice, below the default timeout; client-go 30 s",
            "Requests that a store has not answered for so long are counted and reported in the log. 0: they are not.");
    static final Option<Duration> HANGING_AFTER = row(
            "slow.hanging-after",
            new Time(Duration.ZERO, Duration.ofHours(1)),
            Duration.ofSeconds(15),
            "own choice, below the default timeout; client-go 90 s",
            "Requests without an answer for so long are reported once more, as hanging. 0: they are not.");
    static final Option<Duration> FAILED_AFTER = row(
            "slow.failed-after",
            new Time(Duration.ZERO, Duration.ofHours(1)),
            Duration.ofMillis(100),
            "client-go slowLogSendReqTime",
            "Attempts that took so long and then failed without an answer are reported, whether or not another one"
                    + " succeeds. 0: they are not.");
    static final Option<KeyRedaction> REDACTION = row(
            "redaction",
            new Choice<>(KeyRedaction.class),
            KeyRedaction.FULL,
            "own choice: keys may be personal data",
            "How much of a key exceptions and logs show.");
    static final Option<String> REQUEST_SOURCE = row(
            "request-source",
            new Text("text"),
            "",
            "client-go: unknown",
            "A name for the work this client does; TiKV labels its statistics with it.");

    private static final Map<String, Option<?>> BY_KEY = byKey();

    private Options() {}

    static List<Option<?>> rows() {
        return List.copyOf(ROWS);
    }

    /** The option with that key; a ConfigurationException that lists the keys otherwise. */
    static Option<?> named(final String key) {
        final Option<?> option = BY_KEY.get(key);
        if (option == null) {
            throw new ConfigurationException(
                    key, "no such option; options are " + String.join(", ", BY_KEY.keySet()), null);
        }
        return option;
    }

    private static Map<String, Option<?>> byKey() {
        final Map<String, Option<?>> map = new LinkedHashMap<>();
        ROWS.forEach(option -> map.put(option.key(), option));
        return map;
    }

    private static <T> Option<T> row(
            final String key, final OptionType<T> type, final T initial, final String source, final String meaning) {
        return added(new Option<>(key, type, initial, source, meaning));
    }

    private static <T> Option<T> added(final Option<T> option) {
        ROWS.add(option);
        return option;
    }

    /**
     * Immutable. One row of the table.
     *
     * @param key its name in URIs and files
     * @param type how its text is read, and its limits
     * @param initial the value where none is given
     * @param source where that default comes from
     * @param meaning what it does, for a person
     */
    record Option<T>(String key, OptionType<T> type, T initial, String source, String meaning) {

        T parse(final String text) {
            try {
                return type.parse(text.trim());
            } catch (final IllegalArgumentException | ArithmeticException refused) {
                throw new ConfigurationException(
                        key, '"' + text.trim() + "\" is not allowed; allowed: " + type.allowed(), refused);
            }
        }

        T check(final T value) {
            return parse(type.format(value));
        }

        /** TIKV_DIRECT_ and the key in capitals, with '.' and '-' as '_'. */
        String environmentName() {
            return "TIKV_DIRECT_"
                    + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
        }
    }
}
