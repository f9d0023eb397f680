package io.tikvdirect.client.internal.pd;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.CircuitBreakerSettings;
import io.tikvdirect.client.internal.pd.CircuitBreaker.Event;
import io.tikvdirect.client.internal.pd.CircuitBreaker.Outcome;
import io.tikvdirect.client.internal.pd.CircuitBreaker.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CircuitBreakerTest {
    private static final long SECOND = 1_000_000_000L;

    /** client-go's settings, but for the error rate, which is 0 there. */
    private static final CircuitBreakerSettings SETTINGS =
            new CircuitBreakerSettings(60, Duration.ofSeconds(30), 10, Duration.ofSeconds(10), 2);

    private long nowNs = 7;
    private final CircuitBreaker breaker = new CircuitBreaker(SETTINGS, nowNs);

    @ParameterizedTest
    @CsvSource({
        "CLOSED,    TOO_MANY_FAILED,  OPEN",
        "CLOSED,    COOLED_DOWN,      ",
        "CLOSED,    TRIAL_FAILED,     ",
        "CLOSED,    TRIALS_SUCCEEDED, ",
        "OPEN,      TOO_MANY_FAILED,  ",
        "OPEN,      COOLED_DOWN,      HALF_OPEN",
        "OPEN,      TRIAL_FAILED,     ",
        "OPEN,      TRIALS_SUCCEEDED, ",
        "HALF_OPEN, TOO_MANY_FAILED,  ",
        "HALF_OPEN, COOLED_DOWN,      ",
        "HALF_OPEN, TRIAL_FAILED,     OPEN",
        "HALF_OPEN, TRIALS_SUCCEEDED, CLOSED",
    })
    void theTableOfMoves(final State from, final Event event, final State to) {
        assertThat(CircuitBreaker.next(from, event)).isEqualTo(to);
    }

    private void calls(final int count, final Outcome outcome) {
        for (int i = 0; i < count; i++) {
            final long term = breaker.admit(nowNs);
            assertThat(term).isNotEqualTo(CircuitBreaker.REFUSED);
            breaker.settle(term, outcome, nowNs);
        }
    }

    private long admitAfter(final long nanoseconds) {
        nowNs += nanoseconds;
        return breaker.admit(nowNs);
    }

    private void open() {
        calls(300, Outcome.FAILED);
        assertThat(admitAfter(30 * SECOND)).isEqualTo(CircuitBreaker.REFUSED);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
    }

    @Test
    void aWindowWithTooManyFailuresOpensItAtItsEnd() {
        calls(120, Outcome.ANSWERED);
        calls(180, Outcome.FAILED);
        assertThat(admitAfter(30 * SECOND - 1)).isNotEqualTo(CircuitBreaker.REFUSED);
        assertThat(admitAfter(1)).isEqualTo(CircuitBreaker.REFUSED);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.openings()).isEqualTo(1);
        assertThat(breaker.refusals()).isEqualTo(1);
        assertThat(breaker.coolDownLeftNs(nowNs)).isEqualTo(10 * SECOND);
    }

    @Test
    void aWindowJustBelowTheShareOrTheRateDoesNot() {
        calls(121, Outcome.ANSWERED);
        calls(179, Outcome.FAILED);
        assertThat(admitAfter(30 * SECOND)).isNotEqualTo(CircuitBreaker.REFUSED);
        calls(298, Outcome.FAILED);
        assertThat(admitAfter(30 * SECOND))
                .as("298 outcomes and one that is still out: less than ten a second")
                .isNotEqualTo(CircuitBreaker.REFUSED);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void eachWindowIsJudgedByItself() {
        calls(200, Outcome.FAILED);
        assertThat(admitAfter(30 * SECOND)).isNotEqualTo(CircuitBreaker.REFUSED);
        calls(200, Outcome.FAILED);
        assertThat(admitAfter(30 * SECOND)).isNotEqualTo(CircuitBreaker.REFUSED);
    }

    @Test
    void aWindowThatEndedLongAgoTellsNothing() {
        calls(300, Outcome.FAILED);
        assertThat(admitAfter(60 * SECOND)).isNotEqualTo(CircuitBreaker.REFUSED);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void openItRefusesUntilItHasCooledDown() {
        open();
        assertThat(admitAfter(10 * SECOND - 1)).isEqualTo(CircuitBreaker.REFUSED);
        assertThat(admitAfter(1)).isNotEqualTo(CircuitBreaker.REFUSED);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    }

    @Test
    void halfOpenItLetsAFewThroughAndClosesWhenAllAreAnswered() {
        open();
        final long first = admitAfter(10 * SECOND);
        final long second = breaker.admit(nowNs);
        assertThat(breaker.admit(nowNs)).as("two are let through").isEqualTo(CircuitBreaker.REFUSED);
        breaker.settle(first, Outcome.ANSWERED, nowNs);
        assertThat(breaker.admit(nowNs)).isEqualTo(CircuitBreaker.REFUSED);
        breaker.settle(second, Outcome.ANSWERED, nowNs);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        calls(10, Outcome.ANSWERED);
    }

    @Test
    void oneFailureOnTrialOpensItAgain() {
        open();
        final long first = admitAfter(10 * SECOND);
        final long second = breaker.admit(nowNs);
        breaker.settle(first, Outcome.FAILED, nowNs);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        breaker.settle(second, Outcome.ANSWERED, nowNs);
        assertThat(breaker.state()).as("it belonged to the trial that is over").isEqualTo(State.OPEN);
        assertThat(breaker.openings()).isEqualTo(2);
        assertThat(admitAfter(10 * SECOND)).isNotEqualTo(CircuitBreaker.REFUSED);
    }

    @Test
    void whoLeavesDuringATrialMakesRoomForAnother() {
        open();
        final long first = admitAfter(10 * SECOND);
        breaker.admit(nowNs);
        breaker.settle(first, Outcome.UNKNOWN, nowNs);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        assertThat(breaker.admit(nowNs)).isNotEqualTo(CircuitBreaker.REFUSED);
        assertThat(breaker.admit(nowNs)).isEqualTo(CircuitBreaker.REFUSED);
    }

    @Test
    void anOutcomeFromAnEarlierWindowDoesNotCount() {
        final List<Long> early = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            early.add(breaker.admit(nowNs));
        }
        admitAfter(30 * SECOND);
        early.forEach(term -> breaker.settle(term, Outcome.FAILED, nowNs));
        assertThat(admitAfter(30 * SECOND)).isNotEqualTo(CircuitBreaker.REFUSED);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void withoutAnErrorRateThereIsNone() {
        final CircuitBreaker none = new CircuitBreaker(
                new CircuitBreakerSettings(0, Duration.ofSeconds(30), 10, Duration.ofSeconds(10), 1), nowNs);
        for (int i = 0; i < 2000; i++) {
            final long term = none.admit(nowNs);
            assertThat(term).isNotEqualTo(CircuitBreaker.REFUSED);
            none.settle(term, Outcome.FAILED, nowNs);
            nowNs += SECOND;
        }
        assertThat(none.state()).isEqualTo(State.CLOSED);
    }

    /** Whatever happens: every move is one of the table's, and trials are never more than allowed. */
    @Property(tries = 300)
    void itOnlyMovesAsTheTableSays(@ForAll @Size(max = 400) final List<@IntRange(max = 5) Integer> steps) {
        final CircuitBreaker any = new CircuitBreaker(
                new CircuitBreakerSettings(50, Duration.ofSeconds(1), 1, Duration.ofSeconds(1), 2), 0);
        final List<Long> out = new ArrayList<>();
        long now = 0;
        for (final int step : steps) {
            final State before = any.state();
            if (step <= 1) {
                final long term = any.admit(now);
                if (term == CircuitBreaker.REFUSED) {
                    assertThat(any.state()).isNotEqualTo(State.CLOSED);
                } else {
                    out.add(term);
                    assertThat(any.state()).isNotEqualTo(State.OPEN);
                }
            } else if (step == 5) {
                now += SECOND / 2;
            } else if (!out.isEmpty()) {
                any.settle(out.remove(out.size() / 2), Outcome.values()[step - 2], now);
            }
            assertThat(any.state() == before || isAMove(before, any.state())).isTrue();
            final long present = out.stream().mapToLong(Long::longValue).max().orElse(0);
            if (any.state() == State.HALF_OPEN) {
                assertThat(out.stream().filter(term -> term == present).count()).isLessThanOrEqualTo(2);
            }
        }
    }

    private static boolean isAMove(final State from, final State to) {
        for (final Event event : Event.values()) {
            if (CircuitBreaker.next(from, event) == to) {
                return true;
            }
        }
        return false;
    }
}
