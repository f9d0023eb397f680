package io.tikvdirect.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Confined to one thread. Lines through points, both axes logarithmic. */
final class SvgPlot {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 440;
    private static final int LEFT = 80;
    private static final int RIGHT = 160;
    private static final int TOP = 40;
    private static final int BOTTOM = 50;
    private static final String[] COLOURS = {"#1b6ca8", "#2a9d4a", "#8a4fbf", "#d1652b", "#b3263a", "#555555", "#0aa"};

    private final String title;
    private final String xLabel;
    private final String yLabel;
    private final Map<String, List<double[]>> lines = new LinkedHashMap<>();

    SvgPlot(String title, String xLabel, String yLabel) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
    }

    /** Adds a point to a line; what has no logarithm is left out. */
    void point(String line, double x, double y) {
        if (x > 0 && y > 0) {
            lines.computeIfAbsent(line, name -> new ArrayList<>()).add(new double[] {x, y});
        }
    }

    /** Decades that hold all values of an axis. */
    private int[] decades(int axis) {
        double least = Double.MAX_VALUE;
        double most = 0;
        for (List<double[]> points : lines.values()) {
            for (double[] point : points) {
                least = Math.min(least, point[axis]);
                most = Math.max(most, point[axis]);
            }
        }
        int first = (int) Math.floor(Math.log10(least));
        return new int[] {first, Math.max(first + 1, (int) Math.ceil(Math.log10(most)))};
    }

    String svg() {
        if (lines.isEmpty()) {
            return "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n";
        }
        int[] x = decades(0);
        int[] y = decades(1);
        StringBuilder svg = new StringBuilder();
        add(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                        + " font-size=\"12\"><rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>",
                WIDTH,
                HEIGHT);
        text(svg, WIDTH / 2, 20, "middle", title);
        text(svg, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "middle", xLabel);
        text(svg, 10, TOP - 12, "start", yLabel);
        for (int decade = x[0]; decade <= x[1]; decade++) {
            double at = place(Math.pow(10, decade), x, LEFT, WIDTH - RIGHT);
            grid(svg, at, TOP, at, HEIGHT - BOTTOM);
            text(svg, (int) at, HEIGHT - BOTTOM + 18, "middle", tick(decade));
        }
        for (int decade = y[0]; decade <= y[1]; decade++) {
            double at = place(Math.pow(10, decade), y, HEIGHT - BOTTOM, TOP);
            grid(svg, LEFT, at, WIDTH - RIGHT, at);
            text(svg, LEFT - 8, (int) at + 4, "end", tick(decade));
        }
        int number = 0;
        for (Map.Entry<String, List<double[]>> line : lines.entrySet()) {
            line(svg, line.getKey(), line.getValue(), number++, x, y);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void line(StringBuilder svg, String name, List<double[]> points, int number, int[] x, int[] y) {
        String colour = COLOURS[number % COLOURS.length];
        StringBuilder path = new StringBuilder();
        for (double[] point : points) {
            double px = place(point[0], x, LEFT, WIDTH - RIGHT);
            double py = place(point[1], y, HEIGHT - BOTTOM, TOP);
            add(path, "%.1f,%.1f ", px, py);
            add(svg, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", px, py, colour);
        }
        add(svg, "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", path, colour);
        int at = TOP + 20 * number;
        add(svg, "<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"4\" fill=\"%s\"/>", WIDTH - RIGHT + 12, at, colour);
        text(svg, WIDTH - RIGHT + 30, at + 6, "start", name);
    }

    private static double place(double value, int[] decades, double from, double to) {
        return from + (to - from) * (Math.log10(value) - decades[0]) / (decades[1] - decades[0]);
    }

    private static String tick(int decade) {
        return decade >= 0 ? String.format(Locale.ROOT, "%,d", Math.round(Math.pow(10, decade))) : "1e" + decade;
    }

    private static void grid(StringBuilder svg, double x1, double y1, double x2, double y2) {
        add(svg, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>", x1, y1, x2, y2);
    }

    private static void text(StringBuilder svg, int x, int y, String anchor, String text) {
        add(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>", x, y, anchor, text);
    }

    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
