package io.tikvdirect.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.cli.CommandRun;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class DoctorTest {
    @Test
    void aHealthyClusterIsSaidToServe() throws Exception {
        try (EmbeddedCluster cluster =
                EmbeddedCluster.builder().stores(3).regions(8).start()) {
            CommandRun run = doctor(cluster);

            assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
            assertThat(run.out())
                    .contains("ok       connection to PD", "cluster " + cluster.clusterId(), "ok       timestamps")
                    .contains(
                            "ok       clock", "3 stores, 8 regions", "ok       read from store", "The cluster serves.")
                    .doesNotContain("FAILED", "skipped");
            assertThat(run.err()).isEmpty();
        }
    }

    @Test
    void jsonIsOneLineWithEveryCheck() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().start()) {
            CommandRun run = doctor(cluster, "--json");

            assertThat(run.outLines()).hasSize(1);
            assertThat(run.out())
                    .startsWith("{\"ok\":true,\"checks\":[{\"check\":\"connection to PD 127.0.0.1:")
                    .contains("\"status\":\"ok\"", "\"advice\":null");
        }
    }

    @Test
    void aStoppedStoreIsNamedWithAdvice() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().stores(3).start()) {
            long stopped = cluster.stores().get(1).id();
            cluster.stopStore(stopped);

            CommandRun run = doctor(cluster);

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out())
                    .contains("FAILED   connection to store " + stopped, "-> Check that the server runs")
                    .contains("skipped  read from store " + stopped);
            assertThat(run.err().lines()).hasSize(1);
        }
    }

    @Test
    void anotherApiVersionIsFoundByTheReads() throws Exception {
        try (EmbeddedCluster cluster =
                EmbeddedCluster.builder().apiVersion(EmbeddedApiVersion.V2).start()) {
            CommandRun run = doctor(cluster);

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).contains("FAILED   read from store", "API_VERSION_MISMATCH", "storage.api-version");
        }
    }

    @Test
    void anUnknownNameAndAPortWithoutAServerAreToldApart() throws Exception {
        int port;
        CommandRun run;
        try (Socket deaf = new Socket()) {
            deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            port = deaf.getLocalPort();
            run = CommandRun.of(
                    "doctor", "--pd", "127.0.0.1:" + port + ",no-such-host.invalid:2379", "--timeout", "1s");
        }

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .contains(
                        "127.0.0.1 is 127.0.0.1; no connection to port " + port,
                        "the name no-such-host.invalid is unknown")
                .contains("FAILED   Placement Driver: PD_UNAVAILABLE", "skipped  stores");
    }

    @Test
    void aTlsFileThatIsNotThereIsFoundFirst() {
        CommandRun run = CommandRun.of("doctor", "--pd", "127.0.0.1:1", "--ca", "/nowhere/ca.pem");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("FAILED   file of --ca: /nowhere/ca.pem cannot be read");
    }

    @Test
    void aPlaintextClusterAskedOverTlsIsATypedFailure() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().start()) {
            CommandRun run =
                    CommandRun.of("shell", "--pd", cluster.pdAddresses().get(0), "--ca", "pom.xml", "--timeout", "2s");

            assertThat(run.exitCode()).isIn(1, 2);
            assertThat(run.err()).startsWith("tikv: ").doesNotContain("\tat ");
        }
    }

    private static CommandRun doctor(EmbeddedCluster cluster, String... options) {
        String[] words = new String[options.length + 5];
        String[] common = {"doctor", "--pd", cluster.pdAddresses().get(0), "--timeout", "60s"};
        System.arraycopy(common, 0, words, 0, common.length);
        System.arraycopy(options, 0, words, common.length, options.length);
        return CommandRun.of(words);
    }
}
