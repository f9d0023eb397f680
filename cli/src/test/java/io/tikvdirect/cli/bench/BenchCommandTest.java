package io.tikvdirect.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.cli.CommandRun;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BenchCommandTest {
    private static final String FIELDS = "workload face in_flight threads ops errors ops_per_s p50_us p99_us p999_us"
            + " max_us client_cpu_us_per_op alloc_bytes_per_op gc_count rss_mb direct_mb jvm";

    private static EmbeddedCluster cluster;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = EmbeddedCluster.builder().stores(3).start();
    }

    @AfterAll
    static void closeCluster() {
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource({
        "raw-get, direct", "raw-put, direct", "raw-mixed, direct", "raw-batch-get, direct", "raw-batch-put, direct",
        "raw-scan, direct", "raw-get, async", "raw-put, async", "raw-mixed, async", "raw-batch-get, async",
        "raw-batch-put, async", "raw-scan, async", "raw-get, sync", "raw-put, sync", "raw-mixed, sync",
        "raw-batch-get, sync", "raw-batch-put, sync", "raw-scan, sync", "txn-get, async", "txn-1pc, async",
        "txn-rw, async", "txn-pessimistic, async", "txn-get, sync", "txn-1pc, sync", "txn-rw, sync",
        "txn-pessimistic, sync", "txn-ts, async", "txn-ts, sync"
    })
    void everyWorkloadRunsOnEveryFaceWithoutAnError(String workload, String face) {
        CommandRun run = bench("--workload", workload, "--face", face, "--in-flight", "4", "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.outLines()).hasSize(1);
        assertThat(names(run.out())).containsExactly(FIELDS.split(" "));
        assertThat(run.out())
                .startsWith("{\"workload\":\"" + workload + "\",\"face\":\"" + face + "\",\"in_flight\":4,\"threads\":"
                        + (face.equals("sync") ? 4 : 1) + ",")
                .contains("\"errors\":0,");
        assertThat(field(run.out(), "ops")).isPositive();
        assertThat(field(run.out(), "client_cpu_us_per_op")).isPositive();
        assertThat(field(run.out(), "p50_us")).isPositive().isLessThanOrEqualTo(field(run.out(), "p99_us"));
        assertThat(run.err()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Face.class)
    void anOpenLoopStartsByTheClock(Face face) {
        CommandRun run = bench(
                "--workload",
                "raw-get",
                "--face",
                face.name().toLowerCase(),
                "--rate",
                "50",
                "--in-flight",
                "4",
                "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(field(run.out(), "ops")).isPositive().isLessThan(200);
    }

    @Test
    void theWarmUpLastsUntilCompilersAreQuietButNotForLongerThanAllowed() {
        CommandRun run = bench("--workload", "raw-get", "--warmup-until-quiet", "50ms", "--in-flight", "4", "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(field(run.out(), "ops")).isPositive();
    }

    /** Every answer takes 20 ms and one operation is in flight, so the twentieth start is late by hundreds of milliseconds. */
    @Test
    void anOpenLoopCountsLatenciesFromTheIntendedStart() throws Exception {
        try (EmbeddedCluster slow = EmbeddedCluster.builder().start()) {
            slow.faults().on("RawGet").delay(Duration.ofMillis(20));
            CommandRun run = CommandRun.of(("bench --workload raw-get --rate 1000 --in-flight 1 --keys 50 --json"
                            + " --warmup 0s --duration 600ms --pd "
                            + slow.pdAddresses().get(0))
                    .split(" "));

            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(field(run.out(), "max_us")).isGreaterThan(200_000);
        }
    }

    @ParameterizedTest
    @EnumSource(Face.class)
    void largeGetsTravelBesideTheWorkload(Face face) {
        CommandRun run = bench(
                "--workload",
                "raw-put",
                "--face",
                face.name().toLowerCase(),
                "--in-flight",
                "2",
                "--bulk",
                "2",
                "--bulk-rate",
                "1000",
                "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(names(run.out())).containsExactly(FIELDS.split(" "));
        assertThat(field(run.out(), "errors")).isZero();
        assertThat(run.err()).matches("(?s)tikv: bulk [0-9.]+ MiB/s beside\\s*");
    }

    @Test
    void withTheServerInTheProcessCostsAreNull() {
        String[] common = ("bench --embedded --workload raw-get --duration 200ms --warmup 0s --keys 100").split(" ");
        List<String> json = new ArrayList<>(List.of(common));
        json.add("--json");

        assertThat(CommandRun.of(json.toArray(String[]::new)).out())
                .contains("\"client_cpu_us_per_op\":null,\"alloc_bytes_per_op\":null,");
        assertThat(CommandRun.of(common).out()).contains("not told, because the server runs in this process");
    }

    @Test
    void theTextShowsTheDistribution() {
        CommandRun run = bench("--workload", "raw-get", "--zipf");

        assertThat(run.out()).contains("raw-get on the direct face", "p50", "p99.9", "█", "us/op", "B/op");
    }

    @Test
    void readsOfWhatIsNotThereAreErrors() {
        CommandRun run = CommandRun.of(
                ("bench --no-load --keys 400 --workload raw-scan --limit 300 --duration 1s --warmup 100ms --json --pd "
                                + cluster.pdAddresses().get(0))
                        .split(" "));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("did not find the keys");
    }

    @Test
    void theBlockingFaceRunsOnVirtualThreadsWhereTheJdkHasThem() {
        CommandRun run = bench("--workload", "raw-get", "--face", "sync", "--virtual", "--in-flight", "4", "--json");

        if (Runtime.version().feature() >= 21) {
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(field(run.out(), "ops")).isPositive();
        } else {
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("JDK 21");
        }
    }

    @Test
    void virtualThreadsAreForTheBlockingFaceOnly() {
        assertThat(bench("--workload", "raw-get", "--virtual").exitCode()).isEqualTo(2);
    }

    /** For longer, when a busy machine has not let one operation through. */
    private static CommandRun bench(String... options) {
        CommandRun run = bench("250ms", options);
        return run.exitCode() == 0 && run.out().contains("\"ops\":0,") ? bench("20s", options) : run;
    }

    private static CommandRun bench(String duration, String[] options) {
        List<String> words = new ArrayList<>(List.of(
                "bench",
                "--pd",
                cluster.pdAddresses().get(0),
                "--keys",
                "200",
                "--duration",
                duration,
                "--warmup",
                "50ms"));
        words.addAll(List.of(options));
        return CommandRun.of(words.toArray(String[]::new));
    }

    private static List<String> names(String json) {
        return Pattern.compile("\"(\\w+)\":")
                .matcher(json)
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    private static double field(String json, String name) {
        MatchResult match = Pattern.compile("\"" + name + "\":([0-9.E-]+)")
                .matcher(json)
                .results()
                .findFirst()
                .orElseThrow();
        return Double.parseDouble(match.group(1));
    }
}
