package io.tikvdirect.client.internal.store;

import io.tikvdirect.client.SlowRequestSettings;
import io.tikvdirect.client.internal.events.ClientEvents;
import io.tikvdirect.client.internal.log.RateLimitedLog;
import io.tikvdirect.client.internal.region.Store;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. One client's reports of requests that take long: how many there were, and some of them in the log, at most
 * one line of each kind in ten seconds (NET-12). Keys in it follow the client's redaction.
 */
public final class SlowRequests {
    private final SlowRequestSettings settings;
    private final RateLimitedLog slowLog;
    private final RateLimitedLog hangingLog;
    private final RateLimitedLog failedLog;
    private final LongAdder slow = new LongAdder();
    private final LongAdder hanging = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /**
     * Nothing was slow yet.
     *
     * @param settings what counts as slow
     */
    public SlowRequests(SlowRequestSettings settings) {
        Logger logger = LoggerFactory.getLogger(SlowRequests.class);
        this.settings = settings;
        this.slowLog = new RateLimitedLog(logger);
        this.hangingLog = new RateLimitedLog(logger);
        this.failedLog = new RateLimitedLog(logger);
    }

    SlowRequestSettings settings() {
        return settings;
    }

    /**
     * Some requests have become slow.
     *
     * @param store who owes the answers
     * @param count how many
     * @param oldest one of them, <i>borrowed</i>
     * @param nowNs now
     */
    void onSlow(Store store, int count, Operation oldest, long nowNs) {
        slow.add(count);
        ClientEvents.slowRequests(store.id(), count, false, () -> describe(oldest, nowNs));
        slowLog.warn(
                "{} requests to {} have waited for an answer for more than {}; the oldest: {}",
                count,
                store,
                text(settings.slowAfter()),
                describe(oldest, nowNs));
    }

    /**
     * Some requests that were slow already still have no answer.
     *
     * @param store who owes the answers
     * @param count how many
     * @param oldest one of them, <i>borrowed</i>
     * @param nowNs now
     */
    void onHanging(Store store, int count, Operation oldest, long nowNs) {
        hanging.add(count);
        ClientEvents.slowRequests(store.id(), count, true, () -> describe(oldest, nowNs));
        hangingLog.warn(
                "{} requests to {} hang: no answer for more than {}; the oldest: {}",
                count,
                store,
                text(settings.hangingAfter()),
                describe(oldest, nowNs));
    }

    /**
     * An attempt failed without an answer; the caller may never hear of it, because another one may succeed.
     *
     * @param operation <i>borrowed</i>
     * @param why in words
     * @param nowNs now
     */
    void onFailedAttempt(Operation operation, String why, long nowNs) {
        long thresholdNs = settings.failedAfter().toNanos();
        if (thresholdNs > 0 && operation.attempts() > 0 && nowNs - operation.sentNs >= thresholdNs) {
            failed.increment();
            failedLog.warn(
                    "an attempt failed after {}: {}; {}",
                    text(Duration.ofNanos(nowNs - operation.sentNs)),
                    why,
                    describe(operation, nowNs));
        }
    }

    private static String describe(Operation operation, long nowNs) {
        return operation.details(nowNs).build().describe();
    }

    private static String text(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }

    /** {@return requests that had no answer for {@code slow.after}} */
    public long slow() {
        return slow.sum();
    }

    /** {@return requests that had no answer for {@code slow.hanging-after}} */
    public long hanging() {
        return hanging.sum();
    }

    /** {@return attempts that failed without an answer after {@code slow.failed-after}} */
    public long failed() {
        return failed.sum();
    }
}
