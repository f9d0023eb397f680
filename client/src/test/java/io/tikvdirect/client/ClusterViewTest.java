package io.tikvdirect.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.EmbeddedPeer;
import io.tikvdirect.embedded.EmbeddedRegion;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a client tells people about the cluster. */
class ClusterViewTest {
    private static EmbeddedCluster cluster;
    private static TikvClient client;

    @BeforeAll
    static void open() throws Exception {
        cluster = EmbeddedCluster.builder()
                .stores(3)
                .splitKeys(List.of(bytes("d"), bytes("m")))
                .start();
        client = open(cluster);
    }

    @AfterAll
    static void close() {
        client.close();
        cluster.close();
    }

    private static TikvClient open(EmbeddedCluster to, String... options) {
        ConfigBuilder config = Config.builder()
                .set("pd.addresses", String.join(",", to.pdAddresses()))
                .set("timeout", "20s");
        for (int i = 0; i < options.length; i += 2) {
            config.set(options[i], options[i + 1]);
        }
        return TikvClient.open(config.build());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void regionsOfARangeAreAsTheClusterHasThem() {
        cluster.transferLeader(cluster.regionOf(bytes("e")).id(), 2);
        List<RegionInfo> found = client.regions(KeyRange.of(bytes("e"), bytes("n")));
        assertThat(found).hasSize(2);
        for (RegionInfo region : found) {
            EmbeddedRegion there = cluster.regionOf(
                    region.range().start().length == 0
                            ? bytes("a")
                            : region.range().start());
            assertThat(region.id()).isEqualTo(there.id());
            assertThat(region.leaderStoreId()).isEqualTo(there.leaderStoreId());
            assertThat(region.storeIds())
                    .containsExactlyInAnyOrderElementsOf(
                            there.peers().stream().map(EmbeddedPeer::storeId).toList());
            assertThat(region.version()).isPositive();
            assertThat(region.confVersion()).isPositive();
        }
        assertThat(found.get(0).range()).isEqualTo(KeyRange.of(bytes("d"), bytes("m")));
        assertThat(found.get(0).leaderStoreId()).isEqualTo(2);
        assertThat(found.get(1).range().start()).isEqualTo(bytes("m"));
    }

    @Test
    void storesHaveTheirAddressStateAndVersion() {
        assertThat(client.stores()).hasSize(3).allSatisfy(store -> {
            assertThat(cluster.stores())
                    .anyMatch(
                            there -> there.id() == store.id() && there.address().equals(store.address()));
            assertThat(store.state()).isNotEmpty();
            assertThat(store.version()).isNotEmpty();
            assertThat(store.labels()).isNotNull();
        });
    }

    @Test
    void theKeysSplitAtAreBorders() {
        assertThat(client.splitRegions(List.of(bytes("q"), bytes("s")))).hasSize(2);
        for (String border : List.of("q", "s")) {
            assertThat(client.regions(KeyRange.of(bytes(border), bytes(border + "0"))))
                    .singleElement()
                    .satisfies(region -> assertThat(region.range().start()).isEqualTo(bytes(border)));
        }
    }

    @Test
    void inAKeyspaceRegionsAreCutToItsUserKeys() throws Exception {
        try (EmbeddedCluster v2 = EmbeddedCluster.builder()
                        .apiVersion(EmbeddedApiVersion.V2)
                        .keyspaces("tenant")
                        .start();
                TikvClient tenant = open(v2, "api", "v2", "keyspace", "tenant")) {
            tenant.splitRegions(List.of(bytes("k")));
            List<KeyRange> ranges = tenant.regions(KeyRange.all()).stream()
                    .map(RegionInfo::range)
                    .toList();
            assertThat(ranges).containsExactly(KeyRange.of(bytes(""), bytes("k")), KeyRange.from(bytes("k")));
            assertThat(Arrays.equals(
                            tenant.regions(KeyRange.from(bytes("z")))
                                    .get(0)
                                    .range()
                                    .start(),
                            bytes("k")))
                    .isTrue();
        }
    }

    @Test
    void timestampsRise() throws Exception {
        long before = client.timestamp();
        assertThat(client.timestampAsync().toCompletableFuture().get()).isGreaterThan(before);
        assertThat(client.clusterId()).isEqualTo(cluster.clusterId());
    }
}
