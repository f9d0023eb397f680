package io.tikvdirect.bench.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * Immutable. What one run does.
 *
 * @param workload a name of {@code ./tikv bench}
 * @param valueSize bytes
 * @param inFlight operations at once
 * @param rate operations a second by the clock, 0 for a closed loop
 */
record Scenario(String workload, int valueSize, int inFlight, long rate) {

    List<String> flags(Settings settings, String pd, int warmupSeconds, int durationSeconds) {
        List<String> flags = new ArrayList<>(List.of(
                "--pd",
                pd,
                "--workload",
                workload,
                "--in-flight",
                String.valueOf(inFlight),
                "--keys",
                String.valueOf(settings.keys()),
                "--value-size",
                String.valueOf(valueSize),
                "--warmup",
                warmupSeconds + "s",
                "--duration",
                durationSeconds + "s",
                "--no-load",
                "--json"));
        if (rate > 0) {
            flags.addAll(List.of("--rate", String.valueOf(rate)));
        }
        if (settings.zipf()) {
            flags.add("--zipf");
        }
        return flags;
    }

    String describe() {
        return workload + ", " + valueSize + " B, " + inFlight + " in flight"
                + (rate > 0 ? ", " + rate + "/s by the clock" : "");
    }
}
