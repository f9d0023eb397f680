package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.ClientMetrics.StoreMetrics;
import io.tikvdirect.client.CommandPriority;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.FaultRule;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
    private static final int PROBE_MS = 300;

    private EmbeddedCluster cluster;

    @BeforeEach
    void open() throws Exception {
        cluster = EmbeddedCluster.builder().stores(1).start();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private static StoreMetrics link(TikvClient client) {
        return client.metrics().stores().get(0);
    }

    @Test
    void aConnectionThatWasIdleIsClosedAndTheNextCallDoesNotFail() {
        try (TikvClient client = TestClients.open(cluster, "store.idle-timeout", "60ms")) {
            for (int round = 1; round <= 3; round++) {
                int recycled = round;
                client.raw().put(bytes("k"), bytes("v" + round));
                Awaitility.await()
                        .untilAsserted(() -> assertThat(link(client).recycled()).isGreaterThanOrEqualTo(recycled));
                assertThat(client.raw().get(bytes("k"))).isEqualTo(bytes("v" + round));
            }
            assertThat(link(client).streamFailures()).isZero();
            assertThat(link(client).connectFailures()).isZero();
            assertThat(client.metrics().backoffs()).isZero();
        }
    }

    @Test
    void aConnectionOnWhichACallWaitsIsNotIdle() throws Exception {
        try (TikvClient client = TestClients.open(cluster, "store.idle-timeout", "50ms")) {
            client.raw().put(bytes("k"), bytes("v"));
            cluster.faults().on("RawGet").times(1).delay(java.time.Duration.ofMillis(600));
            assertThat(client.raw()
                            .async()
                            .get(bytes("k"))
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS))
                    .isEqualTo(bytes("v"));
            assertThat(link(client).streamFailures()).isZero();
        }
    }

    /** The store's limit is one request, and that one is never answered: nothing else can go, except what is urgent. */
    @Test
    void anUrgentCallOvertakesAFullQueue() throws Exception {
        try (TikvClient client = TestClients.open(
                cluster,
                "store.inflight",
                "1",
                "timeout",
                "120s",
                "close.timeout",
                "10ms",
                "store.probe-timeout",
                "0")) {
            client.raw().put(bytes("k"), bytes("v"));
            cluster.faults().on("RawGet").times(1).dropBefore();
            List<CompletableFuture<byte[]>> queued = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                queued.add(client.raw().async().get(bytes("k")).toCompletableFuture());
            }
            Awaitility.await()
                    .untilAsserted(() -> assertThat(link(client).inFlight()).isEqualTo(1));
            RawClient urgent = client.raw().with(RawOptions.DEFAULT.withPriority(CommandPriority.HIGH));
            for (int i = 0; i < 5; i++) {
                assertThat(urgent.async().get(bytes("k")).toCompletableFuture().get(60, TimeUnit.SECONDS))
                        .isEqualTo(bytes("v"));
            }
            assertThat(queued).noneMatch(CompletableFuture::isDone);
        }
    }

    /** Its network answers, nothing else does; meanwhile another store takes its place. */
    @Test
    void aStoreThatHangsIsLeftAndComesBackOnceItAnswers() throws Exception {
        try (EmbeddedCluster three = EmbeddedCluster.builder().stores(3).start();
                TikvClient client = TestClients.open(
                        three, "store.probe-timeout", "300ms", "timeout", "60s", "regions.ttl", "1h")) {
            client.raw().put(bytes("k"), bytes("v"));
            long hanging = three.regionOf(bytes("k")).leaderStoreId();
            three.faults().on("RawGet").store(hanging).dropBefore();
            three.faults().on("Check").store(hanging).dropBefore();
            CompletableFuture<byte[]> asked =
                    client.raw().async().get(bytes("k")).toCompletableFuture();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(client.metrics().stores()).anyMatch(link -> link.inFlight() == 1));
            three.transferLeader(three.regionOf(bytes("k")).id(), hanging % 3 + 1);
            assertThat(asked.get(60, TimeUnit.SECONDS)).isEqualTo(bytes("v"));
            three.faults().clear();
            three.transferLeader(three.regionOf(bytes("k")).id(), hanging);
            assertThat(client.raw().get(bytes("k"))).isEqualTo(bytes("v"));
        }
    }

    /** No answer comes, to requests nor to probes, so each probe takes the whole of its time; two at once would be seen. */
    @Test
    void ofAStoreThatHangsOneProbeAtATimeIsUnderWay() throws Exception {
        try (TikvClient client = TestClients.open(cluster, "store.probe-timeout", PROBE_MS + "ms", "timeout", "120s")) {
            client.raw().put(bytes("k"), bytes("v"));
            cluster.faults().on("RawGet").dropBefore();
            FaultRule probes = cluster.faults().on("Check").dropBefore();
            long startNs = System.nanoTime();
            List<CompletableFuture<byte[]>> failing = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                failing.add(client.raw().async().get(bytes("k")).toCompletableFuture());
            }
            Awaitility.await().atMost(java.time.Duration.ofSeconds(60)).until(() -> probes.matched() >= 4);
            long asked = probes.matched();
            long elapsedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
            assertThat(asked).as("probes within %d ms", elapsedMs).isLessThanOrEqualTo(1 + elapsedMs / (PROBE_MS - 50));
            cluster.faults().clear();
            for (CompletableFuture<byte[]> each : failing) {
                assertThat(each.get(60, TimeUnit.SECONDS)).isEqualTo(bytes("v"));
            }
        }
    }

    @Test
    void aSlowStoreThatSaysItIsWellKeepsItsConnection() throws Exception {
        try (TikvClient client = TestClients.open(cluster, "store.probe-timeout", "1s", "timeout", "60s")) {
            client.raw().put(bytes("k"), bytes("v"));
            boolean kept = false;
            // on a busy machine the store may not say so within the second
            for (int trial = 0; trial < 5 && !kept; trial++) {
                long failuresBefore = link(client).streamFailures();
                cluster.faults().on("RawGet").times(1).delay(java.time.Duration.ofSeconds(3));
                assertThat(client.raw()
                                .async()
                                .get(bytes("k"))
                                .toCompletableFuture()
                                .get(60, TimeUnit.SECONDS))
                        .isEqualTo(bytes("v"));
                kept = link(client).streamFailures() == failuresBefore;
            }
            assertThat(kept).isTrue();
        }
    }

    @Test
    void aBoundedBatchWaitChangesNoResult() {
        try (TikvClient client = TestClients.open(cluster, "batch.wait", "1ms");
                TikvClient never = TestClients.open(cluster, "batch.wait", "10ms", "batch.wait-load", "200")) {
            for (TikvClient each : List.of(client, never)) {
                List<CompletableFuture<?>> puts = new ArrayList<>();
                for (int i = 0; i < 300; i++) {
                    puts.add(each.raw()
                            .async()
                            .put(bytes("k" + i), bytes("v" + i))
                            .toCompletableFuture());
                }
                puts.forEach(CompletableFuture::join);
                assertThat(each.raw().get(bytes("k299"))).isEqualTo(bytes("v299"));
            }
        }
    }
}
