package io.tikvdirect.bench.compare;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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
        Files.writeString(
                file(".json"), new GsonBuilder().setPrettyPrinting().create().toJson(json(runs)) + "\n");
        StringBuilder text = new StringBuilder(new Table(settings).of(runs, machine, command, failures));
        for (Map.Entry<String, String> plot : Plots.of(runs).entrySet()) {
            Path svg = file("-" + plot.getKey() + ".svg");
            Files.writeString(svg, plot.getValue());
            text.append("\n![")
                    .append(plot.getKey())
                    .append("](")
                    .append(svg.getFileName())
                    .append(")\n");
        }
        Files.writeString(file(".md"), text);
        return text.toString();
    }

    private JsonObject json(List<Run> runs) {
        JsonObject json = new JsonObject();
        json.add("machine", machine);
        json.addProperty("servers", settings.servers());
        json.addProperty("stores", settings.stores());
        json.addProperty("bulk_in_flight", settings.bulk());
        json.addProperty("bulk_mib_per_s_by_the_clock", settings.bulkRate());
        json.addProperty("command", command);
        JsonArray raw = new JsonArray();
        runs.forEach(run -> raw.add(run.json()));
        json.add("runs", raw);
        return json;
    }

    private Path file(String ending) {
        return settings.out().resolve(settings.title() + ending);
    }
}
