package io.tikvdirect.client.internal.raw;

import io.tikvdirect.client.ApiVersion;
import io.tikvdirect.client.CommandPriority;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.ReplicaRead;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.raw.RawOptions;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.kv.ContextEncoder;
import io.tikvdirect.codec.kv.RawBatchBodies;
import io.tikvdirect.codec.kv.RawPointBodies;
import io.tikvdirect.codec.kv.RawRangeBodies;
import java.time.Duration;
import java.util.List;

/** Immutable. {@link RawOptions} made ready for the hot path: nothing in here is computed per call. */
final class RawView {

    private static final List<String> COLUMN_FAMILIES = List.of("default", "write", "lock");

    final RawOptions options;
    final long timeoutNs;
    final RawPointBodies points;
    final RawBatchBodies batches;
    final RawRangeBodies ranges;
    private final byte[] context;
    private final byte[] readContext;
    final int prefixLength;
    final boolean replayableWrites;

    RawView(Config config, KeySpace keySpace, RawOptions options) {
        this.options = options;
        Duration timeout = options.timeout();
        this.timeoutNs = (timeout == null ? config.timeout() : timeout).toNanos();
        String columnFamily = columnFamily(config, options);
        this.points = new RawPointBodies(keySpace, columnFamily, options.atomic());
        this.batches = new RawBatchBodies(keySpace, columnFamily, options.atomic());
        this.ranges = new RawRangeBodies(keySpace, columnFamily);
        this.context = context(config, options, false);
        this.readContext = options.replicaRead() == ReplicaRead.LEADER ? context : context(config, options, true);
        this.prefixLength = keySpace.prefix().length;
        this.replayableWrites = !options.atomic();
    }

    private static String columnFamily(Config config, RawOptions options) {
        String name = options.columnFamily();
        if (name == null) {
            return "";
        }
        if (!COLUMN_FAMILIES.contains(name)) {
            throw new InvalidArgumentException("unknown column family " + name + ", there are " + COLUMN_FAMILIES);
        }
        if (config.api() == ApiVersion.V2) {
            throw new InvalidArgumentException("API V2 has no column families");
        }
        return name;
    }

    /** What the Context of a request has beside its route: only reads of keys and values may go to other replicas. */
    byte[] context(OperationKind kind) {
        return switch (kind) {
            case RAW_GET, RAW_GET_KEY_TTL, RAW_BATCH_GET, RAW_SCAN -> readContext;
            default -> context;
        };
    }

    /** Fields that follow the region's own; a later occurrence of a field wins over an earlier one. */
    private static byte[] context(Config config, RawOptions options, boolean replicaRead) {
        ContextEncoder encoder = new ContextEncoder().replicaRead(replicaRead);
        if (options.priority() != CommandPriority.NORMAL) {
            encoder.priority(options.priority().number());
        }
        String source = options.requestSource() == null ? config.requestSource() : options.requestSource();
        if (source != null && !source.isEmpty()) {
            encoder.requestSource(source);
        }
        return encoder.encode();
    }
}
