package io.tikvdirect.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * Thread-safe (only static functions); the histograms are read and must not change meanwhile. Latencies as text: one
 * line of percentiles, and a drawn distribution.
 */
public final class LatencyChart {
    private static final int BAR_CELLS = 44;
    private static final int MAX_ROWS = 16;
    private static final String[] EIGHTHS = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

    private LatencyChart() {}

    /** The percentiles of a histogram of nanoseconds in one line. */
    public static String percentiles(Histogram nanos) {
        if (nanos.getTotalCount() == 0) {
            return "no operations";
        }
        return String.format(
                Locale.ROOT,
                "p50 %s, p99 %s, p99.9 %s, max %s",
                Quantities.nanos(nanos.getValueAtPercentile(50)),
                Quantities.nanos(nanos.getValueAtPercentile(99)),
                Quantities.nanos(nanos.getValueAtPercentile(99.9)),
                Quantities.nanos(nanos.getMaxValue()));
    }

    /**
     * The distribution of a histogram of nanoseconds: a row for each doubling of the latency, its bar as long as the
     * share of the operations. The slowest rows are kept however few operations they hold, because the tail is what a
     * person looks for.
     */
    public static List<String> draw(Histogram nanos) {
        List<String> rows = new ArrayList<>();
        long total = nanos.getTotalCount();
        if (total == 0) {
            return rows;
        }
        long low = Long.highestOneBit(Math.max(1, nanos.getMinValue()));
        long high = Long.highestOneBit(Math.max(1, nanos.getMaxValue()));
        while (high / low >= 1L << MAX_ROWS) {
            low *= 2;
        }
        long most = mostInOneRow(nanos, low, high);
        for (long from = low; from <= high; from *= 2) {
            long count = count(nanos, from == low ? 0 : from, from * 2 - 1);
            rows.add(row(from, count, most, total));
        }
        return rows;
    }

    private static String row(long from, long count, long most, long total) {
        return String.format(
                Locale.ROOT,
                "%9s .. %-9s %-" + (BAR_CELLS + 1) + "s %6.2f%% %s",
                Quantities.nanos(from),
                Quantities.nanos(from * 2),
                bar((double) count / most),
                100.0 * count / total,
                Quantities.count(count));
    }

    private static String bar(double share) {
        int eighths = (int) Math.round(share * BAR_CELLS * 8);
        return "█".repeat(eighths / 8) + EIGHTHS[eighths % 8];
    }

    private static long mostInOneRow(Histogram nanos, long low, long high) {
        long most = 1;
        for (long from = low; from <= high; from *= 2) {
            most = Math.max(most, count(nanos, from == low ? 0 : from, from * 2 - 1));
        }
        return most;
    }

    private static long count(Histogram nanos, long from, long to) {
        return nanos.getCountBetweenValues(from, to);
    }
}
