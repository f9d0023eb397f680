package io.tikvdirect.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ExamplesTest {
    private static EmbeddedCluster cluster;
    private static String uri;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = EmbeddedCluster.builder().stores(3).regions(4).start();
        uri = "tikv://" + String.join(",", cluster.pdAddresses()) + "?timeout=60s";
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @Test
    void quickStartPrintsWhatItWrote() throws Exception {
        assertThat(printed(() -> QuickStart.main(new String[] {uri})))
                .containsSubsequence("apple is green", "fruit/apple = green", "fruit/pear = yellow");
    }

    @Test
    void pipelineLosesNoWriteAndTheRangeCountsThem() throws Exception {
        assertThat(printed(() -> Pipeline.main(new String[] {uri, "5000"}))).contains("5000 writes, 0 failed");
        assertThat(printed(() -> CountRange.main(new String[] {uri, "pipeline/"})))
                .contains("5000 keys, backwards 5000");
    }

    @Test
    void hotLoopReadsEveryByte() throws Exception {
        assertThat(printed(() -> HotLoop.main(new String[] {uri, "6400"}))).contains("64000 bytes read");
    }

    @Test
    void counterCountsToTen() throws Exception {
        assertThat(printed(() -> Counter.main(new String[] {uri}))).contains("counter is now 10");
    }

    @Test
    void transfersKeepTheSumOfAllAccounts() throws Exception {
        try (EmbeddedCluster own = EmbeddedCluster.builder().stores(3).start()) {
            String address = "tikv://" + String.join(",", own.pdAddresses()) + "?timeout=60s";
            assertThat(printed(() -> Transfer.main(new String[] {address})).lines())
                    .filteredOn(line -> line.startsWith("sum"))
                    .hasSize(4)
                    .containsOnly("sum at a timestamp: 1000");
        }
    }

    private interface Program {
        void run() throws Exception;
    }

    private static String printed(Program program) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stdout = System.out;
        System.setOut(new PrintStream(bytes, true, UTF_8));
        try {
            program.run();
        } finally {
            System.setOut(stdout);
        }
        return bytes.toString(UTF_8);
    }
}
