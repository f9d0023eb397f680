package io.tikvdirect.client.txn;

import io.tikvdirect.client.CommandPriority;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. How a transaction behaves. Made by changing {@link #DEFAULT} step by step.
 *
 * @param pessimistic whether keys can be locked before they are written; see {@link Transaction#lock}
 * @param timeout the budget of one call, a commit included; null: {@code timeout} of the client's configuration
 * @param retryFor how long {@link TransactionClient#run} begins anew after conflicts
 * @param asyncCommit whether a small transaction counts as committed once all its keys are locked, which saves a round
 *     trip (TXN-10)
 * @param onePhaseCommit whether a small transaction within one region is committed by a single request (TXN-11)
 * @param causalConsistency whether an async or one-phase commit may be ordered before a transaction elsewhere that ended
 *     earlier in real time, unless this one has seen its effects; saves a request to the oracle (TXN-12)
 * @param priority the stores' scheduling priority
 * @param requestSource a name for the origin of requests in the stores' statistics; null: that of the configuration
 * @param assertions whether stores check what {@link Transaction#expectPresent} and {@link Transaction#expectAbsent} say
 * @param commitAfter the commit waits up to a second until the oracle's time has passed this moment, and fails when it has
 *     not; null: no waiting (TXN-13)
 * @param commitCheck has the last word about a commit; with it there is neither async nor one-phase commit, whose time the
 *     stores decide; null: none (TXN-13, TXN-16)
 * @param commitListener told how each commit ended; null: nobody (TXN-17, TXN-20)
 * @param pipelining flushes writes as locks while the transaction goes on, for such as are larger than memory; null: they
 *     stay here until the commit (PIP-01)
 * @param tags what requests tell stores beside their work (TXN-17)
 * @param limits how large the transaction may become (TXN-21)
 * @param writeFilter decides which values a commit leaves out; null: none (TXN-14)
 * @param requestListener hears of every request; null: nobody (TXN-17)
 * @param failAtLocks whether a commit that meets a lock of another transaction fails with a {@link WriteConflictException}
 *     at once; otherwise the lock is resolved when its owner has ended, and waited for within {@code timeout} when the
 *     owner is alive, unless this transaction is optimistic and the older of the two, which then fails at once too (TXN-17)
 */
public record TransactionOptions(
        boolean pessimistic,
        @Nullable Duration timeout,
        Duration retryFor,
        boolean asyncCommit,
        boolean onePhaseCommit,
        boolean causalConsistency,
        CommandPriority priority,
        @Nullable String requestSource,
        AssertionLevel assertions,
        @Nullable Timestamp commitAfter,
        @Nullable CommitCheck commitCheck,
        @Nullable CommitListener commitListener,
        @Nullable Pipelining pipelining,
        RequestTags tags,
        SizeLimits limits,
        @Nullable WriteFilter writeFilter,
        @Nullable RequestListener requestListener,
        boolean failAtLocks) {

    /** Optimistic, two phases, linearizable, normal priority; {@code run} begins anew for 20 s. */
    public static final TransactionOptions DEFAULT = new TransactionOptions(
            false,
            null,
            Duration.ofSeconds(20),
            false,
            false,
            false,
            CommandPriority.NORMAL,
            null,
            AssertionLevel.OFF,
            null,
            null,
            null,
            null,
            RequestTags.NONE,
            SizeLimits.NONE,
            null,
            null,
            false);

    /** {@link #DEFAULT}, but pessimistic. */
    public static final TransactionOptions PESSIMISTIC = DEFAULT.withPessimistic(true);

    /** Checks that times are positive. */
    public TransactionOptions {
        Objects.requireNonNull(priority, "priority");
        Objects.requireNonNull(assertions, "assertions");
        Objects.requireNonNull(tags, "tags");
        Objects.requireNonNull(limits, "limits");
        if (pipelining != null && (pessimistic || commitAfter != null)) {
            throw new IllegalArgumentException(
                    "a pipelined transaction is optimistic, and commits after no moment in particular");
        }
        if (timeout != null && (timeout.isZero() || timeout.isNegative())) {
            throw new IllegalArgumentException("timeout must be positive: " + timeout);
        }
        if (retryFor.isNegative()) {
            throw new IllegalArgumentException("retryFor must not be negative: " + retryFor);
        }
    }

    /**
     * The same with locks taken before the commit, or without.
     *
     * @param on whether keys can be locked
     * @return new options
     */
    public TransactionOptions withPessimistic(boolean on) {
        Draft draft = new Draft(this);
        draft.pessimistic = on;
        return draft.options();
    }

    /**
     * The same with another budget per call.
     *
     * @param newTimeout positive
     * @return new options
     */
    public TransactionOptions withTimeout(Duration newTimeout) {
        Draft draft = new Draft(this);
        draft.timeout = newTimeout;
        return draft.options();
    }

    /**
     * The same with another time for beginning anew.
     *
     * @param time zero: never anew
     * @return new options
     */
    public TransactionOptions withRetryFor(Duration time) {
        Draft draft = new Draft(this);
        draft.retryFor = time;
        return draft.options();
    }

    /**
     * The same with or without async commit.
     *
     * @param on whether to try it
     * @return new options
     */
    public TransactionOptions withAsyncCommit(boolean on) {
        Draft draft = new Draft(this);
        draft.asyncCommit = on;
        return draft.options();
    }

    /**
     * The same with or without one-phase commit.
     *
     * @param on whether to try it
     * @return new options
     */
    public TransactionOptions withOnePhaseCommit(boolean on) {
        Draft draft = new Draft(this);
        draft.onePhaseCommit = on;
        return draft.options();
    }

    /**
     * The same with or without causal consistency.
     *
     * @param on whether causal order is enough
     * @return new options
     */
    public TransactionOptions withCausalConsistency(boolean on) {
        Draft draft = new Draft(this);
        draft.causalConsistency = on;
        return draft.options();
    }

    /**
     * The same with another priority.
     *
     * @param newPriority never null
     * @return new options
     */
    public TransactionOptions withPriority(CommandPriority newPriority) {
        Draft draft = new Draft(this);
        draft.priority = newPriority;
        return draft.options();
    }

    /**
     * The same with another request source.
     *
     * @param name the origin of requests; null: that of the configuration
     * @return new options
     */
    public TransactionOptions withRequestSource(@Nullable String name) {
        Draft draft = new Draft(this);
        draft.requestSource = name;
        return draft.options();
    }

    /**
     * The same with other checking of expectations.
     *
     * @param level never null
     * @return new options
     */
    public TransactionOptions withAssertions(AssertionLevel level) {
        Draft draft = new Draft(this);
        draft.assertions = level;
        return draft.options();
    }

    /**
     * The same committing after a moment.
     *
     * @param moment given out by an oracle; null: any time
     * @return new options
     */
    public TransactionOptions withCommitAfter(@Nullable Timestamp moment) {
        Draft draft = new Draft(this);
        draft.commitAfter = moment;
        return draft.options();
    }

    /**
     * The same with a last word about the commit.
     *
     * @param check null: none
     * @return new options
     */
    public TransactionOptions withCommitCheck(@Nullable CommitCheck check) {
        Draft draft = new Draft(this);
        draft.commitCheck = check;
        return draft.options();
    }

    /**
     * The same with somebody who is told how commits end.
     *
     * @param listener null: nobody
     * @return new options
     */
    public TransactionOptions withCommitListener(@Nullable CommitListener listener) {
        Draft draft = new Draft(this);
        draft.commitListener = listener;
        return draft.options();
    }

    /**
     * The same, flushed while it goes on, or not.
     *
     * @param settings null: writes stay in the client until the commit
     * @return new options
     */
    public TransactionOptions withPipelining(@Nullable Pipelining settings) {
        Draft draft = new Draft(this);
        draft.pipelining = settings;
        return draft.options();
    }

    /**
     * The same with other tags.
     *
     * @param newTags never null
     * @return new options
     */
    public TransactionOptions withTags(RequestTags newTags) {
        Draft draft = new Draft(this);
        draft.tags = newTags;
        return draft.options();
    }

    /**
     * The same with other limits.
     *
     * @param newLimits never null
     * @return new options
     */
    public TransactionOptions withLimits(SizeLimits newLimits) {
        Draft draft = new Draft(this);
        draft.limits = newLimits;
        return draft.options();
    }

    /**
     * The same with a filter of what is written.
     *
     * @param filter null: everything is needed
     * @return new options
     */
    public TransactionOptions withWriteFilter(@Nullable WriteFilter filter) {
        Draft draft = new Draft(this);
        draft.writeFilter = filter;
        return draft.options();
    }

    /**
     * The same with somebody who hears of every request.
     *
     * @param listener null: nobody
     * @return new options
     */
    public TransactionOptions withRequestListener(@Nullable RequestListener listener) {
        Draft draft = new Draft(this);
        draft.requestListener = listener;
        return draft.options();
    }

    /**
     * The same giving way to whoever has locked a key, or not. Batch jobs that must not stand in anybody's way want it, and
     * whoever begins anew faster than a lock is released.
     *
     * @param on whether a commit fails at the first lock of another transaction, alive or not
     * @return new options
     */
    public TransactionOptions withFailAtLocks(boolean on) {
        Draft draft = new Draft(this);
        draft.failAtLocks = on;
        return draft.options();
    }

    /** Not thread-safe. Options while one of them changes. */
    private static final class Draft {
        private boolean pessimistic;
        private @Nullable Duration timeout;
        private Duration retryFor;
        private boolean asyncCommit;
        private boolean onePhaseCommit;
        private boolean causalConsistency;
        private CommandPriority priority;
        private @Nullable String requestSource;
        private AssertionLevel assertions;
        private @Nullable Timestamp commitAfter;
        private @Nullable CommitCheck commitCheck;
        private @Nullable CommitListener commitListener;
        private @Nullable Pipelining pipelining;
        private RequestTags tags;
        private SizeLimits limits;
        private @Nullable WriteFilter writeFilter;
        private @Nullable RequestListener requestListener;
        private boolean failAtLocks;

        Draft(TransactionOptions from) {
            pessimistic = from.pessimistic;
            timeout = from.timeout;
            retryFor = from.retryFor;
            asyncCommit = from.asyncCommit;
            onePhaseCommit = from.onePhaseCommit;
            causalConsistency = from.causalConsistency;
            priority = from.priority;
            requestSource = from.requestSource;
            assertions = from.assertions;
            commitAfter = from.commitAfter;
            commitCheck = from.commitCheck;
            commitListener = from.commitListener;
            pipelining = from.pipelining;
            tags = from.tags;
            limits = from.limits;
            writeFilter = from.writeFilter;
            requestListener = from.requestListener;
            failAtLocks = from.failAtLocks;
        }

        TransactionOptions options() {
            return new TransactionOptions(
                    pessimistic,
                    timeout,
                    retryFor,
                    asyncCommit,
                    onePhaseCommit,
                    causalConsistency,
                    priority,
                    requestSource,
                    assertions,
                    commitAfter,
                    commitCheck,
                    commitListener,
                    pipelining,
                    tags,
                    limits,
                    writeFilter,
                    requestListener,
                    failAtLocks);
        }
    }
}
