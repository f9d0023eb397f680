package io.tikvdirect.integration.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A minute of every history; {@code integration/histories} runs longer ones. */
@Tag("slow")
class HistoriesTest {
    private static final long SEED = Long.getLong("tikvdirect.history.seed", System.nanoTime() & 0xffff_ffffL);
    private static final Duration DURATION = Duration.ofSeconds(60);

    @Test
    @Timeout(400)
    void nothingIsSeenThatCannotBe() throws Exception {
        History history = new History(SEED, DURATION);
        List<String> violations = history.run();
        history.lines().forEach(System.out::println);
        assertThat(violations)
                .as("-Dtikvdirect.history.seed=%d repeats what was done", SEED)
                .isEmpty();
    }
}
