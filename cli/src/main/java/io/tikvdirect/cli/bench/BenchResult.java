package io.tikvdirect.cli.bench;

import io.tikvdirect.cli.report.LatencyChart;
import io.tikvdirect.cli.report.Quantities;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. What was measured.
 *
 * @param options what was generated
 * @param meter operations and latencies
 * @param before the process at the start of the measured time
 * @param after the process at its end
 * @param residentMib resident memory at the end, or null if unknown
 * @param directMib direct memory at the end
 * @param bulkBytes of the large gets beside, in the measured time
 * @param serverInProcess whether the cluster ran in this process, so that its costs cannot be told apart
 */
record BenchResult(
        BenchOptions options,
        Meter meter,
        ProcessCosts before,
        ProcessCosts after,
        @Nullable Double residentMib,
        double directMib,
        long bulkBytes,
        boolean serverInProcess) {
    private static final double MIB = 1 << 20;

    /** The fields of cli.md, in its order. */
    Map<String, @Nullable Object> json() {
        Histogram nanos = meter.nanos();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("workload", options.workload().label());
        fields.put("face", options.face().name().toLowerCase(Locale.ROOT));
        fields.put("in_flight", options.inFlight());
        fields.put("threads", options.threads());
        fields.put("ops", meter.operations());
        fields.put("errors", meter.errors());
        fields.put("ops_per_s", round(operationsPerSecond(), 1));
        fields.put("p50_us", micros(nanos.getValueAtPercentile(50)));
        fields.put("p99_us", micros(nanos.getValueAtPercentile(99)));
        fields.put("p999_us", micros(nanos.getValueAtPercentile(99.9)));
        fields.put("max_us", micros(nanos.getMaxValue()));
        fields.put("client_cpu_us_per_op", cpuMicrosPerOperation());
        fields.put("alloc_bytes_per_op", allocatedPerOperation());
        fields.put("gc_count", after.collections() - before.collections());
        fields.put("rss_mb", residentMib == null ? null : round(residentMib, 1));
        fields.put("direct_mb", round(directMib, 1));
        fields.put("jvm", System.getProperty("java.vm.name") + " " + Runtime.version());
        return fields;
    }

    /** For a person. */
    List<String> text() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s on the %s face, %d in flight, %s: %s operations in %s, %s/s, %s errors",
                options.workload().label(),
                options.face().name().toLowerCase(Locale.ROOT),
                options.inFlight(),
                options.rate() == 0 ? "closed loop" : "open loop of " + options.rate() + "/s",
                Quantities.count(meter.operations()),
                Quantities.seconds(after.wallNs() - before.wallNs()),
                Quantities.count(Math.round(operationsPerSecond())),
                Quantities.count(meter.errors())));
        lines.add(LatencyChart.percentiles(meter.nanos()));
        lines.addAll(LatencyChart.draw(meter.nanos()));
        lines.add(
                serverInProcess
                        ? "CPU and allocation per operation: not told, because the server runs in this process too"
                        : "CPU " + cpuMicrosPerOperation() + " us/op, heap " + allocatedPerOperation()
                                + " B/op over all threads, "
                                + (after.collections() - before.collections()) + " collections");
        lines.add(String.format(
                Locale.ROOT,
                "resident %s MiB, direct memory %.1f MiB, %s",
                residentMib == null ? "?" : String.format(Locale.ROOT, "%.1f", residentMib),
                directMib,
                Runtime.version()));
        return lines;
    }

    double bulkMibPerSecond() {
        return bulkBytes / MIB * 1e9 / (after.wallNs() - before.wallNs());
    }

    private double operationsPerSecond() {
        return meter.operations() * 1e9 / (after.wallNs() - before.wallNs());
    }

    private @Nullable Double cpuMicrosPerOperation() {
        return perOperation((after.cpuNs() - before.cpuNs()) / 1e3);
    }

    private @Nullable Double allocatedPerOperation() {
        return perOperation((double) (after.allocatedBytes() - before.allocatedBytes()));
    }

    private @Nullable Double perOperation(double total) {
        return serverInProcess || meter.operations() == 0 ? null : round(total / meter.operations(), 3);
    }

    private static double micros(long nanos) {
        return round(nanos / 1e3, 1);
    }

    private static double round(double value, int decimals) {
        double scale = Math.pow(10, decimals);
        return Math.round(value * scale) / scale;
    }
}
