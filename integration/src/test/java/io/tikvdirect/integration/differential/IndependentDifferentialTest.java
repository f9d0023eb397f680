package io.tikvdirect.integration.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.ApiVersion;
import io.tikvdirect.integration.behaviour.OnIndependentCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fixed seeds on stacks that need Go; integration/differential runs more seeds, and more pairs. */
@OnIndependentCluster
class IndependentDifferentialTest {
    private static final long PROGRAMS = 16;

    /** What a stack may leave out; each has to be said by it. */
    private static final Set<String> LEFT_OUT = Set.of(
            "client-go: its CompareAndSwap takes no TTL",
            "client-go: its DeleteRange to the end of all keys is refused by stores of API V1, and it tries on",
            "client-go: its ReverseScan cannot begin at the end of all keys");

    @ParameterizedTest
    @EnumSource
    void rawProgramsAreAnsweredAlike(ApiVersion api) throws IOException {
        for (String other : List.of("ours@independent", "client-go@embedded")) {
            agree("raw", "ours@embedded," + other, api);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"V1", "V2"}) // with TTL on API V1, a store takes raw commands only
    void transactionalProgramsAreAnsweredAlike(ApiVersion api) throws IOException {
        for (String other : List.of("client-go@embedded", "ours@independent")) {
            agree("txn", "ours@embedded," + other, api);
        }
    }

    private static void agree(String kind, String pair, ApiVersion api) throws IOException {
        Report report = Differential.run(kind, pair, api).run(1, PROGRAMS, Duration.ofMinutes(30));
        System.out.print(report.text());
        assertThat(report.differs()).as(report.text()).isFalse();
        assertThat(report.programs()).isGreaterThanOrEqualTo((int) PROGRAMS);
        List<String> unexpected = report.notServed().keySet().stream()
                .filter(line -> LEFT_OUT.stream().noneMatch(line::contains))
                .toList();
        assertThat(unexpected).isEmpty();
    }
}
