package io.tikvdirect.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.TikvClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * One thread. A program that does as little as a program with a client can, to be started again and again by {@code
 * bench/cold-start}: {@code PD first} reads one key at once, {@code PD warm} reads it behind {@code warmUp()}, {@code PD idle}
 * does so and rests, {@code - empty} is a JVM without a client. Prints milliseconds and resident
 * memory; CPU time besides, because that does not depend on what else the machine does.
 */
public final class ColdStartMain {
    private static final byte[] KEY = "b000000000000042".getBytes(US_ASCII);
    private static final Duration REST = Duration.ofSeconds(2);

    private ColdStartMain() {}

    /**
     * Runs.
     *
     * @param args the two of above
     * @throws Exception when anything fails
     */
    @SuppressWarnings("SystemOut") // its output
    public static void main(String[] args) throws Exception {
        long mainNs = System.nanoTime();
        String mode = args[1];
        if (mode.equals("empty")) {
            Thread.sleep(REST.toMillis());
            System.out.printf(Locale.ROOT, "rss_mb %.1f%n", residentMib());
            return;
        }
        try (TikvClient client =
                TikvClient.open(Config.builder().pdAddresses(args[0]).build())) {
            long openNs = System.nanoTime();
            if (!mode.equals("first")) {
                client.warmUp(List.of(KeyRange.all()), Duration.ofSeconds(10));
            }
            long getNs = System.nanoTime();
            if (client.raw().get(KEY) == null) {
                throw new IllegalStateException("the key is not there");
            }
            long endNs = System.nanoTime();
            long cpuMs = cpuMs();
            client.raw().get(KEY);
            long secondNs = System.nanoTime();
            if (mode.equals("idle")) {
                Thread.sleep(REST.toMillis());
            }
            System.out.printf(
                    Locale.ROOT,
                    "open_ms %.1f get_ms %.2f second_ms %.2f since_main_ms %.1f cpu_ms %d rss_mb %.1f%n",
                    (openNs - mainNs) / 1e6,
                    (endNs - getNs) / 1e6,
                    (secondNs - endNs) / 1e6,
                    (endNs - mainNs) / 1e6,
                    cpuMs,
                    residentMib());
        }
    }

    /** User and system time of the process since it was started, the JVM's own start included; to 10 ms. */
    private static long cpuMs() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return 10 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
    }

    private static double residentMib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        return Double.NaN;
    }
}
