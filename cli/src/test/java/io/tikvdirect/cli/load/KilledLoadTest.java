package io.tikvdirect.cli.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tikvdirect.cli.CommandRun;
import io.tikvdirect.cli.Main;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A load in a process of its own, killed without warning. */
@Tag("slow")
class KilledLoadTest {
    private static final int RECORDS = 600_000;

    @Test
    void aLoadThatWasKilledGoesOnAndLosesNothing(@TempDir Path directory) throws Exception {
        Path source = directory.resolve("in.tsv");
        write(source);
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().stores(3).start()) {
            String pd = cluster.pdAddresses().get(0);
            String[] options = {"load", source.toString(), "--pd", pd, "--key", "1", "--value", "2", "--timeout", "20s"
            };
            Path state = directory.resolve("in.tsv.tikv-load");

            Process process = start(directory, options);
            await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(state));
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            LoadState.Progress killedAt = LoadState.read(state).progress();
            String[] resumed = Arrays.copyOf(options, options.length + 1);
            resumed[options.length] = "--resume";
            CommandRun rest = CommandRun.of(resumed);
            CommandRun dump = CommandRun.of(
                    "dump",
                    "--pd",
                    pd,
                    "--timeout",
                    "20s",
                    "--out",
                    directory.resolve("out.tsv").toString());

            assertThat(killedAt.loaded()).isPositive().isLessThan(RECORDS);
            assertThat(rest.exitCode()).as(rest.err()).isZero();
            assertThat(rest.err()).contains("resuming behind line");
            assertThat(dump.exitCode()).as(dump.err()).isZero();
            assertThat(directory.resolve("out.tsv")).hasSameBinaryContentAs(source);
        }
    }

    private static Process start(Path directory, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
        builder.command().addAll(List.of(arguments));
        builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        return builder.start();
    }

    private static void write(Path source) throws Exception {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(source))) {
            for (int i = 0; i < RECORDS; i++) {
                out.write(String.format("%08d\tvalue of %d\n", i, i).getBytes(UTF_8));
            }
        }
    }
}
