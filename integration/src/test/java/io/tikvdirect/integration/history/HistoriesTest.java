package io.tikvdirect.integration.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A minute of all histories at once. The clients pause between operations, so that the minute costs little beside the other
 * classes that run in it; {@code integration/histories} runs longer, and without pauses.
 */
class HistoriesTest {
    private static final long SEED = Long.getLong("tikvdirect.history.seed", System.nanoTime() & 0xffff_ffffL);
    private static final Duration DURATION = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(150);

    @Test
    @Timeout(400)
    void nothingIsSeenThatCannotBe() throws Exception {
        History history = new History(SEED, DURATION, PAUSE);
        List<String> violations = history.run();
        history.lines().forEach(System.out::println);
        assertThat(violations)
                .as("-Dtikvdirect.history.seed=%d repeats what was done", SEED)
                .isEmpty();
    }
}
