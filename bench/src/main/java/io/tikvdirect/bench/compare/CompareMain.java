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
    private static final int BULK_BYTES = 1 << 20;

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
                for (int regions : settings.regions()) {
                    compare.withServer(new Scenario.Data(valueSize, regions));
                }
            }
        } finally {
            System.out.println(compare.save());
        }
    }

    /** Writes what there is, so that a comparison that is ended leaves something. */
    private String save() throws IOException {
        String command = System.getProperty("tikvdirect.command", "bench/compare");
        return runs.isEmpty() ? "" : new Report(settings, Machine.describe(), command, failures).write(runs);
    }

    private void withServer(Scenario.Data data) throws IOException, InterruptedException {
        if (!settings.pd().isEmpty()) {
            loadAll(data, settings.pd());
            allWorkloads(data, settings.pd());
            return;
        }
        try (ServerProcess server = start(data)) {
            if (!settings.servers().equals("null")) {
                loadAll(data, server.pdAddresses());
            }
            allWorkloads(data, server.pdAddresses());
        }
    }

    private ServerProcess start(Scenario.Data data) throws IOException {
        if (!settings.servers().equals("null")) {
            List<String> command = new ArrayList<>(settings.serverCommand());
            command.addAll(List.of(
                    "--stores", String.valueOf(settings.stores()), "--regions", String.valueOf(data.regions())));
            return ServerProcess.start(command);
        }
        return ServerProcess.startJava(
                List.of("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC"),
                NullServerMain.class,
                String.valueOf(settings.keys()),
                String.valueOf(data.valueSize()),
                String.valueOf(data.regions()),
                String.valueOf(settings.stores()),
                String.valueOf(settings.bulk() > 0 ? BULK_BYTES : 0));
    }

    private void loadAll(Scenario.Data data, String pd) throws IOException, InterruptedException {
        if (!settings.workloads().stream().allMatch(Scenario::isTransactional)) {
            load("raw-get", data, pd);
        }
        if (settings.workloads().stream().anyMatch(Scenario::isTransactional)) {
            load("txn-get", data, pd);
        }
    }

    /** Writes every key once, by the first client that can. */
    private void load(String workload, Scenario.Data data, String pd) throws IOException, InterruptedException {
        Scenario scenario = new Scenario(workload, data, false, 16, 0);
        ClientCommand client = settings.clients().stream()
                .filter(each -> each.takes(scenario))
                .findFirst()
                .orElseThrow(() -> new IOException("no client can load for " + workload));
        List<String> command = new ArrayList<>(client.command());
        command.removeIf(word -> word.contains("@gclog@"));
        List<String> flags = scenario.flags(settings, pd, 0, 1);
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

    private void allWorkloads(Scenario.Data data, String pd) throws IOException, InterruptedException {
        for (String workload : settings.workloads()) {
            for (String chosen : settings.keysChosen()) {
                Scenario peak = new Scenario(workload, data, chosen.equals("zipf"), mostForAll(), 0);
                if (settings.rates().isEmpty()) {
                    closedAndOpenLoop(peak, pd);
                }
                for (int rate : settings.rates()) {
                    rounds(peak.at(rate), pd);
                }
            }
        }
    }

    private void closedAndOpenLoop(Scenario peak, String pd) throws IOException, InterruptedException {
        for (int inFlight : settings.inFlight()) {
            rounds(new Scenario(peak.workload(), peak.servers(), peak.zipf(), inFlight, 0), pd);
        }
        for (int percent : settings.openLoopPercent()) {
            rounds(peak.at(Math.max(1, Math.round(slowest(peak) * percent / 100))), pd);
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
                if (client.takes(scenario)) {
                    run(client, scenario, pd, round);
                }
            }
        }
        save();
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
