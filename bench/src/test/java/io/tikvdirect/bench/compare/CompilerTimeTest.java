package io.tikvdirect.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompilerTimeTest {
    @TempDir
    Path threads;

    private void thread(int id, String name, int user, int system) throws IOException {
        String stat = id + " (" + name + ") S 1 1 1 0 -1 4194304 10 0 0 0 " + user + " " + system + " 0 0 20 0 5 0 100";
        Files.writeString(
                Files.createDirectories(threads.resolve(String.valueOf(id))).resolve("stat"), stat);
    }

    @Test
    void onlyCompilersCountAndOnlyFromTheMomentOn() throws IOException {
        CompilerTime time = new CompilerTime(threads);
        thread(1, "java (main) x", 500, 500);
        thread(2, "C2 CompilerThre", 100, 10);
        thread(3, "C1 CompilerThre", 50, 0);
        time.look(1_000);
        thread(2, "C2 CompilerThre", 103, 10);
        thread(1, "java (main) x", 900, 900);
        time.look(2_000);
        thread(3, "C1 CompilerThre", 51, 1);
        time.look(3_000);

        assertThat(time.since(0)).isEqualTo(50_000);
        assertThat(time.since(1_500)).isEqualTo(20_000);
        assertThat(time.since(3_000)).isZero();
    }

    @Test
    void whatOtherThreadsWaitedForAProcessorIsGivenForEachSecond() throws IOException {
        CompilerTime time = new CompilerTime(threads);
        thread(1, "java", 1, 1);
        thread(2, "C2 CompilerThre", 1, 1);
        waited(1, 5_000_000);
        waited(2, 7_000_000);
        time.look(0);
        waited(1, 35_000_000);
        waited(2, 77_000_000);
        time.look(2_000_000_000L);

        assertThat(time.waitedMsPerSecond(0)).isEqualTo(15);
        assertThat(time.waitedMsPerSecond(2_000_000_000L)).isNaN();
    }

    private void waited(int id, long ns) throws IOException {
        Files.writeString(threads.resolve(String.valueOf(id)).resolve("schedstat"), "1000 " + ns + " 3\n");
    }

    @Test
    void nothingSeenIsNotZero() {
        CompilerTime time = new CompilerTime(threads.resolve("absent"));
        time.look(1);
        assertThat(time.since(0)).isNaN();
    }
}
