package io.tikvdirect.integration.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.ApiVersion;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RawProgramsTest {
    @Test
    void theSameSeedGivesTheSameProgram() {
        RawPrograms programs = new RawPrograms(ApiVersion.V1, true);
        assertThat(programs.program(7).text()).isEqualTo(programs.program(7).text());
        assertThat(programs.program(7).text()).isNotEqualTo(programs.program(8).text());
    }

    @Test
    void aFewSeedsUseTheWholeLanguage() {
        RawPrograms programs = new RawPrograms(ApiVersion.V2, true);
        Set<String> shapes = new HashSet<>();
        for (long seed = 1; seed <= 200; seed++) {
            programs.program(seed).commands().forEach(command -> shapes.add(command.shape()));
        }
        assertThat(shapes)
                .contains(
                        "raw get",
                        "raw get --cf write",
                        "raw put",
                        "raw put --ttl",
                        "raw del",
                        "raw mget",
                        "raw mput",
                        "raw mput --ttl",
                        "raw mdel",
                        "raw scan --limit --reverse --keys-only",
                        "raw delrange",
                        "raw cas",
                        "raw cas --absent",
                        "raw cas --ttl",
                        "raw ttl",
                        "raw checksum",
                        "split",
                        "regions");
    }

    @Test
    void programsForSomebodysClusterKeepToTheirKeys() {
        RawPrograms programs = new RawPrograms(ApiVersion.V1, false);
        for (long seed = 1; seed <= 200; seed++) {
            assertThat(programs.program(seed).leavesItsKeys()).isFalse();
        }
    }
}
