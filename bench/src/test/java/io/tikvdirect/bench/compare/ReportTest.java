package io.tikvdirect.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final Scenario.Data DATA = new Scenario.Data(64, 1);

    @TempDir
    Path folder;

    private Settings settings(String... more) {
        String[] args = {
            "--client", "direct=/usr/bin/java -Xms1g -Xlog:disable -cp a.jar:b.jar Main bench --face direct",
            "--client", "client-go=/cache/client-go-bench --router=true",
            "--out", folder.toString(),
            "--title", "some-run"
        };
        String[] all = java.util.Arrays.copyOf(args, args.length + more.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return Settings.parse(all);
    }

    private static Run run(String client, int inFlight, long rate, double cpu, double opsPerSecond) {
        String line = "{\"ops\":1000,\"ops_per_s\":" + opsPerSecond + ",\"p50_us\":10,\"p99_us\":20,\"p999_us\":30,"
                + "\"max_us\":40,\"client_cpu_us_per_op\":" + cpu + ",\"alloc_bytes_per_op\":0,\"gc_count\":0,"
                + "\"rss_mb\":100,\"errors\":0,\"jvm\":\"something\"}";
        JsonObject json = JsonParser.parseString(line).getAsJsonObject();
        Scenario scenario = new Scenario("raw-get", DATA, false, inFlight, rate);
        return new Run(client, scenario, 1, json, new GcPauses(0, 0, 0), 0, 12.5, Double.NaN, 1.5);
    }

    private static JsonObject machine() {
        JsonObject machine = new JsonObject();
        machine.addProperty("commit", "abc");
        return machine;
    }

    private String write(List<Run> runs) throws Exception {
        return new Report(settings(), machine(), "bench/compare --rounds 2", List.of("one failed")).write(runs);
    }

    @Test
    void theTableHasMediansSpreadAndTheShareOfClientGo() throws Exception {
        String table = write(List.of(
                run("direct", 16, 0, 1, 500),
                run("direct", 16, 0, 3, 300),
                run("client-go", 16, 0, 16, 100),
                run("client-go", 16, 0, 16, 100)));

        assertThat(table)
                .contains("- commit: abc", "- failed run: one failed", "`bench/compare --rounds 2`")
                .contains("- direct is: `java -Xms1g -cp ... Main bench --face direct`")
                .contains("## raw-get, 64 B, 1 region, 16 in flight")
                .contains(
                        "| direct | 400 (300-500) | 10.0 | 20.0 (20.0-20.0) | 30.0 | 40.0 | 2.00 (1.00-3.00) | 0.125 |")
                .contains("| 16.0 (16.0-16.0) | 1.00 |");
        assertThat(Files.readString(folder.resolve("some-run.md"))).isEqualTo(table);
        assertThat(JsonParser.parseString(Files.readString(folder.resolve("some-run.json")))
                        .getAsJsonObject()
                        .getAsJsonArray("runs"))
                .hasSize(4);
    }

    @Test
    void aSeriesOfDepthsAndOneOfRatesAreDrawnWithALineForEachClient() throws Exception {
        write(List.of(
                run("direct", 1, 0, 10, 100),
                run("direct", 16, 0, 1, 1000),
                run("client-go", 1, 0, 40, 90),
                run("client-go", 16, 0, 16, 500),
                run("direct", 16, 100, 2, 100),
                run("direct", 16, 200, 2, 200)));

        assertThat(folder.toFile().list())
                .contains(
                        "some-run-raw-get-64-cpu.svg",
                        "some-run-raw-get-64-latency.svg",
                        "some-run-raw-get-64-open-loop.svg");
        assertThat(Files.readString(folder.resolve("some-run-raw-get-64-cpu.svg")))
                .contains("<polyline", ">direct</text>", ">client-go</text>")
                .endsWith("</svg>\n");
    }

    @Test
    void aClientDoesOnlyWhatItCan() {
        ClientCommand direct = ClientCommand.parse("direct=java Main bench --face direct");
        ClientCommand sync = ClientCommand.parse("sync=java Main bench --face sync");
        ClientCommand floor = ClientCommand.parse("floor=target/floor");

        assertThat(direct.takes(new Scenario("txn-get", DATA, false, 16, 0))).isFalse();
        assertThat(sync.takes(new Scenario("txn-get", DATA, false, 16, 0))).isTrue();
        assertThat(sync.takes(new Scenario("raw-get", DATA, false, 4096, 0))).isFalse();
        assertThat(direct.takes(new Scenario("raw-get", DATA, false, 4096, 0))).isTrue();
        assertThat(floor.takes(new Scenario("raw-get", DATA, false, 1, 100))).isFalse();
    }

    @Test
    void theNullServerIsNotAskedForTransactions() {
        assertThatThrownBy(() -> settings("--workloads", "raw-get,txn-get"))
                .hasMessageContaining("knows no transactions");
        assertThat(settings("--workloads", "txn-get", "--servers", "embedded").workloads())
                .containsExactly("txn-get");
    }
}
