package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.tikvdirect.client.CircuitOpenException;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What callers see of the circuit breaker before PD. */
class PdCircuitTest {

    private EmbeddedCluster cluster;

    @BeforeEach
    void open() throws Exception {
        cluster = EmbeddedCluster.builder()
                .stores(1)
                .splitKeys(List.of(bytes("m")))
                .start();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private TikvClient client(String coolDown) {
        return TestClients.open(
                cluster,
                "regions.prefetch",
                "1",
                "pd.breaker.error-percent",
                "50",
                "pd.breaker.window",
                "500ms",
                "pd.breaker.min-rate",
                "0",
                "pd.breaker.cool-down",
                coolDown);
    }

    @Test
    void whilePdFailsLookUpsAreRefusedAtOnceAndKnownRegionsAreServed() {
        try (TikvClient client = client("1h")) {
            RawClient raw = client.raw();
            raw.put(bytes("a"), bytes("1"));
            cluster.faults().on("ScanRegions").fail(Status.UNAVAILABLE);
            assertThatThrownBy(() -> raw.get(bytes("z")))
                    .isInstanceOfSatisfying(CircuitOpenException.class, failure -> {
                        assertThat(failure.code()).isEqualTo(ErrorCode.CIRCUIT_OPEN);
                        assertThat(failure.isRetryable()).isTrue();
                    });
            long refused = client.metrics().circuitRefusals();
            assertThatThrownBy(() -> raw.get(bytes("z"))).isInstanceOf(CircuitOpenException.class);
            assertThat(client.metrics().circuitRefusals()).isGreaterThan(refused);
            assertThat(client.metrics().circuitOpenings()).isEqualTo(1);
            assertThat(raw.get(bytes("a"))).as("its region is known").isEqualTo(bytes("1"));
            assertThat(client.stores())
                    .as("only look-ups of regions are refused")
                    .hasSize(1);
        }
    }

    @Test
    void onceItHasCooledDownAGoodAnswerClosesIt() {
        try (TikvClient client = client("200ms")) {
            RawClient raw = client.raw();
            var failing = cluster.faults().on("ScanRegions").fail(Status.RESOURCE_EXHAUSTED);
            assertThatThrownBy(() -> raw.get(bytes("z"))).isInstanceOf(CircuitOpenException.class);
            assertThat(failing.fired()).isPositive();
            cluster.faults().clear();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(CircuitOpenException.class)
                    .untilAsserted(() -> assertThat(raw.get(bytes("z"))).isNull());
            assertThat(raw.get(bytes("a"))).isNull();
        }
    }

    @Test
    void refusalsOfPdAreAnswers() {
        try (TikvClient client = client("1h")) {
            RawClient raw = client.raw();
            cluster.faults().on("ScanRegions").times(3).fail(Status.UNKNOWN);
            assertThat(raw.get(bytes("z"))).isNull();
            assertThat(client.metrics().circuitOpenings()).isZero();
        }
    }
}
