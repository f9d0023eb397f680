package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.wire.WireWriter;
import java.nio.charset.StandardCharsets;

/**
 * Confined to one thread at a time: builds the constant parts of a {@code kvrpcpb.Context} as bytes, once per route and
 * once per set of options; a request then copies them one after the other, with {@link #writeVariables} behind.
 *
 * <p>What is left at its default is not written.
 */
public final class ContextEncoder {
    private static final int REGION_ID = 1;
    private static final int REGION_EPOCH = 2;
    private static final int PEER = 3;
    private static final int TERM = 5;
    private static final int PRIORITY = 6;
    /** Field number and the wire type of varints. */
    private static final byte PRIORITY_TAG = PRIORITY << 3;

    private static final byte HIGH_PRIORITY = 2;
    private static final int ISOLATION_LEVEL = 7;
    private static final int NOT_FILL_CACHE = 8;
    private static final int SYNC_LOG = 9;
    private static final int REPLICA_READ = 12;
    /** Number and wire type in one byte. */
    private static final byte REPLICA_READ_TAG = REPLICA_READ << 3;

    private static final int RESOLVED_LOCKS = 13;
    private static final int MAX_EXECUTION_DURATION_MS = 14;
    private static final int TASK_ID = 16;
    private static final int STALE_READ = 17;
    private static final int RESOURCE_GROUP_TAG = 18;
    private static final int DISK_FULL_OPT = 19;
    private static final int IS_RETRY_REQUEST = 20;
    private static final int API_VERSION = 21;
    private static final int COMMITTED_LOCKS = 22;
    private static final int REQUEST_SOURCE = 24;
    private static final int TXN_SOURCE = 25;
    private static final int BUSY_THRESHOLD_MS = 27;
    private static final int RESOURCE_CONTROL_CONTEXT = 28;
    private static final int KEYSPACE_ID = 32;
    private static final int BUCKETS_VERSION = 33;
    private static final int CLUSTER_ID = 35;

    private static final int EPOCH_CONF_VER = 1;
    private static final int EPOCH_VERSION = 2;
    private static final int PEER_ID = 1;
    private static final int PEER_STORE_ID = 2;
    private static final int PEER_ROLE = 3;
    private static final int PEER_IS_WITNESS = 4;
    private static final int RESOURCE_GROUP_NAME = 1;

    private long regionId;
    private byte[] epoch = Bytes.EMPTY;
    private byte[] peer = Bytes.EMPTY;
    private long term;
    private int priority;
    private int isolationLevel;
    private boolean notFillCache;
    private boolean syncLog;
    private long txnSource;
    private long[] resolvedLocks = {};
    private long[] committedLocks = {};
    private boolean replicaRead;
    private long taskId;
    private boolean staleRead;
    private byte[] resourceGroupTag = Bytes.EMPTY;
    private int diskFullOpt;
    private int apiVersion;
    private byte[] requestSource = Bytes.EMPTY;
    private long busyThresholdMs;
    private byte[] resourceControl = Bytes.EMPTY;
    private long keyspaceId = KeySpace.NO_KEYSPACE;
    private long bucketsVersion;
    private long clusterId;

    /** Makes an encoder with every field at its default. */
    public ContextEncoder() {}

    /**
     * Sets the region.
     *
     * @param id of the region
     * @return this
     */
    public ContextEncoder regionId(final long id) {
        regionId = id;
        return this;
    }

    /**
     * Sets the region's epoch.
     *
     * @param confVer configuration version
     * @param version of the region's bounds
     * @return this
     */
    public ContextEncoder regionEpoch(final long confVer, final long version) {
        final ByteBuf out = Unpooled.buffer();
        WireWriter.writeVarintField(out, EPOCH_CONF_VER, confVer);
        WireWriter.writeVarintField(out, EPOCH_VERSION, version);
        epoch = ByteBufUtil.getBytes(out);
        return this;
    }

    /**
     * Sets the peer that is to serve.
     *
     * @param id of the peer
     * @param storeId of its store
     * @return this
     */
    public ContextEncoder peer(final long id, final long storeId) {
        return peer(id, storeId, 0, false);
    }

    /**
     * Sets the peer that is to serve.
     *
     * @param id of the peer
     * @param storeId of its store
     * @param role number of {@code metapb.PeerRole}; 0 is a voter
     * @param isWitness whether the peer has no data
     * @return this
     */
    public ContextEncoder peer(final long id, final long storeId, final int role, final boolean isWitness) {
        final ByteBuf out = Unpooled.buffer();
        WireWriter.writeVarintField(out, PEER_ID, id);
        WireWriter.writeVarintField(out, PEER_STORE_ID, storeId);
        WireWriter.writeVarintField(out, PEER_ROLE, role);
        WireWriter.writeBoolField(out, PEER_IS_WITNESS, isWitness);
        peer = ByteBufUtil.getBytes(out);
        return this;
    }

    /**
     * Sets the raft term in which the peer is believed to lead.
     *
     * @param value 0 for any
     * @return this
     */
    public ContextEncoder term(final long value) {
        term = value;
        return this;
    }

    /**
     * Sets the priority.
     *
     * @param commandPri number of {@code kvrpcpb.CommandPri}: 0 normal, 1 low, 2 high
     * @return this
     */
    public ContextEncoder priority(final int commandPri) {
        priority = commandPri;
        return this;
    }

    /**
     * Sets what a read sees of other transactions.
     *
     * @param level number of {@code kvrpcpb.IsolationLevel}: 0 snapshot isolation, 1 read committed, 2 read committed that
     *     fails at a newer version
     * @return this
     */
    public ContextEncoder isolationLevel(final int level) {
        isolationLevel = level;
        return this;
    }

    /**
     * Names transactions whose locks a read passes by: rolled back, or not going to commit at or before its version.
     *
     * @param startVersions their start timestamps; not copied
     * @return this
     */
    public ContextEncoder resolvedLocks(final long[] startVersions) {
        resolvedLocks = startVersions;
        return this;
    }

    /**
     * Names transactions whose values a read takes from their locks: committed at or before its version.
     *
     * @param startVersions their start timestamps; not copied
     * @return this
     */
    public ContextEncoder committedLocks(final long[] startVersions) {
        committedLocks = startVersions;
        return this;
    }

    /**
     * Keeps a read's blocks out of the store's block cache.
     *
     * @param value true to keep them out
     * @return this
     */
    public ContextEncoder notFillCache(final boolean value) {
        notFillCache = value;
        return this;
    }

    /**
     * Lets a follower serve a read.
     *
     * @param value true to let it
     * @return this
     */
    public ContextEncoder replicaRead(final boolean value) {
        replicaRead = value;
        return this;
    }

    /**
     * Names the large read that a request is a part of, so that a busy store holds its parts back together.
     *
     * @param id 0 for none
     * @return this
     */
    public ContextEncoder taskId(final long id) {
        taskId = id;
        return this;
    }

    /**
     * Lets any replica serve a read of a past time without asking the leader.
     *
     * @param value true to let it
     * @return this
     */
    public ContextEncoder staleRead(final boolean value) {
        staleRead = value;
        return this;
    }

    /**
     * Sets the tag under which the store accounts the request.
     *
     * @param tag opaque; empty for none; copied
     * @return this
     */
    public ContextEncoder resourceGroupTag(final byte[] tag) {
        resourceGroupTag = tag.clone();
        return this;
    }

    /**
     * Says whether the request may be served on a full disk.
     *
     * @param value number of {@code kvrpcpb.DiskFullOpt}
     * @return this
     */
    public ContextEncoder diskFullOpt(final int value) {
        diskFullOpt = value;
        return this;
    }

    /**
     * Sets API version and keyspace.
     *
     * @param keySpace says both
     * @return this
     */
    public ContextEncoder keySpace(final KeySpace keySpace) {
        apiVersion = keySpace.apiVersion();
        keyspaceId = keySpace.keyspaceId();
        return this;
    }

    /**
     * Sets who asks, for the store's metrics.
     *
     * @param source empty for unknown
     * @return this
     */
    public ContextEncoder requestSource(final String source) {
        requestSource = source.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    /**
     * Asks the store to write its log through to disk; it has no effect on those of today.
     *
     * @param value true to ask
     * @return this
     */
    public ContextEncoder syncLog(final boolean value) {
        syncLog = value;
        return this;
    }

    /**
     * Says where a write comes from, for whoever captures changes.
     *
     * @param source 0 for nothing said
     * @return this
     */
    public ContextEncoder txnSource(final long source) {
        txnSource = source;
        return this;
    }

    /**
     * Lets the store refuse a read at once when it expects longer waiting.
     *
     * @param milliseconds 0 for never
     * @return this
     */
    public ContextEncoder busyThresholdMs(final long milliseconds) {
        busyThresholdMs = milliseconds;
        return this;
    }

    /**
     * Sets the resource group that pays.
     *
     * @param name empty for the default group
     * @return this
     */
    public ContextEncoder resourceGroup(final String name) {
        final ByteBuf out = Unpooled.buffer();
        WireWriter.writeBytesField(out, RESOURCE_GROUP_NAME, name.getBytes(StandardCharsets.UTF_8));
        resourceControl = ByteBufUtil.getBytes(out);
        return this;
    }

    /**
     * Sets the version of the region's buckets that the client knows.
     *
     * @param value 0 for unknown
     * @return this
     */
    public ContextEncoder bucketsVersion(final long value) {
        bucketsVersion = value;
        return this;
    }

    /**
     * Sets the cluster, so that a store of another one refuses.
     *
     * @param id 0 for any
     * @return this
     */
    public ContextEncoder clusterId(final long id) {
        clusterId = id;
        return this;
    }

    /**
     * Encodes what was set.
     *
     * @return a new array: a part of a {@code Context}, without tag and length of the whole
     */
    public byte[] encode() {
        final ByteBuf out = Unpooled.buffer();
        WireWriter.writeVarintField(out, REGION_ID, regionId);
        WireWriter.writeBytesField(out, REGION_EPOCH, epoch);
        WireWriter.writeBytesField(out, PEER, peer);
        WireWriter.writeVarintField(out, TERM, term);
        WireWriter.writeVarintField(out, PRIORITY, priority);
        WireWriter.writeVarintField(out, ISOLATION_LEVEL, isolationLevel);
        WireWriter.writeBoolField(out, NOT_FILL_CACHE, notFillCache);
        WireWriter.writeBoolField(out, SYNC_LOG, syncLog);
        WireWriter.writeBoolField(out, REPLICA_READ, replicaRead);
        WireWriter.writePackedField(out, RESOLVED_LOCKS, resolvedLocks, resolvedLocks.length);
        WireWriter.writeVarintField(out, TASK_ID, taskId);
        WireWriter.writeBoolField(out, STALE_READ, staleRead);
        WireWriter.writeBytesField(out, RESOURCE_GROUP_TAG, resourceGroupTag);
        WireWriter.writeVarintField(out, DISK_FULL_OPT, diskFullOpt);
        WireWriter.writeVarintField(out, API_VERSION, apiVersion);
        WireWriter.writePackedField(out, COMMITTED_LOCKS, committedLocks, committedLocks.length);
        WireWriter.writeBytesField(out, REQUEST_SOURCE, requestSource);
        WireWriter.writeVarintField(out, TXN_SOURCE, txnSource);
        WireWriter.writeVarintField(out, BUSY_THRESHOLD_MS, busyThresholdMs);
        WireWriter.writeBytesField(out, RESOURCE_CONTROL_CONTEXT, resourceControl);
        writeKeyspaceId(out);
        WireWriter.writeVarintField(out, BUCKETS_VERSION, bucketsVersion);
        WireWriter.writeVarintField(out, CLUSTER_ID, clusterId);
        return ByteBufUtil.getBytes(out);
    }

    /**
     * Whether encoded fields ask for the highest priority.
     *
     * @param options what {@link #encode} gave, nothing about a region or a term having been set: the priority comes first
     * @return true for {@code CommandPri.High}
     */
    public static boolean isHighPriority(final byte[] options) {
        return options.length >= 2 && options[0] == PRIORITY_TAG && options[1] == HIGH_PRIORITY;
    }

    /**
     * Whether encoded fields let a follower serve.
     *
     * @param options what {@link #encode} gave, nothing about a region or a term having been set: then only fields of two
     *     bytes come before this one
     * @return true for {@code replica_read}
     */
    public static boolean isReplicaRead(final byte[] options) {
        int at = 0;
        while (at + 1 < options.length && options[at] > 0 && options[at] < REPLICA_READ_TAG) {
            at += 2;
        }
        return at + 1 < options.length && options[at] == REPLICA_READ_TAG && options[at + 1] == 1;
    }

    /**
     * Size of what {@link #writeVariables} writes.
     *
     * @param maxExecutionDurationMs how long the store may work on the request, in milliseconds; 0 for its own limit
     * @param isRetryRequest whether the request was sent before
     * @return bytes
     */
    public static int variablesSize(final long maxExecutionDurationMs, final boolean isRetryRequest) {
        return WireWriter.varintFieldSize(MAX_EXECUTION_DURATION_MS, maxExecutionDurationMs)
                + WireWriter.boolFieldSize(IS_RETRY_REQUEST, isRetryRequest);
    }

    /**
     * Writes the part of the {@code Context} that varies per request. Allocates nothing.
     *
     * @param out destination
     * @param maxExecutionDurationMs how long the store may work on the request, in milliseconds; 0 for its own limit
     * @param isRetryRequest whether the request was sent before
     */
    public static void writeVariables(
            final ByteBuf out, final long maxExecutionDurationMs, final boolean isRetryRequest) {
        WireWriter.writeVarintField(out, MAX_EXECUTION_DURATION_MS, maxExecutionDurationMs);
        WireWriter.writeBoolField(out, IS_RETRY_REQUEST, isRetryRequest);
    }

    /** In a oneof, so keyspace 0 is written too: its presence says that there is one. */
    private void writeKeyspaceId(final ByteBuf out) {
        if (keyspaceId != KeySpace.NO_KEYSPACE) {
            WireWriter.writeTag(out, KEYSPACE_ID, 0);
            WireWriter.writeVarint(out, keyspaceId);
        }
    }
}
