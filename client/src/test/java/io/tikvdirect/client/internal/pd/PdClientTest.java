package io.tikvdirect.client.internal.pd;

import static io.tikvdirect.client.internal.pd.PdFixture.get;
import static io.tikvdirect.client.internal.pd.PdFixture.in;
import static io.tikvdirect.client.internal.pd.PdFixture.soon;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.ClusterMismatchException;
import io.tikvdirect.client.KeyspaceNotFoundException;
import io.tikvdirect.client.PdUnavailableException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PdClientTest {
    private static final byte[] NONE = {};

    private static EmbeddedCluster cluster() throws IOException {
        return EmbeddedCluster.builder()
                .stores(3)
                .splitKeys(List.of("b".getBytes(UTF_8), "d".getBytes(UTF_8)))
                .start();
    }

    private static String uri(final EmbeddedCluster cluster) {
        return "tikv://" + String.join(",", cluster.pdAddresses());
    }

    @Test
    void regionsAndStoresAreFound() throws Exception {
        try (EmbeddedCluster cluster = cluster();
                PdFixture pd = new PdFixture(uri(cluster))) {
            assertThat(get(pd.client.open(soon()))).isEqualTo(cluster.clusterId());
            final byte[] key = "c".getBytes(UTF_8);
            final var region = get(pd.client.getRegion(key, soon())).orElseThrow();
            assertThat(region.getRegion().getStartKey().toStringUtf8()).isEqualTo("b");
            assertThat(region.getLeader().getStoreId()).isPositive();
            final long id = region.getRegion().getId();
            assertThat(get(pd.client.getRegionById(id, soon()))).contains(region);
            assertThat(get(pd.client.getRegionById(987_654, soon()))).isEmpty();
            final var left = get(pd.client.getPrevRegion(key, soon())).orElseThrow();
            assertThat(left.getRegion().getEndKey().toStringUtf8()).isEqualTo("b");
            assertThat(get(pd.client.scanRegions(NONE, NONE, 10, soon()))).hasSize(3);
            assertThat(get(pd.client.scanRegions(key, NONE, 1, soon()))).containsExactly(region);
            final List<byte[][]> ranges = List.of(
                    new byte[][] {"a".getBytes(UTF_8), "b".getBytes(UTF_8)}, new byte[][] {"x".getBytes(UTF_8), NONE});
            assertThat(get(pd.client.batchScanRegions(ranges, 10, soon()))).hasSize(2);
            assertThat(get(pd.client.getAllStores(soon()))).hasSize(3);
            assertThat(get(pd.client.getStore(1, soon()))).isPresent();
            assertThat(get(pd.client.getStore(4711, soon()))).isEmpty();
        }
    }

    @Test
    void aPdWithoutBatchScanIsAskedForOneRangeAfterTheOther() throws Exception {
        try (EmbeddedCluster cluster = cluster();
                PdFixture pd = new PdFixture(uri(cluster))) {
            final var rule = cluster.faults().on("BatchScanRegions").fail(Status.UNIMPLEMENTED);
            final List<byte[][]> ranges = List.of(
                    new byte[][] {"a".getBytes(UTF_8), "aa".getBytes(UTF_8)},
                    new byte[][] {"ab".getBytes(UTF_8), "c".getBytes(UTF_8)},
                    new byte[][] {"x".getBytes(UTF_8), NONE});
            assertThat(get(pd.client.batchScanRegions(ranges, 10, soon()))).hasSize(3);
            assertThat(get(pd.client.batchScanRegions(ranges, 1, soon()))).hasSize(1);
            assertThat(rule.fired()).as("it is asked for once only").isEqualTo(1);
        }
    }

    @Test
    void keyspacesAreFoundByName() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder()
                        .apiVersion(EmbeddedApiVersion.V2)
                        .keyspaces("tenant")
                        .start();
                PdFixture pd = new PdFixture(uri(cluster))) {
            assertThat(get(pd.client.loadKeyspace("tenant", soon())).getName()).isEqualTo("tenant");
            assertThatThrownBy(() -> get(pd.client.loadKeyspace("nobody", soon())))
                    .hasCauseInstanceOf(KeyspaceNotFoundException.class)
                    .hasMessageContaining("nobody");
        }
    }

    @Test
    void anotherClusterIsRefusedAtOnce() throws Exception {
        try (EmbeddedCluster cluster = cluster();
                EmbeddedCluster other = EmbeddedCluster.builder().seed(99).start();
                PdFixture expecting = new PdFixture(uri(cluster) + "?cluster.id=12345");
                PdFixture mixed =
                        new PdFixture(uri(cluster) + ',' + other.pdAddresses().get(0))) {
            assertThatThrownBy(() -> get(expecting.client.open(soon())))
                    .hasCauseInstanceOf(ClusterMismatchException.class)
                    .hasMessageContaining("12345");
            if (other.clusterId() != cluster.clusterId()) {
                assertThatThrownBy(() -> get(mixed.client.open(soon())))
                        .hasCauseInstanceOf(ClusterMismatchException.class);
            }
        }
    }

    @Test
    void callsMadeWhilePdIsDownSucceedOnceItIsBack() throws Exception {
        try (EmbeddedCluster cluster = cluster();
                PdFixture pd = new PdFixture(uri(cluster))) {
            get(pd.client.open(soon()));
            cluster.stopPd();
            final CompletableFuture<?> waiting = pd.client.getAllStores(soon());
            assertThatThrownBy(() -> get(pd.client.getAllStores(in(Duration.ofMillis(200)))))
                    .hasCauseInstanceOf(PdUnavailableException.class);
            assertThat(waiting).isNotDone();
            cluster.startPd();
            get(waiting);
        }
    }

    @Test
    void membersThatWereNotConfiguredAreLearntAndServeWhenTheConfiguredOneIsGone() throws Exception {
        try (ScriptedPd configured = new ScriptedPd();
                ScriptedPd learnt = new ScriptedPd()) {
            ScriptedPd.elect(configured, configured, learnt);
            try (PdFixture pd = new PdFixture("tikv://" + configured.address())) {
                get(pd.client.getAllStores(soon()));
                assertThat(configured.served()).isEqualTo(1);
                ScriptedPd.elect(learnt, configured, learnt);
                configured.close();
                get(pd.client.getAllStores(soon()));
                assertThat(learnt.served()).isEqualTo(1);
            }
        }
    }

    @Test
    void aCallThatAFollowerRefusesIsServedByTheLeader() throws Exception {
        try (ScriptedPd old = new ScriptedPd();
                ScriptedPd next = new ScriptedPd()) {
            ScriptedPd.elect(old, old, next);
            try (PdFixture pd = new PdFixture("tikv://" + old.address())) {
                get(pd.client.getAllStores(soon()));
                ScriptedPd.elect(next, old, next);
                get(pd.client.getAllStores(soon()));
                assertThat(old.refused()).isEqualTo(1);
                assertThat(next.served()).isEqualTo(1);
                get(pd.client.getAllStores(soon()));
                assertThat(next.served()).as("the new leader is remembered").isEqualTo(2);
                assertThat(old.refused()).isEqualTo(1);
            }
        }
    }

    @Test
    void anAddressWhereNobodyListensIsUnavailableByTheDeadline() throws Exception {
        try (PdFixture pd = new PdFixture("tikv://127.0.0.1:1")) {
            assertThatThrownBy(() -> get(pd.client.open(in(Duration.ofMillis(300)))))
                    .hasCauseInstanceOf(PdUnavailableException.class)
                    .hasMessageContaining("PD_UNAVAILABLE");
        }
    }

    @Test
    void aSilentPdDoesNotKeepAnybodyBeyondTheDeadlineNorHideTheLivingOne() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                EmbeddedCluster cluster = cluster();
                PdFixture alone = new PdFixture("tikv://127.0.0.1:" + silent.getLocalPort());
                PdFixture both = new PdFixture("tikv://127.0.0.1:" + silent.getLocalPort() + ','
                        + cluster.pdAddresses().get(0))) {
            assertThatThrownBy(() -> get(alone.client.open(in(Duration.ofMillis(300)))))
                    .hasCauseInstanceOf(TikvException.class)
                    .hasMessageContaining("PD_UNAVAILABLE");
            assertThat(get(both.client.open(soon()))).isEqualTo(cluster.clusterId());
        }
    }

    @Test
    void aPortThatIsNotPdIsSaidSo() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                PdFixture pd = new PdFixture("tikv://127.0.0.1:" + server.getLocalPort())) {
            final Thread babbler = new Thread(() -> babble(server));
            babbler.setDaemon(true);
            babbler.start();
            assertThatThrownBy(() -> get(pd.client.open(soon())))
                    .hasCauseInstanceOf(TikvException.class)
                    .hasMessageContaining("PROTOCOL_ERROR");
        }
    }

    private static void babble(final ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept();
                    OutputStream out = socket.getOutputStream()) {
                out.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8));
                out.flush();
                // closing with something unread is a reset, which may overtake what was said
                socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (final IOException closed) {
                return;
            }
        }
    }

    @Test
    void moreCallsThanTheQueueHoldsAreRefused() throws Exception {
        try (PdFixture pd = new PdFixture("tikv://127.0.0.1:1?pd.concurrency=2&pd.queue=3")) {
            final List<CompletableFuture<?>> calls = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                calls.add(pd.client.getAllStores(in(Duration.ofSeconds(2))));
            }
            assertThatThrownBy(() -> get(calls.get(5))).hasCauseInstanceOf(BackpressureException.class);
            for (int i = 0; i < 5; i++) {
                final CompletableFuture<?> call = calls.get(i);
                assertThatThrownBy(() -> get(call)).hasCauseInstanceOf(PdUnavailableException.class);
            }
            assertThatThrownBy(() -> get(pd.client.getAllStores(in(Duration.ofMillis(50)))))
                    .as("the places are free again")
                    .hasCauseInstanceOf(PdUnavailableException.class);
        }
    }

    @Test
    void closingEndsCallsUnderWay() throws Exception {
        try (PdFixture pd = new PdFixture("tikv://127.0.0.1:1")) {
            final CompletableFuture<?> call = pd.client.getAllStores(soon());
            pd.client.close();
            assertThatThrownBy(() -> get(call)).hasCauseInstanceOf(ClientClosedException.class);
            assertThatThrownBy(() -> get(pd.client.getAllStores(soon())))
                    .hasCauseInstanceOf(ClientClosedException.class);
        }
    }
}
