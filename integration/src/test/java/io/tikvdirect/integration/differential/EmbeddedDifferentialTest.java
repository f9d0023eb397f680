package io.tikvdirect.integration.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.ApiVersion;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Our client on the embedded cluster and the model give the same answers to random programs. */
class EmbeddedDifferentialTest {
    private static final long PROGRAMS = 120;

    @ParameterizedTest
    @EnumSource
    void randomProgramsAreAnsweredAsTheModelDoes(ApiVersion api) throws IOException {
        Report report = Differential.run("raw", "ours@embedded,model", api).run(1, PROGRAMS, Duration.ofMinutes(5));
        System.out.print(report.text());
        assertThat(report.differs()).as(report.text()).isFalse();
        assertThat(report.programs()).isGreaterThanOrEqualTo((int) PROGRAMS);
        assertThat(report.notServed()).isEmpty();
    }
}
