package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.netty.util.internal.PlatformDependent;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.TlsProvider;
import io.tikvdirect.client.raw.Certificates.Identity;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.EmbeddedRegion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A cluster that speaks TLS: what works as without, and each way it can be set up wrongly. */
class TlsClusterTest {

    private static final String TIMEOUT = "3s";
    private static final String LONGER = "60s";

    @TempDir
    Path directory;

    private Certificates good;

    @BeforeEach
    void authority() throws Exception {
        good = new Certificates(directory);
    }

    private static EmbeddedCluster serve(Identity server) throws Exception {
        return EmbeddedCluster.builder()
                .stores(3)
                .regions(4)
                .tls(server.certificates(), server.key())
                .start();
    }

    private static EmbeddedCluster serveKnownClients(Identity server, Path clients) throws Exception {
        return EmbeddedCluster.builder()
                .stores(3)
                .regions(4)
                .tls(server.certificates(), server.key())
                .tlsClientAuthorities(clients)
                .start();
    }

    @ParameterizedTest
    @EnumSource(names = {"JDK", "OPENSSL"})
    void aTrustedClusterServesThroughRestartsAndLeaderMoves(TlsProvider provider) throws Exception {
        try (EmbeddedCluster cluster = serve(good.forLoopback());
                TikvClient client = TestClients.open(
                        cluster, "tls.ca", good.authority().toString(), "tls.provider", text(provider))) {
            worksThroughChanges(cluster, client.raw());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"JDK", "OPENSSL"})
    void aKnownClientIsServedThroughRestartsAndLeaderMoves(TlsProvider provider) throws Exception {
        Identity me = good.forHost("client");
        try (EmbeddedCluster cluster = serveKnownClients(good.forLoopback(), good.authority());
                TikvClient client = TestClients.open(
                        cluster,
                        "tls.ca",
                        good.authority().toString(),
                        "tls.cert",
                        me.certificates().toString(),
                        "tls.key",
                        me.key().toString(),
                        "tls.provider",
                        text(provider))) {
            worksThroughChanges(cluster, client.raw());
        }
    }

    private static String text(TlsProvider provider) {
        return provider.name().toLowerCase(Locale.ROOT);
    }

    private static void worksThroughChanges(EmbeddedCluster cluster, RawClient raw) throws Exception {
        List<KvPair> pairs = IntStream.range(0, 256)
                .mapToObj(i -> new KvPair(new byte[] {(byte) i, 1}, new byte[i * 100]))
                .toList();
        raw.batchPut(pairs);
        EmbeddedRegion moving = cluster.regions().get(1);
        moving.peers().forEach(peer -> {
            cluster.transferLeader(moving.id(), peer.storeId());
            reads(raw, pairs);
        });
        long store = cluster.stores().get(0).id();
        cluster.stopStore(store);
        reads(raw, pairs);
        cluster.startStore(store);
        cluster.regions().forEach(region -> cluster.transferLeader(region.id(), store));
        reads(raw, pairs);
    }

    private static void reads(RawClient raw, List<KvPair> pairs) {
        assertThat(raw.scan(KeyRange.all(), ScanOptions.limit(1_000))).isEqualTo(pairs);
        KvPair last = pairs.get(pairs.size() - 1);
        assertThat(raw.get(last.key())).isEqualTo(last.value());
    }

    @Test
    void theServersNameIsAnother() throws Exception {
        try (EmbeddedCluster cluster = serve(good.forHost("tikv.example"))) {
            Map<String, String> trusting = Map.of("tls.ca", good.authority().toString());
            assertThat(distrusted(cluster, trusting).code()).isEqualTo(ErrorCode.TLS_FAILURE);
            try (TikvClient client = TestClients.open(
                    cluster, "tls.ca", good.authority().toString(), "tls.server-name", "tikv.example")) {
                client.raw().put(bytes("k"), bytes("v"));
                assertThat(client.raw().get(bytes("k"))).isEqualTo(bytes("v"));
            }
        }
    }

    @Test
    void theAuthorityIsUnknown() throws Exception {
        Certificates other = new Certificates(directory);
        try (EmbeddedCluster cluster = serve(other.forLoopback())) {
            Map<String, String> trusting = Map.of("tls.ca", good.authority().toString());
            assertThat(distrusted(cluster, trusting).code()).isEqualTo(ErrorCode.TLS_FAILURE);
            assertThat(distrusted(cluster, Map.of("tls.enabled", "true")).code())
                    .isEqualTo(ErrorCode.TLS_FAILURE);
        }
    }

    @Test
    void theServersCertificateHasExpired() throws Exception {
        try (EmbeddedCluster cluster = serve(good.expired())) {
            Map<String, String> trusting = Map.of("tls.ca", good.authority().toString());
            assertThat(distrusted(cluster, trusting).code()).isEqualTo(ErrorCode.TLS_FAILURE);
        }
    }

    @Test
    void theClientHasNoCertificateOrOneOfAStranger() throws Exception {
        Identity stranger = new Certificates(directory).forHost("stranger");
        try (EmbeddedCluster cluster = serveKnownClients(good.forLoopback(), good.authority())) {
            String ca = good.authority().toString();
            // with TLS 1.3 the server says so after its side of the handshake, or cuts the connection before that is
            // read
            assertThat(refused(cluster, Map.of("tls.ca", ca)).code())
                    .isIn(ErrorCode.TLS_FAILURE, ErrorCode.PD_UNAVAILABLE);
            Map<String, String> strange = Map.of(
                    "tls.ca",
                    ca,
                    "tls.cert",
                    stranger.certificates().toString(),
                    "tls.key",
                    stranger.key().toString());
            assertThat(refused(cluster, strange).code()).isIn(ErrorCode.TLS_FAILURE, ErrorCode.PD_UNAVAILABLE);
        }
    }

    @Test
    void aFileIsMissingOrNoCertificate() throws Exception {
        try (EmbeddedCluster cluster = serve(good.forLoopback())) {
            Map<String, String> missing =
                    Map.of("tls.ca", directory.resolve("nowhere.pem").toString());
            assertThat(refused(cluster, missing)).hasMessageContaining("nowhere.pem");
            Map<String, String> noCertificate =
                    Map.of("tls.ca", good.forHost("x").key().toString());
            assertThat(distrusted(cluster, noCertificate).code()).isEqualTo(ErrorCode.TLS_FAILURE);
        }
    }

    @Test
    void tlsAgainstPlaintext() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().start()) {
            TikvException failure =
                    distrusted(cluster, Map.of("tls.ca", good.authority().toString()));
            assertThat(failure.code()).isEqualTo(ErrorCode.TLS_FAILURE);
            assertThat(failure).hasMessageContaining("does not speak TLS");
        }
    }

    @Test
    void plaintextAgainstTls() throws Exception {
        try (EmbeddedCluster cluster = serve(good.forLoopback())) {
            assertThat(refused(cluster, Map.of()).code()).isIn(ErrorCode.PROTOCOL_ERROR, ErrorCode.PD_UNAVAILABLE);
        }
    }

    /** A restart with other files: PD is still trusted, a store no longer. */
    @Test
    void aStoreComesBackWithACertificateOfAStranger() throws Exception {
        Identity server = good.forLoopback();
        try (EmbeddedCluster cluster = serve(server);
                TikvClient client =
                        TestClients.open(cluster, "tls.ca", good.authority().toString())) {
            client.raw().put(bytes("k"), bytes("v"));
            Identity stranger = new Certificates(directory).forLoopback();
            Files.copy(stranger.certificates(), server.certificates(), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(stranger.key(), server.key(), StandardCopyOption.REPLACE_EXISTING);
            long store = cluster.regionOf(bytes("k")).leaderStoreId();
            cluster.stopStore(store);
            cluster.startStore(store);
            cluster.transferLeader(cluster.regionOf(bytes("k")).id(), store);
            TikvException failure =
                    catchThrowableOfType(TikvException.class, () -> client.raw().get(bytes("k")));
            assertThat(failure.code()).isEqualTo(ErrorCode.TLS_FAILURE);
            await().untilAsserted(() -> assertThat(client.metrics().inFlight()).isZero());
        }
    }

    /** The failure of opening a client: typed, within the deadline, and nothing is left. */
    private static TikvException refused(EmbeddedCluster cluster, Map<String, String> options) {
        return refused(cluster, options, TIMEOUT);
    }

    /** What a handshake shows, said at once unless the machine is too busy to finish one in the shorter time. */
    private static TikvException distrusted(EmbeddedCluster cluster, Map<String, String> options) {
        TikvException failure = refused(cluster, options, TIMEOUT);
        return failure.code() == ErrorCode.PD_UNAVAILABLE ? refused(cluster, options, LONGER) : failure;
    }

    private static TikvException refused(EmbeddedCluster cluster, Map<String, String> options, String timeout) {
        var builder = Config.builder()
                .set("pd.addresses", String.join(",", cluster.pdAddresses()))
                .set("timeout", timeout);
        options.forEach(builder::set);
        Config config = builder.build();
        long memory = PlatformDependent.usedDirectMemory();
        TikvException failure = catchThrowableOfType(TikvException.class, () -> TikvClient.open(config));
        assertThat(failure).isNotNull();
        await().untilAsserted(() -> {
            // a client takes 4 MiB at least; less than one may belong to Netty's default allocator, with which it reads
            // PEM files
            assertThat(PlatformDependent.usedDirectMemory() - memory).isLessThan(1 << 20);
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("tikv-direct"));
        });
        return failure;
    }
}
