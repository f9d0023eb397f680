package io.tikvdirect.bench.compare;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Stateless. The pictures of a comparison, a line for each client, by name: what an operation costs and how long it takes as
 * more are under way, latency against throughput, and latency at rates kept by the clock.
 */
final class Plots {
    private Plots() {}

    static Map<String, String> of(List<Run> runs) {
        Map<String, String> svgs = new LinkedHashMap<>();
        runs.stream()
                .collect(Collectors.groupingBy(run -> run.scenario().series(), LinkedHashMap::new, Collectors.toList()))
                .forEach((series, ofSeries) -> add(svgs, series.name(), ofSeries));
        return svgs;
    }

    private static void add(Map<String, String> svgs, String name, List<Run> runs) {
        List<Run> closed =
                runs.stream().filter(run -> run.scenario().rate() == 0).toList();
        List<Run> open = runs.stream().filter(run -> run.scenario().rate() > 0).toList();
        if (closed.stream().map(run -> run.scenario().inFlight()).distinct().count() > 1) {
            svgs.put(name + "-cpu", cpu(name, closed));
            svgs.put(name + "-latency", latency(name, closed));
        }
        if (open.stream().map(run -> run.scenario().rate()).distinct().count() > 1) {
            svgs.put(name + "-open-loop", openLoop(name, open));
        }
    }

    private static String cpu(String name, List<Run> runs) {
        SvgPlot plot = new SvgPlot(name + ": CPU per operation", "in flight", "CPU us/op");
        points(
                runs,
                (client, scenario, ofScenario) -> plot.point(
                        client,
                        scenario.inFlight(),
                        Figures.of(ofScenario, "client_cpu_us_per_op").median()));
        return plot.svg();
    }

    private static String latency(String name, List<Run> runs) {
        SvgPlot plot = new SvgPlot(name + ": latency against throughput", "ops/s", "p99 us");
        points(
                runs,
                (client, scenario, ofScenario) -> plot.point(
                        client,
                        Figures.of(ofScenario, "ops_per_s").median(),
                        Figures.of(ofScenario, "p99_us").median()));
        return plot.svg();
    }

    private static String openLoop(String name, List<Run> runs) {
        SvgPlot plot = new SvgPlot(name + ": latency at a fixed rate", "operations a second", "p99 us");
        points(
                runs,
                (client, scenario, ofScenario) -> plot.point(
                        client,
                        (double) scenario.rate(),
                        Figures.of(ofScenario, "p99_us").median()));
        return plot.svg();
    }

    private interface Point {
        void of(String client, Scenario scenario, List<Run> runs);
    }

    private static void points(List<Run> runs, Point point) {
        Run.byClient(runs).forEach((client, ofClient) -> Run.byScenario(ofClient)
                .forEach((scenario, ofScenario) -> point.of(client, scenario, ofScenario)));
    }
}
