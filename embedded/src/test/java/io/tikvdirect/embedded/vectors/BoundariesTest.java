package io.tikvdirect.embedded.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.Test;

class BoundariesTest {
    @Test
    void everyLayoutKeyEncodesToTheRecordedBoundary() {
        for (Scenario scenario : Scenario.all()) {
            for (LayoutRegion region : scenario.layout()) {
                byte[] expected = scenario.hasEncodedBoundaries()
                        ? Boundaries.memcomparable(region.startKey())
                        : region.startKey();
                assertThat(expected).as(scenario.name()).isEqualTo(region.startBoundary());
            }
        }
    }

    @Test
    void keysOfLaterSplitsAreBoundariesInBothForms() {
        Boundaries boundaries = Boundaries.of(Scenario.named("pd_regions_v3"));
        assertThat(boundaries.contains("dmVjMDQxX1//YwAAAAAAAAD4")).isTrue();
        assertThat(boundaries.contains("dmVjMDQxX1//fgAAAAAAAAD4")).isTrue();
        assertThat(boundaries.contains(Base64.getEncoder().encodeToString(new byte[] {1})))
                .isFalse();
    }
}
