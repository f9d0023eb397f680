package io.tikvdirect.embedded.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.ApiVersion;
import io.tikvdirect.integration.IndependentCluster;
import io.tikvdirect.integration.behaviour.OnIndependentCluster;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The raw commands of the independent store are ours, so that it is no witness for them before a real TiKV is: what
 * was recorded of raw commands and region errors there is replayed against it.
 */
@OnIndependentCluster
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IndependentStoreRecordingsTest {
    private static final String SCENARIOS = "raw_.*|region_errors_raw_.*";
    /** There are transactional commands in them too, which are TiDB's. */
    private static final String RAW_COMMANDS = "Raw.*";

    private static final long MOST_SECONDS_OF_A_SCENARIO = 30;

    private final Map<ApiVersion, IndependentCluster> clusters = new EnumMap<>(ApiVersion.class);
    private final ReplayReport report = new ReplayReport();

    @TestFactory
    Stream<DynamicTest> answersAsRecorded() {
        return Scenario.all().stream()
                .filter(scenario -> scenario.stores() == 1 && scenario.name().matches(SCENARIOS))
                .map(scenario -> DynamicTest.dynamicTest(scenario.name(), () -> replay(scenario)));
    }

    private void replay(Scenario scenario) throws Exception {
        ApiVersion api = ApiVersion.valueOf(scenario.api().toUpperCase(Locale.ROOT));
        IndependentCluster cluster = clusters.computeIfAbsent(api, IndependentCluster::start);
        try (ScenarioReplay replay = new ScenarioReplay(scenario, new ServedReplayCluster(cluster.pdAddress()))) {
            List<StepOutcome> raw = replay.run().stream()
                    .filter(outcome -> outcome.step().rpc().matches(RAW_COMMANDS))
                    .toList();
            report.add(scenario, raw);
            assertThat(raw.stream().filter(outcome -> !outcome.isGood() && !onlySecondsPassed(outcome)))
                    .isEmpty();
        }
    }

    /** This store's clock is the machine's: what it has of a time to live depends on how busy that is. */
    private static boolean onlySecondsPassed(StepOutcome outcome) {
        return outcome.verdict() == Verdict.DIFFERENT
                && outcome.differences().stream().allMatch(IndependentStoreRecordingsTest::isElapsedTtl);
    }

    private static boolean isElapsedTtl(Difference difference) {
        if (!difference.path().endsWith(".ttl") || difference.expected() == null || difference.actual() == null) {
            return false;
        }
        long passed = difference.expected().getAsLong() - difference.actual().getAsLong();
        return passed > 0 && passed < MOST_SECONDS_OF_A_SCENARIO;
    }

    @AfterAll
    void close() {
        System.out.println("recorded raw exchanges, replayed against the independent store:\n" + report);
        clusters.values().forEach(IndependentCluster::close);
    }
}
