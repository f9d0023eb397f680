package io.tikvdirect.client.raw;

import io.tikvdirect.client.CommandPriority;
import io.tikvdirect.client.ReplicaRead;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. How the calls of a raw client view behave. Made by changing {@link #DEFAULT} step by step.
 *
 * @param timeout the budget of a whole call, everything beneath included; null: {@code timeout} of the client's
 *     configuration
 * @param columnFamily column family {@code default}, {@code write} or {@code lock}; null: the default one. Only API V1
 *     knows column families
 * @param atomic whether writes are linearizable with compare-and-swap (client-go: {@code SetAtomicForCAS}); all writers
 *     of a key must use it
 * @param priority the stores' scheduling priority
 * @param requestSource a name for the origin of requests in the stores' statistics; null: none
 * @param replicaRead which replica serves gets, batch gets, scans and times to live; all else is the leader's
 */
public record RawOptions(
        @Nullable Duration timeout,
        @Nullable String columnFamily,
        boolean atomic,
        CommandPriority priority,
        @Nullable String requestSource,
        ReplicaRead replicaRead) {

    /** Timeout of the configuration, default column family, not atomic, normal priority, no request source, leaders. */
    public static final RawOptions DEFAULT =
            new RawOptions(null, null, false, CommandPriority.NORMAL, null, ReplicaRead.LEADER);

    /** Checks that the timeout, when given, is positive. */
    public RawOptions {
        Objects.requireNonNull(priority, "priority");
        Objects.requireNonNull(replicaRead, "replicaRead");
        if (timeout != null && (timeout.isZero() || timeout.isNegative())) {
            throw new IllegalArgumentException("timeout must be positive: " + timeout);
        }
        if (replicaRead != ReplicaRead.LEADER && replicaRead != ReplicaRead.FOLLOWER) {
            throw new IllegalArgumentException("raw reads are LEADER's or FOLLOWER's, not " + replicaRead);
        }
    }

    /**
     * The same with another budget per call.
     *
     * @param newTimeout positive
     * @return new options
     */
    public RawOptions withTimeout(Duration newTimeout) {
        return new RawOptions(newTimeout, columnFamily, atomic, priority, requestSource, replicaRead);
    }

    /**
     * The same in another column family.
     *
     * @param name {@code default}, {@code write} or {@code lock}; null: the default one
     * @return new options
     */
    public RawOptions withColumnFamily(@Nullable String name) {
        return new RawOptions(timeout, name, atomic, priority, requestSource, replicaRead);
    }

    /**
     * The same with or without atomic mode.
     *
     * @param on true: writes are linearizable with compare-and-swap
     * @return new options
     */
    public RawOptions withAtomic(boolean on) {
        return new RawOptions(timeout, columnFamily, on, priority, requestSource, replicaRead);
    }

    /**
     * The same with another priority.
     *
     * @param newPriority never null
     * @return new options
     */
    public RawOptions withPriority(CommandPriority newPriority) {
        return new RawOptions(timeout, columnFamily, atomic, newPriority, requestSource, replicaRead);
    }

    /**
     * The same with another request source.
     *
     * @param name the origin of requests; null: none
     * @return new options
     */
    public RawOptions withRequestSource(@Nullable String name) {
        return new RawOptions(timeout, columnFamily, atomic, priority, name, replicaRead);
    }

    /**
     * The same with reads served by other replicas.
     *
     * @param replica {@link ReplicaRead#LEADER} or {@link ReplicaRead#FOLLOWER}
     * @return new options
     */
    public RawOptions withReplicaRead(ReplicaRead replica) {
        return new RawOptions(timeout, columnFamily, atomic, priority, requestSource, replica);
    }
}
