package io.tikvdirect.cli.demo;

import io.tikvdirect.cli.report.Console;
import io.tikvdirect.cli.report.ExitCode;
import io.tikvdirect.cli.report.Quantities;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Confined to the program's thread. {@code ./tikv demo}. */
@Command(
        name = "demo",
        header = "The main job in a minute, on a cluster in this process; everything is verified.",
        description = {
            "",
            "Loads data, reads it while regions split, merge and change leaders, transfers between accounts",
            "under contention, and scans everything again. Any wrong or missing value ends it with exit code 1.",
            ""
        },
        sortOptions = false)
public final class DemoCommand implements Callable<Integer> {
    private static final int STORES = 3;
    private static final int REGIONS = 8;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final Console console;

    @Option(names = "--quick", description = "A small one, in a few seconds.")
    private boolean quick;

    @Option(names = "--seed", paramLabel = "N", description = "Repeat the decisions of an earlier demo.")
    private @Nullable Long seed;

    /** A command on the given console. */
    public DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintStream out = console.out();
        long startedNs = System.nanoTime();
        DemoScale scale = quick ? DemoScale.QUICK : DemoScale.WHOLE;
        try (EmbeddedCluster cluster = EmbeddedCluster.builder()
                .stores(STORES)
                .splitKeys(scale.boundaries(REGIONS))
                .start()) {
            try (TikvClient client = open(cluster)) {
                out.println("A cluster of " + STORES + " stores and " + REGIONS + " regions in this process, PD at "
                        + String.join(",", cluster.pdAddresses()) + "; client and servers share its CPUs.");
                play(cluster, client, scale);
            }
        }
        out.println();
        out.println(
                console.outStyle().good("All verified in " + Quantities.seconds(System.nanoTime() - startedNs) + "."));
        whatNext().forEach(out::println);
        return ExitCode.DONE;
    }

    private static TikvClient open(EmbeddedCluster cluster) {
        return TikvClient.open(Config.builder()
                .pdAddresses(cluster.pdAddresses().toArray(String[]::new))
                .timeout(TIMEOUT)
                .build());
    }

    private void play(EmbeddedCluster cluster, TikvClient client, DemoScale scale)
            throws IOException, InterruptedException {
        long chosen = seed == null ? System.nanoTime() & 0xffff_ffffL : seed;
        Demo demo = new Demo(console, cluster, client, scale, chosen);
        demo.load();
        demo.readUnderDisturbance();
        // raw and transactional keys have different forms in API V1, so that they do not share a cluster
        try (EmbeddedCluster bank = EmbeddedCluster.builder().stores(STORES).start();
                TikvClient bankClient = open(bank)) {
            demo.transfer(bank, bankClient);
        }
        demo.verifyAll();
    }

    private static List<String> whatNext() {
        return List.of(
                "",
                "What to try next:",
                "  ./tikv embedded --pd-port 2379            a cluster for other programs, until Ctrl-C",
                "  ./tikv shell --pd 127.0.0.1:2379          talk to it; help lists the commands",
                "  ./tikv doctor --pd 127.0.0.1:2379         check any cluster, step by step",
                "  ./tikv bench --embedded --workload raw-get --face direct --in-flight 64",
                "  ./tikv load FILE --pd 127.0.0.1:2379 --format tsv --key 1 --value 2");
    }
}
