package io.tikvdirect.integration.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A short run of every history; {@code integration/histories} runs longer ones. */
class HistoriesTest {
    private static final long SEED = Long.getLong("tikvdirect.history.seed", System.nanoTime() & 0xffff_ffffL);
    private static final Duration DURATION = Duration.ofSeconds(15);

    @Test
    @Timeout(240)
    void nothingIsSeenThatCannotBe() throws Exception {
        History history = new History(SEED, DURATION);
        List<String> violations = history.run();
        history.lines().forEach(System.out::println);
        assertThat(violations)
                .as("-Dtikvdirect.history.seed=%d repeats what was done", SEED)
                .isEmpty();
    }
}
