package io.tikvdirect.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.client.ClientMetrics.StoreMetrics;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.FaultRule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    private EmbeddedCluster cluster;
    private TikvClient client;

    @BeforeEach
    void open() throws Exception {
        cluster = EmbeddedCluster.builder()
                .stores(3)
                .splitKeys(List.of(bytes("d"), bytes("h"), bytes("m"), bytes("r")))
                .start();
        client = TikvClient.open(Config.builder()
                .set("pd.addresses", String.join(",", cluster.pdAddresses()))
                .set("timeout", "20s")
                .set("store.connections", "2")
                .build());
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void afterAWarmUpOfAllKeysNoCallNeedsPd() {
        final FaultRule timestamps = cluster.faults().on("Tso").delay(Duration.ofMillis(1));
        final WarmUpReport report = client.warmUp(List.of(KeyRange.all()));
        assertThat(report.regions()).isEqualTo(5);
        assertThat(report.unreachable()).isEmpty();
        assertThat(timestamps.fired()).as("the stream of timestamps is open").isPositive();
        assertThat(report.stores()).isBetween(1, 3);
        assertThat(client.metrics().stores()).hasSize(2 * report.stores());
        cluster.stopPd();
        for (final String key : List.of("a", "e", "i", "n", "z")) {
            client.raw().put(bytes(key), bytes("v"));
            assertThat(client.raw().get(bytes(key))).isEqualTo(bytes("v"));
        }
    }

    @Test
    void theFirstCallIsNotTheFirstOperationOfItsKind() {
        client.warmUp(List.of(KeyRange.of(bytes("e"), bytes("f"))));
        final long blocking = answered();
        assertThat(blocking).isPositive();
        assertThat(client.warmUpAsync(List.of(KeyRange.all()), null).toCompletableFuture())
                .succeedsWithin(Duration.ofSeconds(30));
        assertThat(answered()).isGreaterThan(blocking);
    }

    private long answered() {
        return client.metrics().stores().stream()
                .mapToLong(StoreMetrics::answered)
                .sum();
    }

    @Test
    void onlyTheRegionsOfTheRangesAreLoadedAndOnlyTheirStoresConnectedTo() {
        final WarmUpReport report =
                client.warmUp(List.of(KeyRange.of(bytes("e"), bytes("f")), KeyRange.of(bytes("x"), bytes("a"))));
        assertThat(report.regions()).isEqualTo(1);
        assertThat(report.stores()).isEqualTo(1);
        assertThat(client.metrics().stores())
                .extracting(StoreMetrics::storeId)
                .containsOnly(cluster.regionOf(bytes("e")).leaderStoreId());
    }

    @Test
    void withoutRangesEveryStoreIsConnectedToAndADeadOneIsNamed() {
        cluster.stopStore(2);
        final WarmUpReport report = client.warmUp(List.of());
        assertThat(report.regions()).isZero();
        assertThat(report.stores()).isEqualTo(2);
        assertThat(report.unreachable()).containsOnlyKeys(2L);
        assertThat(client.warmUp(List.of()).stores()).isEqualTo(2);
    }

    @Test
    void withoutPdItFailsInTime() {
        cluster.stopPd();
        assertThatThrownBy(() -> client.warmUp(List.of(KeyRange.all()), Duration.ofMillis(300)))
                .isInstanceOfSatisfying(TikvException.class, failure -> assertThat(failure.isRetryable())
                        .isTrue());
        client.close();
        assertThat(client.warmUpAsync(List.of(), null).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withCauseInstanceOf(ClientClosedException.class);
    }
}
