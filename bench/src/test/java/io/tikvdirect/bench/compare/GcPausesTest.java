package io.tikvdirect.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcPausesTest {
    @TempDir
    Path dir;

    private GcPauses read(double fromSeconds, String... lines) throws IOException {
        return GcPauses.read(Files.write(dir.resolve("log"), List.of(lines)), fromSeconds);
    }

    @Test
    void pausesOfTheJvmInTheMeasuredTimeCount() throws IOException {
        GcPauses pauses = read(
                5,
                "[0.004s][info][gc] Using G1",
                "[1.250s][info][gc] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 24M->5M(1024M) 26.107ms",
                "[6.100s][info][gc] GC(1) Pause Young (Normal) (G1 Evacuation Pause) 600M->5M(1024M) 2.500ms",
                "[6.200s][info][gc] GC(2) Concurrent Mark Cycle 3.000ms",
                "[7.000s][info][gc] GC(2) Pause Remark 7M->7M(1024M) 1.000ms");
        assertThat(pauses.count()).isEqualTo(2);
        assertThat(pauses.totalMs()).isCloseTo(3.5, within(1e-9));
        assertThat(pauses.longestMs()).isEqualTo(2.5);
    }

    @Test
    void bothStopsOfAGoCycleAreOnePause() throws IOException {
        GcPauses pauses = read(
                1,
                "gc 3 @0.512s 1%: 0.020+1.1+0.003 ms clock, 0.04+0.2/0.9/0.1+0.006 ms cpu, 4->5->2 MB, 5 MB goal, 0 MB stacks, 0 MB globals, 2 P",
                "gc 4 @2.512s 1%: 0.020+1.1+0.005 ms clock, 0.04+0.2/0.9/0.1+0.006 ms cpu, 4->5->2 MB, 5 MB goal, 0 MB stacks, 0 MB globals, 2 P",
                "some other line");
        assertThat(pauses.count()).isEqualTo(1);
        assertThat(pauses.longestMs()).isCloseTo(0.025, within(1e-9));
    }

    @Test
    void noLogMeansNoPause() throws IOException {
        assertThat(GcPauses.read(dir.resolve("absent"), 0)).isEqualTo(new GcPauses(0, 0, 0));
    }
}
