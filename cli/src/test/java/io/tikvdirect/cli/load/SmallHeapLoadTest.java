package io.tikvdirect.cli.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.cli.Main;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A load in a process of its own with a tenth of the heap its input would need. */
@Tag("slow")
class SmallHeapLoadTest {
    private static final int HEAP_MIB = 32;
    private static final int DIRECT_MIB = 64;
    private static final int VALUE_BYTES = 1_000;
    private static final int RECORDS = 10 * HEAP_MIB * 1_100;
    /** Keys repeat, so that the cluster, which lives in this process, holds little. */
    private static final int KEYS = 5_000;

    @Test
    void anInputTenTimesTheHeapIsLoadedWithinIt(@TempDir Path directory) throws Exception {
        Path source = directory.resolve("in.tsv");
        write(source);
        assertThat(Files.size(source)).isGreaterThan(10L * HEAP_MIB << 20);
        try (EmbeddedCluster cluster =
                EmbeddedCluster.builder().stores(2).regions(4).start()) {
            String pd = cluster.pdAddresses().get(0);
            Path log = directory.resolve("log");
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx" + HEAP_MIB + "m",
                            "-XX:MaxDirectMemorySize=" + DIRECT_MIB + "m",
                            "-XX:+ExitOnOutOfMemoryError",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Main.class.getName(),
                            "load",
                            source.toString(),
                            "--pd",
                            pd,
                            "--key",
                            "1",
                            "--value",
                            "2",
                            "--timeout",
                            "60s")
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            boolean ended = process.waitFor(5, TimeUnit.MINUTES);
            process.destroyForcibly();
            String said = Files.readString(log);
            System.out.println(said);
            assertThat(ended).as(said).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
            assertThat(said).contains("rejected: 0").containsPattern("memory: heap at most .* of .*, direct ");
            try (TikvClient client = TikvClient.open(Config.builder()
                    .set("pd.addresses", pd)
                    .set("timeout", "20s")
                    .build())) {
                for (int i = 0; i < KEYS; i += 499) {
                    assertThat(client.raw().get(key(i).getBytes(UTF_8))).isEqualTo(value().getBytes(UTF_8));
                }
            }
        }
    }

    private static String key(int number) {
        return String.format("%08d", number);
    }

    private static String value() {
        return "v".repeat(VALUE_BYTES);
    }

    private static void write(Path source) throws Exception {
        byte[] rest = ("\t" + value() + "\n").getBytes(UTF_8);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(source), 1 << 16)) {
            for (int i = 0; i < RECORDS; i++) {
                out.write(key(i % KEYS).getBytes(UTF_8));
                out.write(rest);
            }
        }
    }
}
