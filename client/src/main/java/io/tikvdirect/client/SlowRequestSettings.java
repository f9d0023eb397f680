package io.tikvdirect.client;

import java.time.Duration;

/**
 * Immutable. Which requests are reported in the log because they take long; the options {@code slow.*}. Zero turns a report
 * off.
 *
 * @param slowAfter time without an answer after which a request is reported as slow
 * @param hangingAfter time without an answer after which it is reported once more, as hanging
 * @param failedAfter attempts that fail without an answer are reported when they took at least so long
 */
public record SlowRequestSettings(Duration slowAfter, Duration hangingAfter, Duration failedAfter) {

    static SlowRequestSettings of(final OptionValues values) {
        return new SlowRequestSettings(
                values.get(Options.SLOW_AFTER), values.get(Options.HANGING_AFTER), values.get(Options.FAILED_AFTER));
    }
}
