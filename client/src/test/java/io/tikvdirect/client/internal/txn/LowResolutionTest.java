package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How old a low-resolution timestamp may be, with time as a parameter. */
class LowResolutionTest {
    private static final long CONFIGURED_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long START_NS = 1_000;
    private static final long RECOVERY_NS = START_NS + LowResolution.HOLD_NS;

    private final LowResolution interval = new LowResolution(CONFIGURED_NS);

    private static long ms(long milliseconds) {
        return TimeUnit.MILLISECONDS.toNanos(milliseconds);
    }

    @Test
    void withoutStaleReadsItIsTheConfiguredOne() {
        assertThat(interval.intervalNs(START_NS)).isEqualTo(CONFIGURED_NS);
        assertThat(interval.intervalNs(RECOVERY_NS)).isEqualTo(CONFIGURED_NS);
    }

    @Test
    void aReadOfANewerStateShortensIt() {
        interval.onStaleRead(ms(1_100), START_NS);
        assertThat(interval.intervalNs(START_NS)).isEqualTo(ms(1_000));
        interval.onStaleRead(ms(900), START_NS);
        assertThat(interval.intervalNs(START_NS)).isEqualTo(ms(800));
        interval.onStaleRead(0, START_NS);
        assertThat(interval.intervalNs(START_NS)).isEqualTo(LowResolution.SHORTEST_NS);
    }

    @Test
    void aReadOfAnOlderStateChangesNothing() {
        interval.onStaleRead(ms(10_000), START_NS);
        assertThat(interval.intervalNs(START_NS)).isEqualTo(CONFIGURED_NS);
        interval.onStaleRead(ms(1_100), START_NS);
        interval.onStaleRead(ms(1_300), START_NS + ms(1));
        assertThat(interval.intervalNs(START_NS + ms(1))).isEqualTo(ms(1_000));
    }

    @Test
    void itStaysForFiveMinutesAndThenGrowsBack() {
        interval.onStaleRead(ms(1_100), START_NS);
        assertThat(interval.intervalNs(RECOVERY_NS)).isEqualTo(ms(1_000));
        assertThat(interval.intervalNs(RECOVERY_NS + ms(10_000))).isEqualTo(ms(1_200));
        assertThat(interval.intervalNs(RECOVERY_NS + ms(50_000))).isEqualTo(CONFIGURED_NS);
        assertThat(interval.intervalNs(RECOVERY_NS + ms(500_000))).isEqualTo(CONFIGURED_NS);
    }

    @Test
    void aReadNearItKeepsItShort() {
        interval.onStaleRead(ms(1_100), START_NS);
        interval.onStaleRead(ms(1_150), RECOVERY_NS);
        assertThat(interval.intervalNs(RECOVERY_NS + ms(10_000)))
                .as("five more minutes")
                .isEqualTo(ms(1_000));
    }
}
