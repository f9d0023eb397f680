package io.tikvdirect.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.epoll.Epoll;
import io.tikvdirect.bench.nullserver.NullServer;
import io.tikvdirect.bench.nullserver.NullSettings;
import io.tikvdirect.client.ClientMetrics.StoreMetrics;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * System calls of the client's event loops in a scripted run, see {@link Windows}. Counted by {@code strace}, so only where
 * that is installed and may attach to a process of the same user; {@link HotPathGuardTest} counts flushes and wake-ups, of
 * which there is one system call each, everywhere.
 */
class SystemCallsTest {
    private static final int MEASURED = 3_200;
    /** The tick of deadlines wakes a loop 100 times a second; keep-alive and PD now and then: by the clock, not by operation. */
    private static final int WAITS_PER_SECOND = 200;

    private static final int SENDS_PER_SECOND = 5;
    private static final int AT_THE_ENDS = 50;

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(ints = {16, 128})
    void oneSendOneReceiveAndOneWaitPerWindow(int inFlight) throws IOException, InterruptedException {
        assumeThat(Epoll.isAvailable()).isTrue();
        try (NullServer server = NullServer.start(new NullSettings(1_000, 64, 0, 1, 1));
                TikvClient client = TikvClient.open(Config.builder()
                        .pdAddresses(server.pdAddress())
                        .set("stores.interval", "1h")
                        .build())) {
            new Windows(client.raw().direct(), inFlight, false, MEASURED).run();
            StoreMetrics before = client.metrics().stores().get(0);
            Map<String, Long> calls;
            long startNs = System.nanoTime();
            try (Strace strace = Strace.attach(loops(), dir.resolve("calls"))) {
                new Windows(client.raw().direct(), inFlight, false, MEASURED).run();
                calls = strace.end();
            }
            StoreMetrics after = client.metrics().stores().get(0);
            long windows = MEASURED / inFlight + 1;
            long seconds = 1 + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNs);
            System.out.printf("%d in flight, %d windows: %s%n", inFlight, windows, calls);

            assertThat(after.flushes() - before.flushes()).as("flushes").isEqualTo(windows);
            assertThat(sum(calls, "sendto", "write", "writev", "sendmsg"))
                    .as("sends and wake-ups")
                    .isBetween(windows, windows + SENDS_PER_SECOND * seconds + AT_THE_ENDS);
            assertThat(sum(calls, "recvfrom", "read", "readv", "recvmsg"))
                    .as("receives")
                    .isBetween(windows, 2 * windows + SENDS_PER_SECOND * seconds + AT_THE_ENDS);
            assertThat(sum(calls, "epoll_wait", "epoll_pwait", "epoll_pwait2"))
                    .as("waits")
                    .isBetween(1L, 2 * windows + WAITS_PER_SECOND * seconds + AT_THE_ENDS);
        }
    }

    @Test
    void aSummaryOfStraceIsUnderstood() {
        Map<String, Long> calls = Strace.parse(List.of(
                "syscall               calls", "---------------- ---------", "sendto                 3199", "total 9"));
        assertThat(calls).containsEntry("sendto", 3_199L).doesNotContainKey("syscall");
    }

    private static long sum(Map<String, Long> calls, String... names) {
        return Stream.of(names).mapToLong(name -> calls.getOrDefault(name, 0L)).sum();
    }

    /** Thread ids of the client's loops, as the kernel has them; it cuts names at 15 characters. */
    private static List<String> loops() throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            return threads.filter(SystemCallsTest::isLoop)
                    .map(thread -> thread.getFileName().toString())
                    .toList();
        }
    }

    private static boolean isLoop(Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).startsWith("tikv-direct-loo");
        } catch (IOException ended) {
            return false;
        }
    }

    /** Confined to one thread. Counts the system calls of threads of this process until it is ended. */
    private static final class Strace implements AutoCloseable {
        private final Process process;
        private final Path summary;

        private Strace(Process process, Path summary) {
            this.process = process;
            this.summary = summary;
        }

        /** Attaches to all of the threads; where that cannot be done the test is skipped. */
        static Strace attach(List<String> threads, Path summary) throws IOException {
            List<String> command =
                    new ArrayList<>(List.of("strace", "-c", "-U", "name,calls", "-o", summary.toString()));
            threads.forEach(thread -> command.addAll(List.of("-p", thread)));
            Process process;
            try {
                process = new ProcessBuilder(command).redirectErrorStream(true).start();
            } catch (IOException missing) {
                assumeThat(false).as("strace can be started").isTrue();
                throw missing;
            }
            BufferedReader said =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            for (int attached = 0; attached < threads.size(); attached++) {
                String line = said.readLine();
                assumeThat(line).as("strace may attach").isNotNull().contains("attached");
            }
            return new Strace(process, summary);
        }

        /** Detaches, and gives the calls by name. */
        Map<String, Long> end() throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return parse(Files.readAllLines(summary));
        }

        static Map<String, Long> parse(List<String> lines) {
            Map<String, Long> calls = new HashMap<>();
            for (String line : lines) {
                String[] words = line.strip().split("\\s+");
                if (words.length == 2 && words[1].chars().allMatch(Character::isDigit)) {
                    calls.put(words[0], Long.valueOf(words[1]));
                }
            }
            return calls;
        }

        @Override
        public void close() {
            process.destroyForcibly(); // the kernel lets go of what it traced
        }
    }
}
