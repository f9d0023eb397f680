package io.tikvdirect.embedded;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.IsolationLevel;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import io.tikvdirect.proto.kvrpcpb.RawPutRequest;
import io.tikvdirect.proto.kvrpcpb.RawScanRequest;
import io.tikvdirect.proto.metapb.RegionEpoch;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Thread-safe. A mistake that a store could make, planted on purpose: whoever judges the cluster has to notice each. A
 * defect changes requests on their way in, and the healthy store then answers the wrong question rightly.
 */
enum Defect {
    /** A healthy cluster, for comparison. */
    NONE {
        @Override
        Message spoil(Message request, EmbeddedCluster cluster) {
            return request;
        }
    },

    /** A reverse scan leaves out its lower bound, as if the bounds had changed their roles. */
    REVERSE_SCAN_BOUNDS {
        @Override
        Message spoil(Message request, EmbeddedCluster cluster) {
            if (request instanceof RawScanRequest scan
                    && scan.getReverse()
                    && !scan.getEndKey().isEmpty()) {
                return scan.toBuilder()
                        .setEndKey(scan.getEndKey().concat(ByteString.copyFrom(new byte[1])))
                        .build();
            }
            return request;
        }
    },

    /**
     * One put in twenty is acknowledged, but what it wrote can't be found. Which one depends on its value, so that a
     * program that shows it does so again.
     */
    LOST_PUT {
        @Override
        Message spoil(Message request, EmbeddedCluster cluster) {
            if (request instanceof RawPutRequest put
                    && put.getCf().isEmpty()
                    && put.getValue().size() > 0
                    && Math.floorMod(put.getValue().hashCode(), LOST_ONE_IN) == 0) {
                return put.toBuilder().setCf("write").build();
            }
            return request;
        }
    },

    /** Requests with an old epoch are served, so that clients never learn of a split. */
    STALE_EPOCH {
        @Override
        Message spoil(Message request, EmbeddedCluster cluster) {
            return withContext(request, context -> context.toBuilder()
                    .setRegionEpoch(currentEpoch(context, cluster))
                    .build());
        }
    },

    /** Transactional reads pass every lock. */
    IGNORED_LOCKS {
        @Override
        Message spoil(Message request, EmbeddedCluster cluster) {
            return READS.contains(request.getDescriptorForType().getName())
                    ? withContext(request, context -> context.toBuilder()
                            .setIsolationLevel(IsolationLevel.RC)
                            .build())
                    : request;
        }
    },

    /** Transactional reads show what was committed after their snapshot. */
    NEWEST_READS {
        @Override
        Message spoil(Message request, EmbeddedCluster cluster) {
            return READS.contains(request.getDescriptorForType().getName())
                    ? request.toBuilder()
                            .setField(request.getDescriptorForType().findFieldByName("version"), NEWEST)
                            .build()
                    : request;
        }
    },

    /** An optimistic transaction overwrites what was committed after its start: the first of two updates is lost. */
    UNSEEN_CONFLICT {
        @Override
        Message spoil(Message request, EmbeddedCluster cluster) {
            return request instanceof PrewriteRequest prewrite
                    ? prewrite.toBuilder().setSkipConstraintCheck(true).build()
                    : request;
        }
    };

    private static final int LOST_ONE_IN = 20;
    private static final long NEWEST = -1; // the greatest of all timestamps, unsigned
    private static final Set<String> READS = Set.of("GetRequest", "BatchGetRequest", "ScanRequest");

    /** The request that the store sees instead. */
    abstract Message spoil(Message request, EmbeddedCluster cluster);

    /** The defect of a name like {@code lost-put}. */
    static Defect named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    private static Message withContext(Message request, UnaryOperator<Context> change) {
        FieldDescriptor context = request.getDescriptorForType().findFieldByName("context");
        if (context == null || !request.hasField(context)) {
            return request;
        }
        return request.toBuilder()
                .setField(context, change.apply((Context) request.getField(context)))
                .build();
    }

    private static RegionEpoch currentEpoch(Context context, EmbeddedCluster cluster) {
        for (EmbeddedRegion region : cluster.regions()) {
            if (region.id() == context.getRegionId()) {
                return RegionEpoch.newBuilder()
                        .setConfVer(region.confVer())
                        .setVersion(region.version())
                        .build();
            }
        }
        return context.getRegionEpoch();
    }
}
