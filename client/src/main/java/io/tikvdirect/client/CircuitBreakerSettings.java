package io.tikvdirect.client;

import java.time.Duration;

/**
 * Immutable. How the circuit breaker before the Placement Driver decides; the options {@code pd.breaker.*}. It guards
 * look-ups of regions, and nothing else.
 *
 * @param errorPercent share of failed look-ups in a window, in percent, from which on it opens; 0: there is no breaker
 * @param window how long look-ups are counted before they are judged
 * @param minRate look-ups per second that a window must have had to be judged at all
 * @param coolDown how long an open breaker refuses everything
 * @param trials look-ups that are let through after that, all of which must succeed before it closes
 */
public record CircuitBreakerSettings(int errorPercent, Duration window, int minRate, Duration coolDown, int trials) {

    static CircuitBreakerSettings of(final OptionValues values) {
        return new CircuitBreakerSettings(
                values.number(Options.BREAKER_ERRORS),
                values.get(Options.BREAKER_WINDOW),
                values.number(Options.BREAKER_MIN_RATE),
                values.get(Options.BREAKER_COOL_DOWN),
                values.number(Options.BREAKER_TRIALS));
    }
}
