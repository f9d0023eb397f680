package io.tikvdirect.bench.compare;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Immutable. One run of one client.
 *
 * @param client its label
 * @param scenario what it did
 * @param round which of the rounds
 * @param line the JSON it printed
 * @param pauses of its collector
 * @param compilerUs CPU time of its JIT compilers in the measured time; part of what it says about its CPU
 * @param waitedMs for each second of the measured time, how long its other threads waited for a processor, together
 * @param bulkMib large answers beside, in MiB a second; NaN when there were none
 * @param load the machine's load average right after
 */
record Run(
        String client,
        Scenario scenario,
        int round,
        JsonObject line,
        GcPauses pauses,
        double compilerUs,
        double waitedMs,
        double bulkMib,
        double load) {
    private static final Pattern BULK = Pattern.compile("bulk ([0-9.]+) MiB/s");
    /** Loading, closing, and the longer warm-up of a client whose compilers need it. */
    private static final int GRACE_SECONDS = 180;

    private static final int LOOK_MS = 200;
    /** What a client may need to end after its measured time; pauses a little before that time are counted, not missed. */
    private static final double CLOSING_SECONDS = 0.5;

    /** Runs a client to its end. */
    static Run of(ClientCommand client, Settings settings, Scenario scenario, String pd, int round)
            throws IOException, InterruptedException {
        Path dir = Files.createTempDirectory("tikv-direct-compare");
        Path gcLog = dir.resolve("gc.log");
        Path out = dir.resolve("out");
        Path err = dir.resolve("err");
        List<String> command = new ArrayList<>();
        client.command().forEach(word -> command.add(word.replace("@gclog@", gcLog.toString())));
        command.addAll(scenario.flags(settings, pd, settings.warmupSeconds(), settings.durationSeconds()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("GODEBUG", "gctrace=1");
        long startedNs = System.nanoTime();
        Process process = builder.start();
        CompilerTime compilers = new CompilerTime(process.pid());
        try {
            int longest = settings.warmupSeconds() + settings.durationSeconds() + GRACE_SECONDS;
            if (!compilers.watch(process, longest, LOOK_MS)) {
                throw new IOException(client.label() + " did not end within " + longest + " s");
            }
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(out);
        if (process.exitValue() != 0 || lines.isEmpty()) {
            throw new IOException(client.label() + " failed: " + Files.readString(err));
        }
        double livedSeconds = (System.nanoTime() - startedNs) / 1e9;
        double measuredFrom = livedSeconds - settings.durationSeconds() - CLOSING_SECONDS;
        long measuredFromNs = startedNs + (long) (measuredFrom * 1e9);
        double compilerUs = compilers.since(measuredFromNs);
        double waitedMs = compilers.waitedMsPerSecond(measuredFromNs);
        GcPauses pauses = GcPauses.read(Files.exists(gcLog) ? gcLog : err, measuredFrom);
        JsonObject line = JsonParser.parseString(lines.get(lines.size() - 1)).getAsJsonObject();
        double bulkMib = bulkMib(Files.readString(err));
        delete(dir, gcLog, out, err);
        return new Run(client.label(), scenario, round, line, pauses, compilerUs, waitedMs, bulkMib, Machine.load());
    }

    private static double bulkMib(String told) {
        Matcher matcher = BULK.matcher(told);
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : Double.NaN;
    }

    private static void delete(Path dir, Path... files) throws IOException {
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
        Files.deleteIfExists(dir);
    }

    static Map<Scenario, List<Run>> byScenario(List<Run> runs) {
        return runs.stream().collect(Collectors.groupingBy(Run::scenario, LinkedHashMap::new, Collectors.toList()));
    }

    static Map<String, List<Run>> byClient(List<Run> runs) {
        return runs.stream().collect(Collectors.groupingBy(Run::client, LinkedHashMap::new, Collectors.toList()));
    }

    double number(String field) {
        return line.get(field) == null || line.get(field).isJsonNull()
                ? Double.NaN
                : line.get(field).getAsDouble();
    }

    /** Microseconds of JIT compilers in each operation's CPU time. */
    double compilerUsPerOperation() {
        boolean jvm = line.get("jvm").getAsString().contains(" VM ");
        return jvm ? compilerUs / Math.max(1, number("ops")) : Double.NaN;
    }

    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("client", client);
        json.addProperty("value_size", scenario.servers().valueSize());
        json.addProperty("regions", scenario.servers().regions());
        json.addProperty("keys_chosen", scenario.zipf() ? "zipf" : "uniform");
        json.addProperty("rate", scenario.rate());
        json.addProperty("round", round);
        json.addProperty("gc_pauses", pauses.count());
        json.addProperty("gc_pause_ms_total", pauses.totalMs());
        json.addProperty("gc_pause_ms_longest", pauses.longestMs());
        if (Double.isFinite(compilerUsPerOperation())) {
            json.addProperty("jit_cpu_us_per_op", compilerUsPerOperation());
        }
        if (Double.isFinite(waitedMs)) {
            json.addProperty("waited_for_cpu_ms_per_s", waitedMs);
        }
        if (Double.isFinite(bulkMib)) {
            json.addProperty("bulk_mib_per_s", bulkMib);
        }
        json.addProperty("load_average", load);
        json.add("bench", line);
        return json;
    }
}
