package io.tikvdirect.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.cli.CommandRun;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class DemoTest {
    @Test
    void theQuickDemoVerifiesEverythingAndSaysWhatToTryNext() {
        CommandRun run = CommandRun.of("demo", "--quick", "--seed", "5");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out())
                .contains("pairs/s", "every value right", "seed 5", "in every snapshot the sum was 16,000")
                .contains("all there, in order and equal", "█", "All verified", "What to try next", "./tikv shell");
        assertThat(run.out()).doesNotContain("\u001b");
        assertThat(run.err()).isEmpty();
    }
}
