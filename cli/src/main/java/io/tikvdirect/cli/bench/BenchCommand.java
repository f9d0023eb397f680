package io.tikvdirect.cli.bench;

import io.tikvdirect.cli.cluster.ClusterOptions;
import io.tikvdirect.cli.cluster.ClusterSession;
import io.tikvdirect.cli.cluster.DurationConverter;
import io.tikvdirect.cli.cluster.PositiveDurationConverter;
import io.tikvdirect.cli.cluster.TlsOptions;
import io.tikvdirect.cli.cluster.Usage;
import io.tikvdirect.cli.report.Console;
import io.tikvdirect.cli.report.ExitCode;
import io.tikvdirect.cli.report.ProgressLine;
import io.tikvdirect.cli.text.JsonWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Confined to the program's thread. {@code ./tikv bench}. */
@Command(
        name = "bench",
        header = "Generate load and measure throughput, latency, CPU and allocation.",
        description = {
            "",
            "Workloads: raw-get, raw-put, raw-mixed (95 reads, 5 writes), raw-batch-get, raw-batch-put, raw-scan,",
            "txn-get (a snapshot of its own), txn-1pc (a write), txn-rw (1 read and 2 writes), txn-pessimistic, txn-ts (a timestamp)",
            "(lock, read, write). Transactions have the faces async and sync; those that lose begin anew.",
            "Without --rate a closed loop: the next operation starts when one ends. With --rate an open loop:",
            "operations start by the clock and their latency counts from when they should have started, so that",
            "a stall is not left out. CPU time and allocation are those of the whole process, the generator",
            "included; with --embedded the server's are among them, so both are null.",
            "",
            "  ./tikv bench --embedded --workload raw-get --face direct --in-flight 64 --duration 5s",
            ""
        },
        sortOptions = false)
public final class BenchCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--workload", paramLabel = "W", required = true, description = "What one operation is.")
    private String workload = "";

    @Option(
            names = "--face",
            paramLabel = "direct|async|sync",
            description = "Default: direct; async for transactions.")
    private @Nullable Face face;

    @Option(names = "--in-flight", paramLabel = "N", description = "Operations at once. Default: 16.")
    private @Nullable Integer inFlight;

    @Option(
            names = "--threads",
            paramLabel = "T",
            description = "Generating threads. Default: one; for the sync face as many as operations in flight.")
    private @Nullable Integer threads;

    @Option(names = "--rate", paramLabel = "OPS", description = "Operations a second, started by the clock.")
    private @Nullable Double rate;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = PositiveDurationConverter.class,
            description = "Measured time. Default: ${DEFAULT-VALUE}.")
    private Duration duration = Duration.ofSeconds(10);

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = DurationConverter.class,
            description = "Time before it. Default: ${DEFAULT-VALUE}.")
    private Duration warmup = Duration.ofSeconds(5);

    @Option(
            names = "--warmup-until-quiet",
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = DurationConverter.class,
            description = "So much longer, at most, until JIT compilers take less than 3 % of the CPU time.")
    private Duration untilQuiet = Duration.ZERO;

    @Option(names = "--keys", paramLabel = "N", defaultValue = "100000", description = "Default: ${DEFAULT-VALUE}.")
    private int keys;

    @Option(
            names = "--value-size",
            paramLabel = "BYTES",
            defaultValue = "64",
            description = "Default: ${DEFAULT-VALUE}.")
    private int valueSize;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "32", description = "Keys of a batch. Default: 32.")
    private int batch;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "Pairs of a scan. Default: 100.")
    private int limit;

    @Option(names = "--zipf", description = "Choose keys by Zipf's law (0.99) instead of uniformly.")
    private boolean zipf;

    @Option(names = "--virtual", description = "The sync face's threads are virtual ones (JDK 21 and newer).")
    private boolean virtual;

    @Option(
            names = "--bulk",
            paramLabel = "N",
            defaultValue = "0",
            description = "Gets of 1 MiB under way beside the workload, which are not counted. Default: 0.")
    private int bulk;

    @Option(
            names = "--bulk-rate",
            paramLabel = "MIB",
            description = "MiB a second of these gets, started by the clock. Default: each follows another.")
    private @Nullable Double bulkRate;

    @Option(names = "--no-load", description = "The keys are there already; do not write them first.")
    private boolean noLoad;

    @Option(names = "--json", description = "One line of JSON instead of text.")
    private boolean json;

    @Mixin
    private final Usage usage = new Usage();

    @Mixin
    private final ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private final TlsOptions tls = new TlsOptions();

    /** A command on the given console. */
    public BenchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        BenchOptions options = options();
        cluster.requireOneCluster();
        try (ClusterSession session = ClusterSession.open(cluster, tls.files());
                ProgressLine line = new ProgressLine(console)) {
            Bench bench = new Bench(options, session.client(), line);
            if (!noLoad) {
                bench.load();
            }
            BenchResult result = bench.run(session.embedded() != null);
            line.close();
            print(result);
            return result.meter().operations() > 0 ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    private void print(BenchResult result) {
        if (json) {
            console.out().print(JsonWriter.write(result.json()) + "\n");
        } else {
            result.text().forEach(console.out()::println);
        }
        if (result.options().bulk() > 0) {
            console.err()
                    .println(String.format(Locale.ROOT, "tikv: bulk %.1f MiB/s beside", result.bulkMibPerSecond()));
        }
        Throwable lastError = result.meter().lastError();
        if (lastError != null) {
            console.err()
                    .println("tikv: " + result.meter().errors() + " operations failed, the last one: "
                            + lastError.getMessage());
        }
    }

    private BenchOptions options() {
        Workload chosen = workload();
        Face chosenFace = face(chosen);
        int window = usage.within("--in-flight", inFlight == null ? 16 : inFlight, 1, 1_000_000);
        int generators = threads == null
                ? (chosenFace == Face.SYNC ? window : 1)
                : usage.within("--threads", threads, 1, 10_000);
        if (chosenFace == Face.SYNC && generators != window) {
            console.err()
                    .println("tikv: a thread of the sync face has one operation in flight, so " + generators
                            + " are in flight");
            window = generators;
        }
        if (generators > window) {
            throw usage.wrong("--threads must not be larger than --in-flight");
        }
        if (virtual && (face != Face.SYNC || !BenchThreads.virtualAvailable())) {
            throw usage.wrong("--virtual is for the sync face, on JDK 21 or newer");
        }
        if (rate != null && !(rate > 0 && rate <= 1e9)) {
            throw usage.wrong("--rate needs a number above 0");
        }
        if (bulkRate != null && (bulk == 0 || !(bulkRate > 0 && bulkRate <= 1e6))) {
            throw usage.wrong("--bulk-rate needs a number above 0, and --bulk");
        }
        return new BenchOptions(
                chosen,
                chosenFace,
                window,
                generators,
                rate == null ? 0 : rate,
                duration,
                warmup,
                untilQuiet,
                usage.within("--keys", keys, 1, 100_000_000),
                usage.within("--value-size", valueSize, chosen.isTransactional() ? 1 : 0, 8 * 1024 * 1024),
                usage.within("--batch", batch, 1, 10_000),
                usage.within("--limit", limit, 1, 10_240),
                zipf,
                virtual,
                usage.within("--bulk", bulk, 0, 1_000),
                bulkRate == null ? 0 : bulkRate);
    }

    private Face face(Workload chosen) {
        if (chosen.isTransactional() && face == Face.DIRECT) {
            throw usage.wrong("transactions have no direct face: --face async or sync");
        }
        return face == null ? (chosen.isTransactional() ? Face.ASYNC : Face.DIRECT) : face;
    }

    private Workload workload() {
        String wanted = workload.toLowerCase(Locale.ROOT);
        for (Workload candidate : Workload.values()) {
            if (candidate.label().equals(wanted)) {
                return candidate;
            }
        }
        throw usage.wrong(
                "there is no workload '" + workload + "'; there are: " + String.join(", ", Workload.labels()));
    }
}
