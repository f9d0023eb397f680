package io.tikvdirect.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompilersTest {
    @TempDir
    private Path threads;

    private final AtomicLong processNs = new AtomicLong();

    @BeforeEach
    void someThreads() throws IOException {
        thread(1, "java", 5_000, 5_000);
        thread(2, "C2 CompilerThre", 100, 20);
        thread(3, "C1 CompilerThre", 50, 0);
    }

    @Test
    void theirShareIsThatOfTheTimeSinceTheLastLook() throws IOException {
        Compilers compilers = new Compilers(threads, processNs::get);
        processNs.addAndGet(TimeUnit.SECONDS.toNanos(1));
        thread(2, "C2 CompilerThre", 102, 22); // 40 ms
        assertThat(compilers.wereQuiet()).isFalse();

        processNs.addAndGet(TimeUnit.SECONDS.toNanos(1));
        thread(3, "C1 CompilerThre", 52, 0); // 20 ms
        assertThat(compilers.wereQuiet()).isTrue();
    }

    @Test
    void otherThreadsAreNotTheirs() throws IOException {
        Compilers compilers = new Compilers(threads, processNs::get);
        processNs.addAndGet(TimeUnit.SECONDS.toNanos(1));
        thread(1, "java", 5_060, 5_040);

        assertThat(compilers.wereQuiet()).isTrue();
    }

    @Test
    void whereNothingCanBeSeenTheyAreQuiet() {
        Compilers compilers = new Compilers(threads.resolve("none"), processNs::get);
        processNs.addAndGet(1);

        assertThat(compilers.wereQuiet()).isTrue();
    }

    private void thread(int id, String name, long userTicks, long systemTicks) throws IOException {
        Path folder = Files.createDirectories(threads.resolve(String.valueOf(id)));
        String before = id + " (" + name + ") S 1 2 3 0 -1 4194368 11 0 0 0 ";
        Files.writeString(folder.resolve("stat"), before + userTicks + " " + systemTicks + " 0 0 20 0 1 0 7\n");
    }
}
