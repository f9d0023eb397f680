package io.tikvdirect.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Immutable. Times that a collector stopped a client's threads in its measured time, read from what the run time wrote: the
 * JVM's {@code -Xlog:gc} or Go's {@code GODEBUG=gctrace=1}.
 *
 * @param count how often
 * @param totalMs together
 * @param longestMs the longest
 */
record GcPauses(int count, double totalMs, double longestMs) {
    private static final Pattern JVM = Pattern.compile("^\\[([0-9.]+)s].*Pause .* ([0-9.]+)ms$");
    /** Stop the world at the begin and at the end of a cycle: the first and third number of {@code a+b+c ms clock}. */
    private static final Pattern GO =
            Pattern.compile("^gc \\d+ @([0-9.]+)s \\d+%: ([0-9.]+)\\+[0-9.]+\\+([0-9.]+) ms clock.*");

    static GcPauses read(Path file, double fromSeconds) throws IOException {
        if (!Files.exists(file)) {
            return new GcPauses(0, 0, 0);
        }
        try (Stream<String> lines = Files.lines(file)) {
            List<double[]> pauses = lines.map(GcPauses::pause)
                    .filter(pause -> pause.length == 2 && pause[0] >= fromSeconds)
                    .toList();
            double total = pauses.stream().mapToDouble(pause -> pause[1]).sum();
            double longest =
                    pauses.stream().mapToDouble(pause -> pause[1]).max().orElse(0);
            return new GcPauses(pauses.size(), total, longest);
        }
    }

    /** When and how long; empty for a line that tells of no pause. */
    private static double[] pause(String line) {
        Matcher jvm = JVM.matcher(line);
        if (jvm.matches()) {
            return new double[] {Double.parseDouble(jvm.group(1)), Double.parseDouble(jvm.group(2))};
        }
        Matcher go = GO.matcher(line);
        if (go.matches()) {
            double ms = Double.parseDouble(go.group(2)) + Double.parseDouble(go.group(3));
            return new double[] {Double.parseDouble(go.group(1)), ms};
        }
        return new double[0];
    }
}
