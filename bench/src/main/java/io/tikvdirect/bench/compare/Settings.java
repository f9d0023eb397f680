package io.tikvdirect.bench.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Immutable. What is compared.
 *
 * @param clients in the order they take turns
 * @param servers {@code null}, {@code embedded}, or the name of a cluster at {@code pd}
 * @param pd addresses of a cluster that runs already; empty otherwise
 * @param serverCommand starts the embedded cluster and prints {@code ready pd=...}
 * @param workloads names of {@code ./tikv bench}
 * @param inFlight operations at once
 * @param valueSizes bytes
 * @param regions how many regions the null server or the embedded cluster has
 * @param stores stores of them
 * @param keys number of keys
 * @param batch keys of a batch, in workloads of batches
 * @param rounds how often each client runs each scenario
 * @param durationSeconds measured time of a run
 * @param warmupSeconds time before it
 * @param openLoopPercent loads of the open loop in percent of the slowest client's median rate
 * @param rates loads of the open loop in operations a second
 * @param bulk large gets under way beside the workload, which are not counted
 * @param bulkRate MiB a second of them by the clock; 0: as many as there can be
 * @param keysChosen {@code uniform}, {@code zipf}
 * @param out folder for the results
 * @param title begins the names of the result files
 */
record Settings(
        List<ClientCommand> clients,
        String servers,
        String pd,
        List<String> serverCommand,
        List<String> workloads,
        List<Integer> inFlight,
        List<Integer> valueSizes,
        List<Integer> regions,
        int stores,
        int keys,
        int batch,
        int rounds,
        int durationSeconds,
        int warmupSeconds,
        List<Integer> openLoopPercent,
        List<Integer> rates,
        int bulk,
        int bulkRate,
        List<String> keysChosen,
        Path out,
        String title) {

    /** Reads {@code --name value} pairs; {@code --client LABEL=COMMAND} may come again and again. */
    static Settings parse(String[] args) {
        Map<String, String> values = new HashMap<>();
        List<ClientCommand> clients = new ArrayList<>();
        for (int i = 0; i + 1 < args.length; i += 2) {
            if (args[i].equals("--client")) {
                clients.add(ClientCommand.parse(args[i + 1]));
            } else {
                values.put(args[i], args[i + 1]);
            }
        }
        if (args.length % 2 != 0 || clients.isEmpty()) {
            throw new IllegalArgumentException("flags with values, and at least one --client LABEL=COMMAND");
        }
        List<String> workloads = list(values.getOrDefault("--workloads", "raw-get"));
        if (values.getOrDefault("--servers", "null").equals("null")
                && workloads.stream().anyMatch(Scenario::isTransactional)) {
            throw new IllegalArgumentException("the null server knows no transactions");
        }
        return new Settings(
                List.copyOf(clients),
                values.getOrDefault("--servers", "null"),
                values.getOrDefault("--pd", ""),
                words(values.getOrDefault("--server-command", "")),
                workloads,
                numbers(values.getOrDefault("--in-flight", "1,16,256")),
                numbers(values.getOrDefault("--value-sizes", "64")),
                numbers(values.getOrDefault("--regions", "1")),
                Integer.parseInt(values.getOrDefault("--stores", "1")),
                Integer.parseInt(values.getOrDefault("--keys", "100000")),
                Integer.parseInt(values.getOrDefault("--batch", "32")),
                Integer.parseInt(values.getOrDefault("--rounds", "3")),
                Integer.parseInt(values.getOrDefault("--duration", "10")),
                Integer.parseInt(values.getOrDefault("--warmup", "8")),
                numbers(values.getOrDefault("--open-loop", "")),
                numbers(values.getOrDefault("--rates", "")),
                Integer.parseInt(values.getOrDefault("--bulk", "0")),
                Integer.parseInt(values.getOrDefault("--bulk-rate", "0")),
                list(values.getOrDefault("--keys-chosen", "uniform")),
                Path.of(values.getOrDefault("--out", "perf-docs/results")),
                values.getOrDefault("--title", "comparison"));
    }

    static List<String> words(String command) {
        return command.isBlank() ? List.of() : Arrays.asList(command.strip().split("\\s+"));
    }

    private static List<String> list(String text) {
        return text.isBlank() ? List.of() : Arrays.asList(text.split(","));
    }

    private static List<Integer> numbers(String text) {
        return list(text).stream().map(Integer::valueOf).toList();
    }
}
