package io.tikvdirect.cli.embedded;

import io.tikvdirect.cli.cluster.ClusterSession;
import io.tikvdirect.cli.cluster.PositiveDurationConverter;
import io.tikvdirect.cli.cluster.Usage;
import io.tikvdirect.cli.report.Console;
import io.tikvdirect.cli.report.ExitCode;
import io.tikvdirect.client.ApiVersion;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Confined to the program's thread, but for the hook that ends it. {@code ./tikv embedded}. */
@Command(
        name = "embedded",
        header = "Run an embedded cluster on 127.0.0.1 for other programs.",
        description = {
            "",
            "Prints one line, \"ready pd=127.0.0.1:PORT stores=...\", when it serves, and ends on SIGTERM or",
            "Ctrl-C. All data is in memory and gone afterwards.",
            ""
        },
        sortOptions = false)
public final class EmbeddedCommand implements Callable<Integer> {
    private static final int USUAL_PD_PORT = 2379;
    private static final long CLOSE_WITHIN_S = 10;

    private final Console console;
    private final CountDownLatch endAsked = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    @Mixin
    private final Usage usage = new Usage();

    @Option(
            names = "--pd-port",
            paramLabel = "PORT",
            description = "Port of the Placement Driver, 0 for any. Default: 2379 if it is free, else any.")
    private @Nullable Integer pdPort;

    @Option(names = "--stores", paramLabel = "N", defaultValue = "3", description = "Default: ${DEFAULT-VALUE}.")
    private int stores;

    @Option(
            names = "--regions",
            paramLabel = "N",
            defaultValue = "1",
            description = "Regions to begin with, split evenly. Default: ${DEFAULT-VALUE}.")
    private int regions;

    @Option(names = "--api", paramLabel = "v1|v1ttl|v2", defaultValue = "v1", description = "Default: v1.")
    private ApiVersion api = ApiVersion.V1;

    @Option(
            names = {"--keyspaces", "--keyspace"},
            split = ",",
            paramLabel = "NAME",
            description = "Keyspaces to make, separated by commas; needs --api v2.")
    private List<String> keyspaces = new ArrayList<>();

    @Option(
            names = "--chaos-seed",
            paramLabel = "SEED",
            description = "Split, merge and move leaders at random while serving, decided by this seed.")
    private @Nullable Long chaosSeed;

    @Option(
            names = "--chaos-every",
            paramLabel = "TIME",
            defaultValue = "250ms",
            converter = PositiveDurationConverter.class,
            description = "Pause between two disturbances. Default: ${DEFAULT-VALUE}.")
    private Duration chaosEvery = Duration.ofMillis(250);

    /** A command on the given console. */
    public EmbeddedCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireValid();
        Thread hook = new Thread(this::end, "embedded-end");
        Runtime.getRuntime().addShutdownHook(hook);
        try (EmbeddedCluster cluster = start()) {
            console.out().println(ready(cluster));
            console.out().flush();
            serve(cluster);
        } finally {
            closed.countDown();
            if (endAsked.getCount() > 0) {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        }
        return ExitCode.DONE;
    }

    private void serve(EmbeddedCluster cluster) throws InterruptedException {
        if (chaosSeed == null) {
            endAsked.await();
            return;
        }
        Config config = Config.builder()
                .pdAddresses(cluster.pdAddresses().toArray(String[]::new))
                .api(api)
                .keyspace(keyspaces.isEmpty() ? "" : keyspaces.get(0))
                .build();
        try (TikvClient client = TikvClient.open(config);
                Disturbance disturbance = Disturbance.start(cluster, client, chaosSeed, chaosEvery)) {
            endAsked.await();
            console.err().println("disturbed with seed " + chaosSeed + ": " + disturbance.summary());
        }
    }

    /**
     * In the shutdown hook: has the cluster closed and then ends the process with code 0, because being asked to end is
     * how this command is done.
     */
    private void end() {
        endAsked.countDown();
        boolean clean = false;
        try {
            clean = closed.await(CLOSE_WITHIN_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!clean) {
            console.err().println("tikv: the cluster did not close within " + CLOSE_WITHIN_S + " s");
        }
        Runtime.getRuntime().halt(clean ? ExitCode.DONE : ExitCode.FAILED);
    }

    private EmbeddedCluster start() throws IOException {
        return EmbeddedCluster.builder()
                .stores(stores)
                .regions(regions)
                .apiVersion(ClusterSession.embeddedApi(api))
                .keyspaces(ClusterSession.newKeyspaces(keyspaces))
                .pdPort(pdPort == null ? usualPortOrAny() : pdPort)
                .start();
    }

    private static int usualPortOrAny() {
        try (ServerSocket probe = new ServerSocket(USUAL_PD_PORT, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            return 0;
        }
    }

    private static String ready(EmbeddedCluster cluster) {
        List<String> addresses = new ArrayList<>();
        cluster.stores().forEach(store -> addresses.add(store.address()));
        return "ready pd=" + String.join(",", cluster.pdAddresses()) + " stores=" + String.join(",", addresses);
    }

    private void requireValid() {
        usage.within("--stores", stores, 1, 64);
        usage.within("--regions", regions, 1, 16_384);
        if (pdPort != null && (pdPort < 0 || pdPort > 65_535)) {
            throw usage.wrong("--pd-port needs a port from 0 to 65535");
        }
        if (!keyspaces.isEmpty() && api != ApiVersion.V2) {
            throw usage.wrong("--keyspaces needs --api v2");
        }
    }
}
