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
 */
public record TransactionOptions(
        boolean pessimistic,
        @Nullable Duration timeout,
        Duration retryFor,
        boolean asyncCommit,
        boolean onePhaseCommit,
        boolean causalConsistency,
        CommandPriority priority,
        @Nullable String requestSource) {

    /** Optimistic, two phases, linearizable, normal priority; {@code run} begins anew for 20 s. */
    public static final TransactionOptions DEFAULT = new TransactionOptions(
            false, null, Duration.ofSeconds(20), false, false, false, CommandPriority.NORMAL, null);

    /** {@link #DEFAULT}, but pessimistic. */
    public static final TransactionOptions PESSIMISTIC = DEFAULT.withPessimistic(true);

    /** Checks that times are positive. */
    public TransactionOptions {
        Objects.requireNonNull(priority, "priority");
        if (timeout != null && (timeout.isZero() || timeout.isNegative())) {
            throw new IllegalArgumentException("timeout must be positive: " + timeout);
        }
        if (retryFor.isNegative()) {
            throw new IllegalArgumentException("retryFor must not be negative: " + retryFor);
        }
    }

    /**
     * The same, pessimistic or not.
     *
     * @param on whether keys can be locked
     * @return new options
     */
    public TransactionOptions withPessimistic(boolean on) {
        return new TransactionOptions(
                on, timeout, retryFor, asyncCommit, onePhaseCommit, causalConsistency, priority, requestSource);
    }

    /**
     * The same with another budget per call.
     *
     * @param newTimeout positive
     * @return new options
     */
    public TransactionOptions withTimeout(Duration newTimeout) {
        return new TransactionOptions(
                pessimistic,
                newTimeout,
                retryFor,
                asyncCommit,
                onePhaseCommit,
                causalConsistency,
                priority,
                requestSource);
    }

    /**
     * The same with another time for beginning anew.
     *
     * @param time zero: never anew
     * @return new options
     */
    public TransactionOptions withRetryFor(Duration time) {
        return new TransactionOptions(
                pessimistic, timeout, time, asyncCommit, onePhaseCommit, causalConsistency, priority, requestSource);
    }

    /**
     * The same with or without async commit.
     *
     * @param on whether to try it
     * @return new options
     */
    public TransactionOptions withAsyncCommit(boolean on) {
        return new TransactionOptions(
                pessimistic, timeout, retryFor, on, onePhaseCommit, causalConsistency, priority, requestSource);
    }

    /**
     * The same with or without one-phase commit.
     *
     * @param on whether to try it
     * @return new options
     */
    public TransactionOptions withOnePhaseCommit(boolean on) {
        return new TransactionOptions(
                pessimistic, timeout, retryFor, asyncCommit, on, causalConsistency, priority, requestSource);
    }

    /**
     * The same with or without causal consistency.
     *
     * @param on whether causal order is enough
     * @return new options
     */
    public TransactionOptions withCausalConsistency(boolean on) {
        return new TransactionOptions(
                pessimistic, timeout, retryFor, asyncCommit, onePhaseCommit, on, priority, requestSource);
    }

    /**
     * The same with another priority.
     *
     * @param newPriority never null
     * @return new options
     */
    public TransactionOptions withPriority(CommandPriority newPriority) {
        return new TransactionOptions(
                pessimistic,
                timeout,
                retryFor,
                asyncCommit,
                onePhaseCommit,
                causalConsistency,
                newPriority,
                requestSource);
    }

    /**
     * The same with another request source.
     *
     * @param name the origin of requests; null: that of the configuration
     * @return new options
     */
    public TransactionOptions withRequestSource(@Nullable String name) {
        return new TransactionOptions(
                pessimistic, timeout, retryFor, asyncCommit, onePhaseCommit, causalConsistency, priority, name);
    }
}
