package io.tikvdirect.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

class ClusterLifeTest {
    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("embedded-tikv-"))
                .collect(Collectors.toSet());
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }

    /** In the end: another program of this machine may have been given the port for a moment. */
    private static void assertFree(String address) {
        patiently().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            try (ServerSocket socket = new ServerSocket(port(address), 1, InetAddress.getLoopbackAddress())) {
                return socket.isBound();
            }
        });
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(60));
    }

    @Test
    void closeLeavesNoThreadAndGivesThePortsBack() throws Exception {
        Set<String> before = threads();
        EmbeddedCluster cluster = EmbeddedCluster.builder().stores(3).start();
        PlainClient client = PlainClient.ofStore(cluster, 0);
        client.get(PlainClient.context(cluster, cluster.regions().get(0)), "k");
        cluster.faults().onAny().delay(Duration.ofHours(1));
        assertThat(threads()).isNotEmpty();
        cluster.close();
        cluster.close();
        // The last step of a thread comes just after it has told that it ends.
        patiently().untilAsserted(() -> assertThat(before).containsAll(threads()));
        assertFree(cluster.pdAddresses().get(0));
        for (EmbeddedStore store : cluster.stores()) {
            assertThat(store.running()).isFalse();
            assertFree(store.address());
        }
        client.close();
    }

    @Test
    void failedStartLeavesNothingBehind() throws Exception {
        Set<String> before = threads();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedCluster.builder()
                            .pdPort(taken.getLocalPort())
                            .start())
                    .isInstanceOf(IOException.class);
        }
        // The last step of a thread comes just after it has told that it ends.
        patiently().untilAsserted(() -> assertThat(before).containsAll(threads()));
    }

    @Test
    void fixedPdPortIsKept() throws Exception {
        // another program of this machine may be given the port just before the cluster asks for it
        patiently().ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            int port = freePort();
            try (EmbeddedCluster cluster =
                    EmbeddedCluster.builder().pdPort(port).start()) {
                return cluster.pdAddresses().equals(List.of("127.0.0.1:" + port));
            }
        });
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        EmbeddedClusterBuilder builder = EmbeddedCluster.builder();
        assertThatThrownBy(() -> builder.stores(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.regions(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.pdPort(65_536)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void regionsAreDealtOutOverManyStores() throws Exception {
        try (EmbeddedCluster cluster =
                EmbeddedCluster.builder().stores(5).regions(10).start()) {
            assertThat(cluster.regions()).hasSize(10).allSatisfy(region -> assertThat(region.peers())
                    .hasSize(3));
            assertThat(cluster.regions().stream().map(EmbeddedRegion::leaderStoreId))
                    .containsAll(
                            cluster.stores().stream().map(EmbeddedStore::id).toList());
            assertThat(cluster.describe())
                    .contains("region")
                    .contains(cluster.pdAddresses().get(0));
        }
    }
}
