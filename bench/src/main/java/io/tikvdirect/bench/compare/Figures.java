package io.tikvdirect.bench.compare;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Immutable. One figure of several runs: median and spread. */
record Figures(double median, double least, double most) {

    static Figures of(List<Run> runs, String field) {
        return of(runs, run -> run.number(field));
    }

    static Figures of(List<Run> runs, ToDoubleFunction<Run> figure) {
        double[] sorted = runs.stream()
                .mapToDouble(figure)
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return new Figures(Double.NaN, Double.NaN, Double.NaN);
        }
        int half = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return new Figures(median, sorted[0], sorted[sorted.length - 1]);
    }

    String text() {
        return number(median);
    }

    String withSpread() {
        return Double.isNaN(median) ? "-" : number(median) + " (" + number(least) + "-" + number(most) + ")";
    }

    static String number(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        int decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
