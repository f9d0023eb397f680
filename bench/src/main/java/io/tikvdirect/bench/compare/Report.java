package io.tikvdirect.bench.compare;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Confined to one thread. Writes what was measured: raw data as JSON, a table as Markdown, plots as SVG. */
final class Report {
    private final Settings settings;
    private final JsonObject machine;
    private final String command;
    private final List<String> failures;

    Report(Settings settings, JsonObject machine, String command, List<String> failures) {
        this.failures = List.copyOf(failures);
        this.settings = settings;
        this.machine = machine;
        this.command = command;
    }

    /** Writes all files and gives the table. */
    String write(List<Run> runs) throws IOException {
        Files.createDirectories(settings.out());
        JsonObject json = new JsonObject();
        json.add("machine", machine);
        json.addProperty("servers", settings.servers());
        json.addProperty("command", command);
        JsonArray raw = new JsonArray();
        runs.forEach(run -> raw.add(run.json()));
        json.add("runs", raw);
        Files.writeString(
                file(".json"), new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n");
        String table = table(runs);
        Files.writeString(file(".md"), table);
        plots(runs);
        return table;
    }

    private Path file(String ending) {
        return settings.out().resolve(settings.title() + ending);
    }

    private String table(List<Run> runs) {
        StringBuilder text = new StringBuilder();
        text.append("# ").append(settings.title()).append("\n\n");
        machine.entrySet().forEach(entry -> text.append("- ")
                .append(entry.getKey())
                .append(": ")
                .append(entry.getValue().getAsString())
                .append('\n'));
        text.append("- servers: ").append(settings.servers());
        text.append(", regions ").append(settings.regions()).append(", stores ").append(settings.stores());
        text.append("; keys ").append(settings.keys()).append(settings.zipf() ? ", zipf 0.99" : ", uniform");
        text.append("; ").append(settings.rounds()).append(" rounds of ").append(settings.durationSeconds());
        text.append(" s after ").append(settings.warmupSeconds()).append(" s of warm-up, clients in turn\n");
        Figures load = Figures.of(runs, Run::load);
        text.append("- load average behind the runs: ")
                .append(load.withSpread())
                .append('\n');
        text.append("- command: `").append(command).append("`\n");
        versions(runs).forEach((client, version) -> text.append("- ")
                .append(client)
                .append(": ")
                .append(version)
                .append('\n'));
        failures.forEach(failure -> text.append("- failed run: ")
                .append(failure.strip().replace('\n', ' '))
                .append('\n'));
        text.append(
                "\nMedians of the rounds, with (least-most) where it matters. CPU is user + system of the client's");
        text.append(" process, \"of it JIT\" its compilers' share: a run in which that is large measured a warm-up;"
                + " bytes are of all its threads; pauses are those of the measured time.\n");
        byScenario(runs).forEach((scenario, ofScenario) -> {
            text.append("\n## ").append(scenario.describe()).append("\n\n");
            text.append(
                    "| client | ops/s | p50 us | p99 us | p99.9 us | max us | CPU us/op | of it JIT | B/op | GCs | pauses, longest ms"
                            + " | RSS MiB | errors |\n");
            text.append("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
            ofScenario.stream()
                    .collect(Collectors.groupingBy(Run::client, LinkedHashMap::new, Collectors.toList()))
                    .forEach((client, ofClient) -> text.append(row(client, ofClient)));
        });
        return text.toString();
    }

    private static String row(String client, List<Run> runs) {
        return "| " + client
                + " | " + Figures.of(runs, "ops_per_s").withSpread()
                + " | " + Figures.of(runs, "p50_us").text()
                + " | " + Figures.of(runs, "p99_us").withSpread()
                + " | " + Figures.of(runs, "p999_us").text()
                + " | " + Figures.of(runs, "max_us").text()
                + " | " + Figures.of(runs, "client_cpu_us_per_op").withSpread()
                + " | " + Figures.of(runs, Run::compilerUsPerOperation).text()
                + " | " + Figures.of(runs, "alloc_bytes_per_op").text()
                + " | " + Figures.of(runs, "gc_count").text()
                + " | " + Figures.of(runs, run -> run.pauses().longestMs()).text()
                + " | " + Figures.of(runs, "rss_mb").text()
                + " | "
                + Math.round(
                        runs.stream().mapToDouble(run -> run.number("errors")).sum())
                + " |\n";
    }

    private static Map<String, String> versions(List<Run> runs) {
        Map<String, String> versions = new LinkedHashMap<>();
        runs.forEach(
                run -> versions.putIfAbsent(run.client(), run.line().get("jvm").getAsString()));
        return versions;
    }

    private static Map<Scenario, List<Run>> byScenario(List<Run> runs) {
        return runs.stream().collect(Collectors.groupingBy(Run::scenario, LinkedHashMap::new, Collectors.toList()));
    }

    private void plots(List<Run> runs) throws IOException {
        for (String workload : settings.workloads()) {
            for (int valueSize : settings.valueSizes()) {
                List<Run> closed = runs.stream()
                        .filter(run -> run.scenario().rate() == 0)
                        .filter(run -> run.scenario().workload().equals(workload))
                        .filter(run -> run.scenario().valueSize() == valueSize)
                        .toList();
                if (closed.stream()
                                .map(run -> run.scenario().inFlight())
                                .distinct()
                                .count()
                        > 1) {
                    plot(closed, workload + "-" + valueSize);
                }
            }
        }
    }

    private void plot(List<Run> runs, String name) throws IOException {
        SvgPlot cpu = new SvgPlot(name + ": CPU per operation", "in flight", "CPU us/op");
        SvgPlot latency = new SvgPlot(name + ": latency against throughput", "ops/s", "p99 us");
        runs.stream()
                .collect(Collectors.groupingBy(Run::client, LinkedHashMap::new, Collectors.toList()))
                .forEach((client, ofClient) -> byScenario(ofClient).forEach((scenario, ofScenario) -> {
                    cpu.point(
                            client,
                            scenario.inFlight(),
                            Figures.of(ofScenario, "client_cpu_us_per_op").median());
                    latency.point(
                            client,
                            Figures.of(ofScenario, "ops_per_s").median(),
                            Figures.of(ofScenario, "p99_us").median());
                }));
        Files.writeString(file("-" + name + "-cpu.svg"), cpu.svg());
        Files.writeString(file("-" + name + "-latency.svg"), latency.svg());
    }
}
