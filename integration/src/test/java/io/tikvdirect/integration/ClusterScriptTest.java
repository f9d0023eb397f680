package io.tikvdirect.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code integration/cluster}, with servers that stand in for PD and the store: whatever goes wrong, nothing half-started
 * is left behind. Needs no Go; a script of the test's takes its name.
 */
class ClusterScriptTest {
    private static final String NAME = "script-test";
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    @TempDir
    private Path directory;

    private Path cache;
    private Path run;
    private Path log;

    @BeforeEach
    void standInForGo() throws IOException {
        cache = directory.resolve("cache");
        run = cache.resolve("run").resolve(NAME);
        log = directory.resolve("script.log");
        script(
                "go",
                "#!/bin/sh",
                "[ \"$STAND_IN_GO\" != fail ] || exit 1",
                "while [ \"$STAND_IN_GO\" = hang ]; do sleep 0.1; done",
                "while [ $# -gt 0 ]; do [ \"$1\" != -o ] || out=$2; shift; done",
                "printf '#!/bin/sh\\nexec \"%s\" -XX:TieredStopAtLevel=1 -cp \"%s\" %s \"$@\"\\n' \\",
                "  \"$STAND_IN_JAVA\" \"$STAND_IN_CLASSES\" " + StandInServer.class.getName() + " >\"$out\"",
                "chmod +x \"$out\"");
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(end(cluster("serve", "serve", "stop"))).isZero();
        awaitNothingLeft();
    }

    @Test
    void aClusterStartsAnswersAndStops() throws Exception {
        assertThat(end(cluster("serve", "serve", "start"))).isZero();
        assertThat(Files.readString(log)).contains("PD_ADDRS=127.0.0.1:");
        assertThat(processes()).hasSize(2);
        assertThat(end(cluster("serve", "serve", "status"))).isZero();
        assertThat(end(cluster("serve", "serve", "start")))
                .as("one that runs is left alone")
                .isZero();
        assertThat(processes()).hasSize(2);
        assertThat(end(cluster("serve", "serve", "stop"))).isZero();
        awaitNothingLeft();
        assertThat(end(cluster("serve", "serve", "status"))).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({"fail, serve", "serve, fail"})
    void aServerThatFailsTakesTheOtherWithIt(String pd, String store) throws Exception {
        assertThat(end(cluster(pd, store, "start"))).isEqualTo(1);
        assertThat(Files.readString(log)).contains("its log is kept in");
        awaitNothingLeft();
        assertThat(cache.resolve("failed-" + NAME)).isNotEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({
        "hang, serve, pd_pid, false",
        "hang, serve, pd_pid, true",
        "serve, hang, store_pid, false",
        "serve, hang, store_pid, true"
    })
    void aStartThatIsInterruptedOrKilledLeavesNothing(String pd, String store, String begun, boolean kill)
            throws Exception {
        Process start = cluster(pd, store, "start");
        await().atMost(PATIENCE).until(() -> hasBegun(begun));
        assertThat(processes()).isNotEmpty();
        if (kill) {
            start.destroyForcibly();
        } else {
            start.destroy();
        }
        assertThat(end(start)).isNotZero();
        awaitNothingLeft();
    }

    @Test
    void aBuildThatFailsLeavesNothing() throws Exception {
        assertThat(end(cluster("serve", "serve", "start", Map.of("STAND_IN_GO", "fail"))))
                .isEqualTo(1);
        assertThat(Files.readString(log)).contains("building pd-server failed");
        try (Stream<Path> built = Files.list(cache.resolve("bin"))) {
            assertThat(built.filter(file -> !file.toString().endsWith(".lock"))).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBuildDoesNotOutliveItsScript(boolean kill) throws Exception {
        Process start = cluster("serve", "serve", "start", Map.of("STAND_IN_GO", "hang"));
        await().atMost(PATIENCE).until(() -> !processes().isEmpty());
        if (kill) {
            start.destroyForcibly();
        } else {
            start.destroy();
        }
        assertThat(end(start)).isNotZero();
        awaitNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "build"})
    void withoutGoItSaysSo(String command) throws Exception {
        Files.delete(directory.resolve("go"));
        for (String tool : List.of(
                "bash",
                "cat",
                "cut",
                "dirname",
                "find",
                "grep",
                "mkdir",
                "nohup",
                "ps",
                "rm",
                "sed",
                "sha256sum",
                "sort",
                "xargs")) {
            script(tool, "#!/bin/sh", "exec " + located(tool) + " \"$@\"");
        }
        Map<String, String> toolsOnly = Map.of("PATH", directory.toString());
        assertThat(end(cluster("serve", "serve", command, toolsOnly))).isEqualTo(3);
        assertThat(Files.readString(log)).contains("Go is not installed");
    }

    @Test
    void aClusterEndsWithItsOwner() throws Exception {
        Process owner = new ProcessBuilder("sleep", "600").start();
        try {
            assertThat(end(cluster("serve", "serve", "start", Map.of(), "--owner", Long.toString(owner.pid()))))
                    .isZero();
            assertThat(processes()).hasSizeGreaterThanOrEqualTo(2);
        } finally {
            owner.destroyForcibly();
        }
        awaitNothingLeft();
    }

    private boolean hasBegun(String server) throws IOException {
        Path begun = run.resolve("begun");
        return Files.exists(begun) && Files.readString(begun).contains(server);
    }

    private void awaitNothingLeft() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(run).doesNotExist();
            assertThat(processes()).isEmpty();
        });
    }

    /** Every process whose command line has a file of this cluster in it, or a program that is built. */
    private List<String> processes() {
        return ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains(run + "/") || line.contains(" -o " + cache))
                .toList();
    }

    private Process cluster(String pd, String store, String command) throws IOException {
        return cluster(pd, store, command, Map.of());
    }

    private Process cluster(String pd, String store, String command, Map<String, String> environment, String... more)
            throws IOException {
        Path basedir = Path.of(System.getProperty("basedir", ".")).toAbsolutePath();
        List<String> words = new ArrayList<>(List.of(basedir.resolve("cluster").toString(), command, "--name", NAME));
        words.addAll(List.of(more));
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile());
        Map<String, String> variables = builder.environment();
        variables.keySet().removeAll(List.of("PD_ADDRS", "PD_BIN"));
        variables.put("INTEGRATION_CACHE", cache.toString());
        variables.put("PATH", directory + ":" + System.getenv("PATH"));
        variables.put("STAND_IN_PD", pd);
        variables.put("STAND_IN_STORE", store);
        variables.put(
                "STAND_IN_JAVA",
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        variables.put("STAND_IN_CLASSES", basedir.resolve("target/test-classes").toString());
        variables.putAll(environment);
        return builder.start();
    }

    private static int end(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private void script(String name, String... lines) throws IOException {
        Path file = Files.write(directory.resolve(name), List.of(lines));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path located(String tool) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new UncheckedIOException(new IOException("there is no " + tool)));
    }
}
