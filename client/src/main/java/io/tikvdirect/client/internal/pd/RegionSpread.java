package io.tikvdirect.client.internal.pd;

import com.google.protobuf.ByteString;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.ServerException;
import io.tikvdirect.proto.pdpb.ErrorType;
import io.tikvdirect.proto.pdpb.GetOperatorRequest;
import io.tikvdirect.proto.pdpb.GetOperatorResponse;
import io.tikvdirect.proto.pdpb.OperatorStatus;
import io.tikvdirect.proto.pdpb.ScatterRegionRequest;
import io.tikvdirect.proto.pdpb.ScatterRegionResponse;
import io.tikvdirect.transport.GrpcMethod;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Thread-safe. Has PD spread regions over the stores (GC-07). */
public final class RegionSpread {
    private static final GrpcMethod SCATTER = GrpcMethod.of("pdpb.PD", "ScatterRegion");
    private static final GrpcMethod GET_OPERATOR = GrpcMethod.of("pdpb.PD", "GetOperator");
    private static final ByteString WORK = ByteString.copyFromUtf8("scatter-region");
    private static final int RETRIES = 5;

    private final PdClient pd;

    /**
     * Spreads regions.
     *
     * @param pd who does it
     */
    public RegionSpread(final PdClient pd) {
        this.pd = pd;
    }

    /**
     * Asks PD to spread regions; it goes on with that after it has answered.
     *
     * @param regions ids, at least one
     * @param group regions of one group are spread evenly among themselves; null: no group
     * @param deadlineNs {@link System#nanoTime()} based
     * @return completes when PD has begun; fails when it refuses some of the regions
     */
    public CompletableFuture<Boolean> begin(
            final List<Long> regions, final @Nullable String group, final long deadlineNs) {
        return pd.call(
                SCATTER,
                header -> ScatterRegionRequest.newBuilder()
                        .setHeader(header)
                        .addAllRegionsId(regions)
                        .setGroup(group == null ? "" : group)
                        .setRetryLimit(RETRIES)
                        .build(),
                ScatterRegionResponse.parser(),
                answer -> {
                    PdAnswers.check(answer.getHeader());
                    if (answer.getFinishedPercentage() < 100) {
                        throw new ServerException(
                                ErrorCode.SERVER_ERROR,
                                "PD spreads only " + answer.getFinishedPercentage() + " % of the regions",
                                FailureDetails.NONE,
                                null);
                    }
                    return true;
                },
                deadlineNs);
    }

    /**
     * Whether PD is still spreading a region.
     *
     * @param region its id
     * @param deadlineNs {@link System#nanoTime()} based
     * @return false when it does something else with it, or nothing
     */
    public CompletableFuture<Boolean> isRunning(final long region, final long deadlineNs) {
        return pd.call(
                GET_OPERATOR,
                header -> GetOperatorRequest.newBuilder()
                        .setHeader(header)
                        .setRegionId(region)
                        .build(),
                GetOperatorResponse.parser(),
                answer -> {
                    PdAnswers.checkUnless(ErrorType.REGION_NOT_FOUND, answer.getHeader());
                    return answer.getDesc().equals(WORK) && answer.getStatus() == OperatorStatus.RUNNING;
                },
                deadlineNs);
    }
}
