package io.tikvdirect.client.txn;

import io.tikvdirect.client.CommandPriority;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. How the reads of a snapshot behave. Made by changing {@link #DEFAULT} step by step.
 *
 * @param timeout the budget of one read, everything beneath included; null: {@code timeout} of the client's configuration
 * @param isolation what is seen of others
 * @param fillCache whether stores keep what was read in their block cache; false suits large scans
 * @param priority the stores' scheduling priority
 * @param requestSource a name for the origin of requests in the stores' statistics; null: that of the configuration
 */
public record SnapshotOptions(
        @Nullable Duration timeout,
        IsolationLevel isolation,
        boolean fillCache,
        CommandPriority priority,
        @Nullable String requestSource) {

    /** Timeout of the configuration, snapshot isolation, cache filled, normal priority. */
    public static final SnapshotOptions DEFAULT =
            new SnapshotOptions(null, IsolationLevel.SNAPSHOT, true, CommandPriority.NORMAL, null);

    /** Checks that the timeout, when given, is positive. */
    public SnapshotOptions {
        Objects.requireNonNull(isolation, "isolation");
        Objects.requireNonNull(priority, "priority");
        if (timeout != null && (timeout.isZero() || timeout.isNegative())) {
            throw new IllegalArgumentException("timeout must be positive: " + timeout);
        }
    }

    /**
     * The same with another budget per read.
     *
     * @param newTimeout positive
     * @return new options
     */
    public SnapshotOptions withTimeout(Duration newTimeout) {
        return new SnapshotOptions(newTimeout, isolation, fillCache, priority, requestSource);
    }

    /**
     * The same with another isolation.
     *
     * @param newIsolation never null
     * @return new options
     */
    public SnapshotOptions withIsolation(IsolationLevel newIsolation) {
        return new SnapshotOptions(timeout, newIsolation, fillCache, priority, requestSource);
    }

    /**
     * The same with or without filling the stores' cache.
     *
     * @param fill whether to keep what was read
     * @return new options
     */
    public SnapshotOptions withFillCache(boolean fill) {
        return new SnapshotOptions(timeout, isolation, fill, priority, requestSource);
    }

    /**
     * The same with another priority.
     *
     * @param newPriority never null
     * @return new options
     */
    public SnapshotOptions withPriority(CommandPriority newPriority) {
        return new SnapshotOptions(timeout, isolation, fillCache, newPriority, requestSource);
    }

    /**
     * The same with another request source.
     *
     * @param name the origin of requests; null: that of the configuration
     * @return new options
     */
    public SnapshotOptions withRequestSource(@Nullable String name) {
        return new SnapshotOptions(timeout, isolation, fillCache, priority, name);
    }
}
