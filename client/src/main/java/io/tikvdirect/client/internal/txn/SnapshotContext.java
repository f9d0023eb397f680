package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.CommandPriority;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.ReplicaRead;
import io.tikvdirect.client.internal.region.ReplicaSelection;
import io.tikvdirect.client.txn.SnapshotOptions;
import io.tikvdirect.codec.kv.ContextEncoder;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Immutable. What options of a snapshot become on the wire: the Context fields of its reads, and who is asked first. */
final class SnapshotContext {

    private final byte[] atReplica;
    private final byte[] atLeader;
    private final @Nullable ReplicaSelection selection;

    private SnapshotContext(byte[] atReplica, byte[] atLeader, @Nullable ReplicaSelection selection) {
        this.atReplica = atReplica;
        this.atLeader = atLeader;
        this.selection = selection;
    }

    /** Fields of a request to the replica that is selected; to be read only. */
    byte[] atReplica() {
        return atReplica;
    }

    /** Fields of a request to the leader, which is asked for neither kind of replica read; to be read only. */
    byte[] atLeader() {
        return atLeader;
    }

    /** Which replica is asked first; null: the leader. */
    @Nullable
    ReplicaSelection selection() {
        return selection;
    }

    static SnapshotContext of(Config config, SnapshotOptions options) {
        byte[] atLeader = encoder(config, options).encode();
        if (options.replicaRead() == ReplicaRead.LEADER && !options.staleRead()) {
            return new SnapshotContext(atLeader, atLeader, null);
        }
        byte[] atReplica = encoder(config, options)
                .staleRead(options.staleRead())
                .replicaRead(!options.staleRead())
                .encode();
        return new SnapshotContext(atReplica, atLeader, selection(options));
    }

    /** A stale read that names no replica goes to any, or to a close one when it says what is close. */
    private static ReplicaSelection selection(SnapshotOptions options) {
        ReplicaRead mode = options.replicaRead();
        if (mode == ReplicaRead.LEADER) {
            mode = options.storeLabels().isEmpty() ? ReplicaRead.MIXED : ReplicaRead.CLOSEST;
        }
        return new ReplicaSelection(mode, options.storeLabels());
    }

    private static ContextEncoder encoder(Config config, SnapshotOptions options) {
        ContextEncoder encoder = new ContextEncoder()
                .isolationLevel(options.isolation().number())
                .notFillCache(!options.fillCache())
                .taskId(options.taskId());
        if (options.priority() != CommandPriority.NORMAL) {
            encoder.priority(options.priority().number());
        }
        String source = options.requestSource() == null ? config.requestSource() : options.requestSource();
        if (source != null && !source.isEmpty()) {
            encoder.requestSource(source);
        }
        if (options.resourceGroup() != null) {
            encoder.resourceGroup(options.resourceGroup());
        }
        ByteBuffer tag = options.resourceGroupTag();
        if (tag != null) {
            byte[] bytes = new byte[tag.remaining()];
            tag.duplicate().get(bytes);
            encoder.resourceGroupTag(bytes);
        }
        return encoder;
    }
}
