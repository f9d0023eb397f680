package io.tikvdirect.bench.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * Immutable. What one run does.
 *
 * @param workload a name of {@code ./tikv bench}
 * @param servers against what
 * @param zipf how keys are chosen
 * @param inFlight operations at once
 * @param rate operations a second by the clock, 0 for a closed loop
 */
record Scenario(String workload, Data servers, boolean zipf, int inFlight, long rate) {
    /**
     * Immutable. What the servers hold.
     *
     * @param valueSize bytes
     * @param regions how many
     */
    record Data(int valueSize, int regions) {}

    /** A series of scenarios that differ in what is under way only: a line of a plot. */
    record Series(String workload, Data servers, boolean zipf) {
        /** Part of a file's name. */
        String name() {
            return workload + "-" + servers.valueSize()
                    + (servers.regions() > 1 ? "-" + servers.regions() + "-regions" : "")
                    + (zipf ? "-zipf" : "");
        }
    }

    /** Whether a workload works in transactions. */
    static boolean isTransactional(String workload) {
        return workload.startsWith("txn-");
    }

    Series series() {
        return new Series(workload, servers, zipf);
    }

    Scenario at(long otherRate) {
        return new Scenario(workload, servers, zipf, inFlight, otherRate);
    }

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
                "--batch",
                String.valueOf(settings.batch()),
                "--value-size",
                String.valueOf(servers.valueSize()),
                "--warmup",
                warmupSeconds + "s",
                "--duration",
                durationSeconds + "s",
                "--no-load",
                "--json"));
        if (rate > 0) {
            flags.addAll(List.of("--rate", String.valueOf(rate)));
        }
        if (zipf) {
            flags.add("--zipf");
        }
        if (settings.bulk() > 0) {
            flags.addAll(List.of("--bulk", String.valueOf(settings.bulk())));
        }
        if (settings.bulkRate() > 0) {
            flags.addAll(List.of("--bulk-rate", String.valueOf(settings.bulkRate())));
        }
        return flags;
    }

    String describe() {
        return workload + ", " + servers.valueSize() + " B, "
                + (servers.regions() == 1 ? "1 region" : servers.regions() + " regions")
                + (zipf ? ", zipf" : "") + ", " + inFlight + " in flight"
                + (rate > 0 ? ", " + rate + "/s by the clock" : "");
    }
}
