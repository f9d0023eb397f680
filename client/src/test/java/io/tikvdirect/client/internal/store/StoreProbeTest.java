package io.tikvdirect.client.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StoreProbeTest {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long NOW_NS = 42;

    @Test
    void clientsOfAStoreThatHangsDoNotAskAllAtOnce() {
        Set<Long> tenthsWaited = new TreeSet<>();
        for (int client = 0; client < 500; client++) {
            StoreProbe probe = new StoreProbe(null, TIMEOUT_NS);
            probe.onSign(NOW_NS);
            assertThat(probe.isDue(NOW_NS + TIMEOUT_NS - 1)).isFalse();
            assertThat(probe.isDue(NOW_NS + TIMEOUT_NS + TIMEOUT_NS / 4)).isTrue();
            long waitedNs = TIMEOUT_NS;
            while (!probe.isDue(NOW_NS + waitedNs)) {
                waitedNs += TIMEOUT_NS / 40;
            }
            tenthsWaited.add((waitedNs - TIMEOUT_NS) / (TIMEOUT_NS / 40));
        }
        assertThat(tenthsWaited).as("spread over a quarter of the timeout").hasSizeGreaterThan(5);
    }

    @Test
    void aSignOfLifeBeginsTheWaitAnew() {
        StoreProbe probe = new StoreProbe(null, TIMEOUT_NS);
        probe.onSign(NOW_NS);
        probe.onSign(NOW_NS + TIMEOUT_NS);
        assertThat(probe.isDue(NOW_NS + 2 * TIMEOUT_NS - 1)).isFalse();
    }

    @Test
    void withoutATimeoutNobodyAsks() {
        StoreProbe probe = new StoreProbe(null, 0);
        assertThat(probe.isDue(Long.MAX_VALUE)).isFalse();
    }
}
