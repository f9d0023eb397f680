package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.FaultRule;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The periodic refresh of all regions. */
class RegionRefreshTest {

    @Test
    void allRegionsAreKnownWithoutHavingBeenUsedAlsoThoseMadeLater() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder()
                .stores(3)
                .splitKeys(List.of(bytes("f")))
                .start()) {
            FaultRule scans = cluster.faults().on("ScanRegions").delay(Duration.ZERO);
            try (TikvClient client = TestClients.open(cluster, "regions.refresh-interval", "100ms")) {
                awaitMore(scans);
                cluster.split(bytes("m"));
                awaitMore(scans);
                cluster.stopPd();
                assertThat(client.raw().get(bytes("a"))).isNull();
                assertThat(client.raw().get(bytes("g"))).isNull();
                assertThat(client.raw().get(bytes("z"))).isNull();
                assertThat(client.metrics().backoffs()).as("the split is known").isZero();
            }
        }
    }

    /** The second scan from now begins after now, and the third after the second has been taken in. */
    private static void awaitMore(FaultRule scans) {
        long now = scans.fired();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> scans.fired() >= now + 3);
    }
}
