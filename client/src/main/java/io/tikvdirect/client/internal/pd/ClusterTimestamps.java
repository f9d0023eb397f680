package io.tikvdirect.client.internal.pd;

import io.tikvdirect.proto.pdpb.GetExternalTimestampRequest;
import io.tikvdirect.proto.pdpb.GetExternalTimestampResponse;
import io.tikvdirect.proto.pdpb.GetMinTSRequest;
import io.tikvdirect.proto.pdpb.GetMinTSResponse;
import io.tikvdirect.proto.pdpb.SetExternalTimestampRequest;
import io.tikvdirect.proto.pdpb.SetExternalTimestampResponse;
import io.tikvdirect.transport.GrpcMethod;
import java.util.concurrent.CompletableFuture;

/** Thread-safe. Timestamps that PD keeps for the whole cluster, beside those the oracle gives out (TSO-05). */
public final class ClusterTimestamps {
    private static final int LOGICAL_BITS = 18;

    private static final GrpcMethod GET_MIN = GrpcMethod.of("pdpb.PD", "GetMinTS");
    private static final GrpcMethod GET_EXTERNAL = GrpcMethod.of("pdpb.PD", "GetExternalTimestamp");
    private static final GrpcMethod SET_EXTERNAL = GrpcMethod.of("pdpb.PD", "SetExternalTimestamp");

    private final PdClient pd;

    /**
     * Timestamps of a cluster.
     *
     * @param pd where they are kept
     */
    public ClusterTimestamps(final PdClient pd) {
        this.pd = pd;
    }

    /**
     * The least of what the oracles of all groups of keyspaces would give out now.
     *
     * @param deadlineNs {@link System#nanoTime()} based
     * @return good for comparing, not for beginning a transaction with
     */
    public CompletableFuture<Long> min(final long deadlineNs) {
        return pd.call(
                GET_MIN,
                header -> GetMinTSRequest.newBuilder().setHeader(header).build(),
                GetMinTSResponse.parser(),
                answer -> {
                    PdAnswers.check(answer.getHeader());
                    return answer.getTimestamp().getPhysical() << LOGICAL_BITS
                            | answer.getTimestamp().getLogical();
                },
                deadlineNs);
    }

    /**
     * The timestamp somebody has set for readers of the cluster.
     *
     * @param deadlineNs {@link System#nanoTime()} based
     * @return 0 when nobody has
     */
    public CompletableFuture<Long> external(final long deadlineNs) {
        return pd.call(
                GET_EXTERNAL,
                header -> GetExternalTimestampRequest.newBuilder()
                        .setHeader(header)
                        .build(),
                GetExternalTimestampResponse.parser(),
                answer -> {
                    PdAnswers.check(answer.getHeader());
                    return answer.getTimestamp();
                },
                deadlineNs);
    }

    /**
     * Sets that timestamp.
     *
     * @param timestamp larger than before, and not in the future
     * @param deadlineNs {@link System#nanoTime()} based
     * @return fails when PD refuses it
     */
    public CompletableFuture<Boolean> setExternal(final long timestamp, final long deadlineNs) {
        return pd.call(
                SET_EXTERNAL,
                header -> SetExternalTimestampRequest.newBuilder()
                        .setHeader(header)
                        .setTimestamp(timestamp)
                        .build(),
                SetExternalTimestampResponse.parser(),
                answer -> {
                    PdAnswers.check(answer.getHeader());
                    return true;
                },
                deadlineNs);
    }
}
