package io.tikvdirect.embedded.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Every exchange recorded from a real TiKV and PD, replayed against the embedded cluster. A step that is not answered
 * alike must be in {@code vectors/not-served.tsv}, and a step in there must not be answered alike.
 *
 * <p>{@code -Dvectors.update=true} takes off the list what is alike by now; nothing puts anything on it.
 * {@code -Dvectors.scenarios=regex} plays some scenarios only.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecordedExchangesTest {
    private static final Path LIST = Path.of("src/test/resources/vectors/not-served.tsv");
    private static final Path REPORT = Path.of("target/recorded-exchanges.txt");
    private static final boolean UPDATE = Boolean.getBoolean("vectors.update");
    private static final String CHOSEN = System.getProperty("vectors.scenarios", ".*");

    /** Exchanges on the list; whoever takes some off lowers it. */
    private static final int MOST_LISTED = 0;

    private final NotServed listed = NotServed.read(LIST);
    private final ReplayReport report = new ReplayReport();
    private final StringBuilder details = new StringBuilder();

    @TestFactory
    Stream<DynamicTest> answersAsRecorded() {
        return Scenario.all().stream()
                .filter(scenario -> scenario.name().matches(CHOSEN))
                .map(scenario -> DynamicTest.dynamicTest(scenario.name(), () -> replay(scenario)));
    }

    @Test
    void theListNamesOnlyRecordedExchanges() {
        SortedSet<String> unknown = new TreeSet<>(listed.scenarios());
        for (Scenario scenario : Scenario.all()) {
            unknown.remove(scenario.name());
            assertThat(scenario.steps().stream().filter(Step::isExchange).map(Step::number))
                    .as(scenario.name())
                    .containsAll(listed.steps(scenario.name()));
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void theListHasNotGrown() {
        assertThat(listed.exchanges()).isLessThanOrEqualTo(MOST_LISTED);
    }

    private void replay(Scenario scenario) throws Exception {
        try (ScenarioReplay replay = new ScenarioReplay(scenario)) {
            List<StepOutcome> outcomes = replay.run();
            report.add(scenario, outcomes);
            outcomes.stream()
                    .filter(outcome -> outcome.verdict() != Verdict.ALIKE)
                    .forEach(outcome -> details.append(scenario.name())
                            .append(": ")
                            .append(outcome)
                            .append('\n'));
            if (UPDATE) {
                update(scenario, outcomes);
            }
            assertThat(complaints(scenario, outcomes)).isEmpty();
        }
    }

    private void update(Scenario scenario, List<StepOutcome> outcomes) {
        for (StepOutcome outcome : outcomes) {
            Step step = outcome.step();
            if (outcome.isGood()) {
                listed.remove(scenario.name(), step.number());
            }
        }
    }

    private List<String> complaints(Scenario scenario, List<StepOutcome> outcomes) {
        SortedSet<Integer> excused = listed.steps(scenario.name());
        List<String> complaints = new ArrayList<>();
        for (StepOutcome outcome : outcomes) {
            boolean isListed = excused.contains(outcome.step().number());
            if (outcome.isGood() && isListed) {
                complaints.add(
                        "take off the list, it is alike now: " + outcome.step().title());
            } else if (!outcome.isGood() && !isListed) {
                complaints.add(outcome.toString());
            }
        }
        return complaints;
    }

    @AfterAll
    void writeReport() throws IOException {
        if (UPDATE) {
            listed.write(LIST);
        }
        Files.createDirectories(REPORT.getParent());
        Files.writeString(REPORT, report + "\n" + details);
        System.out.println(report);
    }
}
