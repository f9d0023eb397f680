package io.tikvdirect.bench.compare;

import io.tikvdirect.bench.ServerProcess;
import io.tikvdirect.bench.nullserver.NullServerMain;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** One thread. Runs the comparison; {@code bench/compare} builds the clients and calls this. */
public final class CompareMain {
    private static final int MOST_FAILURES = 5;

    private final Settings settings;
    private final List<String> failures = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();

    private CompareMain(Settings settings) {
        this.settings = settings;
    }

    /**
     * Compares.
     *
     * @param args see {@code bench/compare --help}
     * @throws IOException when a process cannot be started or a file not be written
     * @throws InterruptedException when interrupted
     */
    @SuppressWarnings("SystemOut") // its output
    public static void main(String[] args) throws IOException, InterruptedException {
        Settings settings = Settings.parse(args);
        CompareMain compare = new CompareMain(settings);
        try {
            for (int valueSize : settings.valueSizes()) {
                compare.withServer(valueSize);
            }
        } finally {
            if (!compare.runs.isEmpty()) {
                String command = System.getProperty("tikvdirect.command", "bench/compare");
                System.out.println(
                        new Report(settings, Machine.describe(), command, compare.failures).write(compare.runs));
            }
        }
    }

    private void withServer(int valueSize) throws IOException, InterruptedException {
        if (!settings.pd().isEmpty()) {
            load(valueSize, settings.pd());
            allWorkloads(valueSize, settings.pd());
            return;
        }
        try (ServerProcess server = start(valueSize)) {
            if (!settings.servers().equals("null")) {
                load(valueSize, server.pdAddresses());
            }
            allWorkloads(valueSize, server.pdAddresses());
        }
    }

    private ServerProcess start(int valueSize) throws IOException {
        if (!settings.servers().equals("null")) {
            List<String> command = new ArrayList<>(settings.serverCommand());
            command.addAll(List.of(
                    "--stores", String.valueOf(settings.stores()), "--regions", String.valueOf(settings.regions())));
            return ServerProcess.start(command);
        }
        return ServerProcess.startJava(
                List.of("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC"),
                NullServerMain.class,
                String.valueOf(settings.keys()),
                String.valueOf(valueSize),
                String.valueOf(settings.regions()),
                String.valueOf(settings.stores()));
    }

    /** Writes every key once, by the first client. */
    private void load(int valueSize, String pd) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(settings.clients().get(0).command());
        command.replaceAll(word -> word.replace("@gclog@", "/dev/null"));
        List<String> flags = new Scenario("raw-get", valueSize, 16, 0).flags(settings, pd, 0, 1);
        flags.remove("--no-load");
        command.addAll(flags);
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("the keys could not be loaded");
        }
    }

    private void allWorkloads(int valueSize, String pd) throws IOException, InterruptedException {
        for (String workload : settings.workloads()) {
            for (int inFlight : settings.inFlight()) {
                rounds(new Scenario(workload, valueSize, inFlight, 0), pd);
            }
            int most = mostForAll();
            Scenario peak = new Scenario(workload, valueSize, most, 0);
            for (int percent : settings.openLoopPercent()) {
                long rate = Math.round(slowest(peak) * percent / 100);
                rounds(new Scenario(workload, valueSize, most, Math.max(1, rate)), pd);
            }
        }
    }

    /** Where the open loop runs: as much in flight as every client can have. */
    private int mostForAll() {
        return settings.inFlight().stream()
                .filter(inFlight -> settings.clients().stream().allMatch(client -> client.takes(inFlight)))
                .max(Integer::compare)
                .orElse(1);
    }

    private double slowest(Scenario scenario) {
        return runs.stream()
                .filter(run -> run.scenario().equals(scenario))
                .collect(Collectors.groupingBy(Run::client))
                .values()
                .stream()
                .mapToDouble(ofClient -> Figures.of(ofClient, "ops_per_s").median())
                .min()
                .orElse(0);
    }

    private void rounds(Scenario scenario, String pd) throws IOException, InterruptedException {
        for (int round = 1; round <= settings.rounds(); round++) {
            for (ClientCommand client : settings.clients()) {
                if (client.takes(scenario.inFlight())) {
                    run(client, scenario, pd, round);
                }
            }
        }
    }

    /** A run that fails is told in the report and does not end the comparison, unless that becomes the rule. */
    private void run(ClientCommand client, Scenario scenario, String pd, int round)
            throws IOException, InterruptedException {
        try {
            Run run = Run.of(client, settings, scenario, pd, round);
            System.err.println(run.client() + " round " + round + " " + run.line());
            runs.add(run);
        } catch (IOException failed) {
            System.err.println(client.label() + " round " + round + ": " + failed.getMessage());
            failures.add(client.label() + ", " + scenario.describe() + ", round " + round + ": " + failed.getMessage());
            if (failures.size() > MOST_FAILURES) {
                throw failed;
            }
        }
    }
}
