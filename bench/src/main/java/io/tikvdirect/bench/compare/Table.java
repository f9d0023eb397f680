package io.tikvdirect.bench.compare;

import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Confined to one thread. What was measured, as Markdown: where and how first, then a table for each scenario. */
final class Table {
    private static final String YARDSTICK = "client-go";
    private static final String COLUMNS =
            "| client | ops/s | p50 us | p99 us | p99.9 us | max us | CPU us/op | of client-go's"
                    + " | of it JIT | waited ms/s | B/op | GCs | pauses, longest ms | RSS MiB | errors |";

    private final Settings settings;
    private final StringBuilder text = new StringBuilder();

    Table(Settings settings) {
        this.settings = settings;
    }

    String of(List<Run> runs, JsonObject machine, String command, List<String> failures) {
        text.append("# ").append(settings.title()).append("\n\n");
        machine.entrySet()
                .forEach(entry -> fact(entry.getKey(), entry.getValue().getAsString()));
        fact("servers", servers());
        fact("load average behind the runs", Figures.of(runs, Run::load).withSpread());
        fact("command", "`" + command + "`");
        settings.clients().forEach(client -> fact(client.label() + " is", "`" + client.brief() + "`"));
        versions(runs).forEach(this::fact);
        failures.forEach(failure -> fact("failed run", failure.strip().replace('\n', ' ')));
        text.append(
                "\nMedians of the rounds, with (least-most) where it matters. CPU is user + system of the client's");
        text.append(" process, \"of it JIT\" its compilers' share: a run in which that is large measured a warm-up;");
        text.append(
                " \"waited\" is how long its other threads waited for a processor that somebody else had, together, for");
        text.append(" each second: latencies of a run in which that is large are the machine's;");
        text.append(" bytes are of all its threads; pauses are those of the measured time.\n");
        Run.byScenario(runs).forEach(this::scenario);
        return text.toString();
    }

    private void fact(String name, String value) {
        text.append("- ").append(name).append(": ").append(value).append('\n');
    }

    private String servers() {
        return settings.servers() + ", stores " + settings.stores() + "; keys " + settings.keys() + "; "
                + settings.rounds() + " rounds of " + settings.durationSeconds() + " s after "
                + settings.warmupSeconds() + " s of warm-up, clients in turn"
                + beside();
    }

    private String beside() {
        if (settings.bulk() == 0) {
            return "";
        }
        return "; beside them " + settings.bulk() + " gets of 1 MiB under way"
                + (settings.bulkRate() > 0 ? " at most, " + settings.bulkRate() + " MiB/s by the clock" : "");
    }

    private static Map<String, String> versions(List<Run> runs) {
        Map<String, String> versions = new LinkedHashMap<>();
        runs.forEach(
                run -> versions.putIfAbsent(run.client(), run.line().get("jvm").getAsString()));
        return versions;
    }

    private void scenario(Scenario scenario, List<Run> runs) {
        boolean bulk = settings.bulk() > 0;
        text.append("\n## ").append(scenario.describe()).append("\n\n");
        text.append(COLUMNS).append(bulk ? " bulk MiB/s |" : "").append("\n|---");
        text.append("|--:".repeat(bulk ? 15 : 14)).append("|\n");
        Map<String, List<Run>> byClient = Run.byClient(runs);
        double yardstick = cpu(byClient.getOrDefault(YARDSTICK, List.of())).median();
        byClient.forEach((client, ofClient) -> row(client, ofClient, yardstick, bulk));
    }

    private static Figures cpu(List<Run> runs) {
        return Figures.of(runs, "client_cpu_us_per_op");
    }

    private void row(String client, List<Run> runs, double yardstick, boolean bulk) {
        List<String> cells = List.of(
                client,
                Figures.of(runs, "ops_per_s").withSpread(),
                Figures.of(runs, "p50_us").text(),
                Figures.of(runs, "p99_us").withSpread(),
                Figures.of(runs, "p999_us").text(),
                Figures.of(runs, "max_us").text(),
                cpu(runs).withSpread(),
                Figures.number(cpu(runs).median() / yardstick),
                Figures.of(runs, Run::compilerUsPerOperation).text(),
                Figures.of(runs, Run::waitedMs).text(),
                Figures.of(runs, "alloc_bytes_per_op").text(),
                Figures.of(runs, "gc_count").text(),
                Figures.of(runs, run -> run.pauses().longestMs()).text(),
                Figures.of(runs, "rss_mb").text(),
                String.valueOf(Math.round(
                        runs.stream().mapToDouble(run -> run.number("errors")).sum())));
        text.append(cells.stream().collect(Collectors.joining(" | ", "| ", " |")));
        text.append(bulk ? " " + Figures.of(runs, Run::bulkMib).withSpread() + " |\n" : "\n");
    }
}
