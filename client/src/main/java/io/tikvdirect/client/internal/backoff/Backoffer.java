package io.tikvdirect.client.internal.backoff;

import io.tikvdirect.client.BackoffExhaustedException;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.TikvException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Confined to its operation: one thread at a time, with a happens-before edge between them. How long the operation
 * pauses after each failed attempt, and when it has tried enough.
 *
 * <p>Every {@link BackoffKind} counts its own pauses, and all of them draw on one budget of sleep. Two things end the
 * trying: the budget, when a kind that is charged finds it empty or an exempt kind has used up its exemption; and the
 * deadline, when the next pause would reach it. A pause that the budget covers only in part is cut to what is left.
 *
 * <p>Nothing here sleeps or throws: {@link #nextDelayNs} says how long to wait or {@link #GIVE_UP}, and then
 * {@link #failure} is what the caller should see. Made on an operation's first failure, so that operations which succeed
 * at once cost nothing.
 */
public final class Backoffer {
    /** Answer of {@link #nextDelayNs}: do not wait and do not try again. */
    public static final long GIVE_UP = -1;

    /** Causes kept for the exception, as many as client-go logs. */
    private static final int MAX_CAUSES = 3;

    private final long budgetNs;
    private final long deadlineNs;
    private final RandomGenerator random;
    private final Map<BackoffKind, Spent> spent = new EnumMap<>(BackoffKind.class);
    private final Deque<String> causes = new ArrayDeque<>(MAX_CAUSES);
    private long chargedNs;
    private boolean pastDeadline;

    /**
     * A backoffer that has not paused yet.
     *
     * @param budgetNs sleep allowed in all, in nanoseconds; 0 to never pause
     * @param deadlineNs the operation's deadline, {@link System#nanoTime()} based
     * @param random where jitter comes from
     */
    public Backoffer(final long budgetNs, final long deadlineNs, final RandomGenerator random) {
        this.budgetNs = budgetNs;
        this.deadlineNs = deadlineNs;
        this.random = random;
    }

    /**
     * Records a failed attempt and says how long to wait before the next one.
     *
     * @param kind what was met
     * @param nowNs the present {@link System#nanoTime()}
     * @param cause what was met, in words, for the history
     * @return nanoseconds to wait, or {@link #GIVE_UP}
     */
    public long nextDelayNs(final BackoffKind kind, final long nowNs, final String cause) {
        return nextDelayNs(kind, nowNs, cause, 0);
    }

    /**
     * Records a failed attempt and says how long to wait before the next one, where the server asked for a pause itself.
     *
     * @param kind what was met
     * @param nowNs the present {@link System#nanoTime()}
     * @param cause what was met, in words, for the history
     * @param atLeastNs the pause the server asked for, in nanoseconds; cut to the kind's cap
     * @return nanoseconds to wait, or {@link #GIVE_UP}
     */
    public long nextDelayNs(final BackoffKind kind, final long nowNs, final String cause, final long atLeastNs) {
        remember(kind, cause);
        final long availableNs = availableNs(kind);
        if (availableNs <= 0) {
            return GIVE_UP;
        }
        final long askedNs = Math.min(atLeastNs, TimeUnit.MILLISECONDS.toNanos(kind.capMs()));
        final long wantedNs = Math.max(askedNs, kind.delayNs(attempts(kind), random));
        final long delayNs = Math.min(wantedNs, availableNs);
        if (nowNs + delayNs - deadlineNs >= 0) {
            pastDeadline = true;
            return GIVE_UP;
        }
        charge(kind, delayNs);
        return delayNs;
    }

    private void remember(final BackoffKind kind, final String cause) {
        if (causes.size() == MAX_CAUSES) {
            causes.removeFirst();
        }
        causes.addLast(kind.label() + ": " + cause);
    }

    private long availableNs(final BackoffKind kind) {
        if (kind.exemptMs() == 0 || budgetNs == 0) {
            return budgetNs - chargedNs;
        }
        return TimeUnit.MILLISECONDS.toNanos(kind.exemptMs()) - sleptNs(kind);
    }

    private void charge(final BackoffKind kind, final long delayNs) {
        spentOn(kind).add(1, delayNs);
        if (kind.exemptMs() == 0) {
            chargedNs += delayNs;
        }
    }

    private Spent spentOn(final BackoffKind kind) {
        return spent.computeIfAbsent(kind, unused -> new Spent());
    }

    /**
     * What the caller of the operation should see after {@link #GIVE_UP}.
     *
     * @param details the facts of the attempt so far; its history is set here
     * @return a timeout when the deadline was in the way, else an exhausted budget that names the kind slept for longest
     */
    public TikvException failure(final FailureDetails.Builder details) {
        final FailureDetails facts = details.history(history()).build();
        if (pastDeadline) {
            return new RequestTimeoutException(
                    "the deadline leaves no time for another attempt after " + lastCause(), facts, null);
        }
        return new BackoffExhaustedException(
                "the retry budget of " + TimeUnit.NANOSECONDS.toMillis(budgetNs) + " ms is spent, most of it on "
                        + longest(),
                facts,
                null);
    }

    private String lastCause() {
        return causes.isEmpty() ? "no failure" : causes.getLast();
    }

    private String longest() {
        return spent.entrySet().stream()
                .max(Comparator.comparingLong(entry -> entry.getValue().sleptNs))
                .map(entry -> entry.getKey().label())
                .orElse("nothing");
    }

    /**
     * A backoffer for a part of the operation that runs beside others: it inherits what was slept, starts its exponents
     * anew, and charges the parent only through {@link #join}.
     *
     * @return the child
     */
    public Backoffer fork() {
        final Backoffer child = new Backoffer(budgetNs, deadlineNs, random);
        spent.forEach((kind, sum) -> child.spentOn(kind).add(0, sum.sleptNs));
        child.causes.addAll(causes);
        child.chargedNs = chargedNs;
        return child;
    }

    /**
     * Takes over what a part slept. Parts that ran side by side slept at the same time, so the longest of them counts and
     * not their sum.
     *
     * @param child a finished part made by {@link #fork}
     */
    public void join(final Backoffer child) {
        chargedNs = Math.max(chargedNs, child.chargedNs);
        child.spent.forEach((kind, sum) -> spentOn(kind).raiseTo(sum));
        child.causes.forEach(cause -> {
            if (!causes.contains(cause)) {
                causes.addLast(cause);
            }
        });
        while (causes.size() > MAX_CAUSES) {
            causes.removeFirst();
        }
    }

    /**
     * How many pauses of a kind there were.
     *
     * @param kind the kind
     * @return at least 0
     */
    public int attempts(final BackoffKind kind) {
        final Spent sum = spent.get(kind);
        return sum == null ? 0 : sum.attempts;
    }

    /**
     * How much of the budget is used.
     *
     * @return nanoseconds
     */
    public long chargedNs() {
        return chargedNs;
    }

    /**
     * How long was slept for a kind, what its parents slept included.
     *
     * @param kind the kind
     * @return nanoseconds
     */
    public long sleptNs(final BackoffKind kind) {
        final Spent sum = spent.get(kind);
        return sum == null ? 0 : sum.sleptNs;
    }

    /**
     * What was met so far: a line for each kind slept for, then the last causes.
     *
     * @return a new list, oldest cause last but two at most
     */
    public List<String> history() {
        final List<String> lines = new ArrayList<>();
        spent.forEach((kind, sum) -> lines.add(
                kind.label() + " x" + sum.attempts + " slept " + TimeUnit.NANOSECONDS.toMillis(sum.sleptNs) + " ms"));
        lines.addAll(causes);
        return lines;
    }

    /** Confined to its backoffer. What one kind took. */
    private static final class Spent {
        private int attempts;
        private long sleptNs;

        void add(final int moreAttempts, final long moreNs) {
            attempts += moreAttempts;
            sleptNs += moreNs;
        }

        void raiseTo(final Spent other) {
            attempts = Math.max(attempts, other.attempts);
            sleptNs = Math.max(sleptNs, other.sleptNs);
        }
    }
}
