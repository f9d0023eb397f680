package io.tikvdirect.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RunTest {
    private static final long HOUR_NS = TimeUnit.HOURS.toNanos(1);

    @Test
    void onlyTheWarmUpForgivesWhoeverIsLate() {
        Run run = new Run(1);
        long now = System.nanoTime();
        assertThat(run.forgivenNs(now - HOUR_NS)).isGreaterThanOrEqualTo(HOUR_NS);
        assertThat(run.forgivenNs(now + 2 * HOUR_NS)).isZero();
        run.measure();
        assertThat(run.forgivenNs(now - HOUR_NS)).isZero();
        run.finish();
        assertThat(run.forgivenNs(now - HOUR_NS)).isZero();
    }
}
