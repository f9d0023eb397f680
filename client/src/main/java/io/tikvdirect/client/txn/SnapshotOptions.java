package io.tikvdirect.client.txn;

import io.tikvdirect.client.CommandPriority;
import io.tikvdirect.client.ReplicaRead;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
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
 * @param replicaRead which replica serves reads
 * @param storeLabels of the stores that are close, for {@link ReplicaRead#CLOSEST} and stale reads
 * @param staleRead whether replicas serve without asking the leader, from what they have; the timestamp has to lie far
 *     enough back, see {@link TransactionClient#safeTimestamp}; a replica that is behind it passes the read to the leader
 * @param resourceGroup the resource group that pays; null: the default one
 * @param resourceGroupTag under which stores account requests in their statistics; null: none
 * @param taskId of the large read that requests are parts of, which a busy store holds back together; 0: none
 * @param sampleStep scans give every so manieth key; 0 or 1: every key
 * @param valueCacheBytes bytes of keys and values that single reads and batches keep here, so that a second read asks
 *     nobody (SNP-04); 0: nothing is kept
 */
public record SnapshotOptions(
        @Nullable Duration timeout,
        IsolationLevel isolation,
        boolean fillCache,
        CommandPriority priority,
        @Nullable String requestSource,
        ReplicaRead replicaRead,
        Map<String, String> storeLabels,
        boolean staleRead,
        @Nullable String resourceGroup,
        @Nullable ByteBuffer resourceGroupTag,
        long taskId,
        int sampleStep,
        long valueCacheBytes) {

    /** Timeout of the configuration, snapshot isolation, cache filled, normal priority, leaders, nothing kept here. */
    public static final SnapshotOptions DEFAULT = new SnapshotOptions(
            null,
            IsolationLevel.SNAPSHOT,
            true,
            CommandPriority.NORMAL,
            null,
            ReplicaRead.LEADER,
            Map.of(),
            false,
            null,
            null,
            0,
            0,
            0);

    /** Checks that times are positive and numbers not negative, and copies the labels. */
    public SnapshotOptions {
        Objects.requireNonNull(isolation, "isolation");
        Objects.requireNonNull(priority, "priority");
        Objects.requireNonNull(replicaRead, "replicaRead");
        storeLabels = Map.copyOf(storeLabels);
        if (timeout != null && (timeout.isZero() || timeout.isNegative())) {
            throw new IllegalArgumentException("timeout must be positive: " + timeout);
        }
        if (sampleStep < 0 || valueCacheBytes < 0) {
            throw new IllegalArgumentException(
                    "sampleStep " + sampleStep + " and valueCacheBytes " + valueCacheBytes + " must not be negative");
        }
        resourceGroupTag = resourceGroupTag == null ? null : resourceGroupTag.asReadOnlyBuffer();
    }

    /**
     * The same with another budget per read.
     *
     * @param newTimeout positive
     * @return new options
     */
    public SnapshotOptions withTimeout(Duration newTimeout) {
        Draft draft = new Draft(this);
        draft.timeout = newTimeout;
        return draft.options();
    }

    /**
     * The same with another isolation.
     *
     * @param newIsolation never null
     * @return new options
     */
    public SnapshotOptions withIsolation(IsolationLevel newIsolation) {
        Draft draft = new Draft(this);
        draft.isolation = newIsolation;
        return draft.options();
    }

    /**
     * The same with or without filling the stores' cache.
     *
     * @param fill whether to keep what was read
     * @return new options
     */
    public SnapshotOptions withFillCache(boolean fill) {
        Draft draft = new Draft(this);
        draft.fillCache = fill;
        return draft.options();
    }

    /**
     * The same with another priority.
     *
     * @param newPriority never null
     * @return new options
     */
    public SnapshotOptions withPriority(CommandPriority newPriority) {
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
    public SnapshotOptions withRequestSource(@Nullable String name) {
        Draft draft = new Draft(this);
        draft.requestSource = name;
        return draft.options();
    }

    /**
     * The same with reads served by other replicas.
     *
     * @param replica which
     * @return new options
     */
    public SnapshotOptions withReplicaRead(ReplicaRead replica) {
        Draft draft = new Draft(this);
        draft.replicaRead = replica;
        return draft.options();
    }

    /**
     * The same with other labels of the stores that are close.
     *
     * @param labels a store has to have all of them
     * @return new options
     */
    public SnapshotOptions withStoreLabels(Map<String, String> labels) {
        Draft draft = new Draft(this);
        draft.storeLabels = labels;
        return draft.options();
    }

    /**
     * The same with or without stale reads.
     *
     * @param on whether replicas serve from what they have
     * @return new options
     */
    public SnapshotOptions withStaleRead(boolean on) {
        Draft draft = new Draft(this);
        draft.staleRead = on;
        return draft.options();
    }

    /**
     * The same with another resource group.
     *
     * @param name who pays; null: the default group
     * @return new options
     */
    public SnapshotOptions withResourceGroup(@Nullable String name) {
        Draft draft = new Draft(this);
        draft.resourceGroup = name;
        return draft.options();
    }

    /**
     * The same with another tag in the stores' statistics.
     *
     * @param tag opaque, copied; empty: none
     * @return new options
     */
    public SnapshotOptions withResourceGroupTag(byte[] tag) {
        Draft draft = new Draft(this);
        draft.resourceGroupTag = tag.length == 0 ? null : ByteBuffer.wrap(tag.clone());
        return draft.options();
    }

    /**
     * The same as a part of another large read.
     *
     * @param id 0: of none
     * @return new options
     */
    public SnapshotOptions withTaskId(long id) {
        Draft draft = new Draft(this);
        draft.taskId = id;
        return draft.options();
    }

    /**
     * The same with scans that give a sample of the keys.
     *
     * @param step every so manieth key of each request; 0 or 1: every key
     * @return new options
     */
    public SnapshotOptions withSampleStep(int step) {
        Draft draft = new Draft(this);
        draft.sampleStep = step;
        return draft.options();
    }

    /**
     * The same with values kept here.
     *
     * @param bytes of keys and values at most; 0: nothing is kept
     * @return new options
     */
    public SnapshotOptions withValueCache(long bytes) {
        Draft draft = new Draft(this);
        draft.valueCacheBytes = bytes;
        return draft.options();
    }

    /** Confined to one call. Options while one of them changes. */
    private static final class Draft {
        private @Nullable Duration timeout;
        private IsolationLevel isolation;
        private boolean fillCache;
        private CommandPriority priority;
        private @Nullable String requestSource;
        private ReplicaRead replicaRead;
        private Map<String, String> storeLabels;
        private boolean staleRead;
        private @Nullable String resourceGroup;
        private @Nullable ByteBuffer resourceGroupTag;
        private long taskId;
        private int sampleStep;
        private long valueCacheBytes;

        Draft(SnapshotOptions from) {
            timeout = from.timeout;
            isolation = from.isolation;
            fillCache = from.fillCache;
            priority = from.priority;
            requestSource = from.requestSource;
            replicaRead = from.replicaRead;
            storeLabels = from.storeLabels;
            staleRead = from.staleRead;
            resourceGroup = from.resourceGroup;
            resourceGroupTag = from.resourceGroupTag;
            taskId = from.taskId;
            sampleStep = from.sampleStep;
            valueCacheBytes = from.valueCacheBytes;
        }

        SnapshotOptions options() {
            return new SnapshotOptions(
                    timeout,
                    isolation,
                    fillCache,
                    priority,
                    requestSource,
                    replicaRead,
                    storeLabels,
                    staleRead,
                    resourceGroup,
                    resourceGroupTag,
                    taskId,
                    sampleStep,
                    valueCacheBytes);
        }
    }
}
