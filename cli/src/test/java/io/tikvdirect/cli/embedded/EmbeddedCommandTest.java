package io.tikvdirect.cli.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tikvdirect.cli.CommandRun;
import io.tikvdirect.cli.Main;
import java.io.BufferedReader;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The command in a process of its own, ended as a user ends it. */
class EmbeddedCommandTest {
    private static final Pattern READY = Pattern.compile("ready pd=(127\\.0\\.0\\.1:(\\d+)) stores=(\\S+)");

    @Test
    void itServesUntilItIsAskedToEndAndLeavesNothingBehind() throws Exception {
        Process process = start("embedded", "--pd-port", "0", "--stores", "2", "--regions", "4", "--chaos-seed", "7");
        try (BufferedReader out = process.inputReader(UTF_8)) {
            Matcher ready = READY.matcher(out.readLine());
            assertThat(ready.matches()).isTrue();
            assertThat(ready.group(3).split(",")).hasSize(2);

            CommandRun run = CommandRun.withInput(
                    "raw put k v\nraw get k\n", "shell", "--json", "--pd", ready.group(1), "--timeout", "60s");
            assertThat(run.outLines()).as(run.err()).containsExactly("{\"ok\":true}", "{\"ok\":true,\"value\":\"v\"}");

            process.toHandle().destroy(); // a SIGTERM that leaves the streams open, unlike Process.destroy
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(out.readLine()).isNull();
            assertThat(new String(process.getErrorStream().readAllBytes(), UTF_8))
                    .contains("disturbed with seed 7");
            int port = Integer.parseInt(ready.group(2));
            await().atMost(Duration.ofSeconds(60)).until(() -> nobodyListens(port));
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean nobodyListens(int port) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return !socket.isConnected();
        } catch (ConnectException e) {
            return true;
        }
    }

    private static Process start(String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
        builder.command().addAll(List.of(arguments));
        return builder.start();
    }
}
