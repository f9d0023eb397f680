package io.tikvdirect.client.internal.pd;

import io.tikvdirect.client.CircuitBreakerSettings;
import io.tikvdirect.client.internal.log.RateLimitedLog;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Confined to PD's event loop, but for {@link #state}, {@link #openings} and {@link #refusals}. Leaves PD alone when asking
 * it is of no use: a state machine of three states, whose moves are the table {@link #next}.
 *
 * <p>Closed, it counts; at the end of a window with enough calls it opens when too many of them failed. Open, it refuses
 * until it has cooled down. Half open, it lets a few through: all must succeed for it to close, one failure opens it again.
 *
 * <p>Who is admitted gets a <i>term</i>, the number of the stretch of time he was admitted in, and brings it back with the
 * outcome: what comes in after that stretch has ended says nothing about the present and is ignored.
 */
final class CircuitBreaker {
    /** Instead of a term: not admitted. */
    static final long REFUSED = -1;

    private static final RateLimitedLog LOG = new RateLimitedLog(LoggerFactory.getLogger(CircuitBreaker.class));
    private static final long HUNDRED_PERCENT = 100;

    private final int errorPercent;
    private final long windowNs;
    private final long minCalls;
    private final long coolDownNs;
    private final int trials;

    private volatile State state = State.CLOSED;
    private volatile long openings;
    private volatile long refusals;
    private long term;
    private long termEndNs;
    private int underway;
    private long succeeded;
    private long failed;

    /**
     * A closed breaker.
     *
     * @param settings when it opens and closes
     * @param nowNs when its first window begins, as {@link System#nanoTime()}
     */
    CircuitBreaker(final CircuitBreakerSettings settings, final long nowNs) {
        this.errorPercent = settings.errorPercent();
        this.windowNs = settings.window().toNanos();
        this.minCalls = Math.max(1, settings.minRate() * settings.window().toMillis() / TimeUnit.SECONDS.toMillis(1));
        this.coolDownNs = settings.coolDown().toNanos();
        this.trials = settings.trials();
        begin(nowNs + windowNs);
    }

    /** Where an event leads from a state; null when it cannot happen there. */
    static @Nullable State next(final State from, final Event event) {
        return switch (from) {
            case CLOSED -> event == Event.TOO_MANY_FAILED ? State.OPEN : null;
            case OPEN -> event == Event.COOLED_DOWN ? State.HALF_OPEN : null;
            case HALF_OPEN ->
                switch (event) {
                    case TRIAL_FAILED -> State.OPEN;
                    case TRIALS_SUCCEEDED -> State.CLOSED;
                    case TOO_MANY_FAILED, COOLED_DOWN -> null;
                };
        };
    }

    /**
     * Asks for admission.
     *
     * @param nowNs now
     * @return the term to bring back to {@link #settle}, or {@link #REFUSED}
     */
    long admit(final long nowNs) {
        if (errorPercent == 0) {
            return term;
        }
        if (nowNs - termEndNs >= 0) {
            onTermEnd(nowNs);
        }
        if (state == State.OPEN || (state == State.HALF_OPEN && underway + succeeded >= trials)) {
            refused();
            return REFUSED;
        }
        underway++;
        return term;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    private void refused() {
        refusals++;
    }

    /** A window ended, or the cool-down; trials take as long as they take. */
    private void onTermEnd(final long nowNs) {
        switch (state) {
            case CLOSED -> {
                // a window that ended long ago tells about another time
                final boolean isRecent = nowNs - termEndNs < windowNs;
                if (isRecent && failed + succeeded >= minCalls && isTooMany()) {
                    move(Event.TOO_MANY_FAILED, nowNs);
                } else {
                    begin(nowNs + windowNs);
                }
            }
            case OPEN -> move(Event.COOLED_DOWN, nowNs);
            case HALF_OPEN -> {}
        }
    }

    private boolean isTooMany() {
        return failed * HUNDRED_PERCENT >= (failed + succeeded) * errorPercent;
    }

    /**
     * Tells what became of somebody who was admitted.
     *
     * @param admittedTerm what {@link #admit} gave
     * @param outcome what it says about PD
     * @param nowNs now
     */
    void settle(final long admittedTerm, final Outcome outcome, final long nowNs) {
        if (errorPercent == 0 || admittedTerm != term) {
            return;
        }
        underway--;
        switch (outcome) {
            case ANSWERED -> succeeded++;
            case FAILED -> failed++;
            case UNKNOWN -> {}
        }
        if (state == State.HALF_OPEN) {
            judgeTrials(nowNs);
        }
    }

    private void judgeTrials(final long nowNs) {
        if (failed > 0) {
            move(Event.TRIAL_FAILED, nowNs);
        } else if (succeeded >= trials) {
            move(Event.TRIALS_SUCCEEDED, nowNs);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    private void move(final Event event, final long nowNs) {
        final State from = state;
        final State to = next(from, event);
        if (to == null) {
            throw new IllegalStateException(event + " in state " + from);
        }
        LOG.warn(
                "circuit breaker before PD: {} to {} ({}; {} look-ups failed, {} were answered)",
                from,
                to,
                event,
                failed,
                succeeded);
        state = to;
        if (to == State.OPEN) {
            openings++;
        }
        begin(nowNs + (to == State.OPEN ? coolDownNs : windowNs));
    }

    private void begin(final long endNs) {
        term++;
        termEndNs = endNs;
        underway = 0;
        succeeded = 0;
        failed = 0;
    }

    /** {@return where it stands; any thread} */
    State state() {
        return state;
    }

    /** {@return how often it opened; any thread} */
    long openings() {
        return openings;
    }

    /** {@return how many it refused; any thread} */
    long refusals() {
        return refusals;
    }

    /**
     * How long until an open breaker lets somebody through.
     *
     * @param nowNs now
     * @return nanoseconds; 0 when it is not open, where the next outcome decides
     */
    long coolDownLeftNs(final long nowNs) {
        return state == State.OPEN ? Math.max(0, termEndNs - nowNs) : 0;
    }

    /** Immutable. Where the breaker stands. */
    enum State {
        /** Everybody is admitted. */
        CLOSED,
        /** Nobody is. */
        OPEN,
        /** A few are, on trial. */
        HALF_OPEN
    }

    /** Immutable. What moves it. */
    enum Event {
        /** A window ended with too large a share of failures. */
        TOO_MANY_FAILED,
        /** It was open for long enough. */
        COOLED_DOWN,
        /** One of those on trial failed. */
        TRIAL_FAILED,
        /** All on trial were answered. */
        TRIALS_SUCCEEDED
    }

    /** Immutable. What an admitted call says about PD. */
    enum Outcome {
        /** PD answered, whatever the answer. */
        ANSWERED,
        /** PD did not answer in time, was out of reach or overloaded. */
        FAILED,
        /** Nothing: the caller left, or the client closes. */
        UNKNOWN
    }
}
