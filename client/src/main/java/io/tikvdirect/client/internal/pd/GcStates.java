package io.tikvdirect.client.internal.pd;

import com.google.protobuf.ByteString;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.ServerException;
import io.tikvdirect.client.UnsupportedFeatureException;
import io.tikvdirect.proto.pdpb.AdvanceGCSafePointRequest;
import io.tikvdirect.proto.pdpb.AdvanceGCSafePointResponse;
import io.tikvdirect.proto.pdpb.AdvanceTxnSafePointRequest;
import io.tikvdirect.proto.pdpb.AdvanceTxnSafePointResponse;
import io.tikvdirect.proto.pdpb.DeleteGCBarrierRequest;
import io.tikvdirect.proto.pdpb.DeleteGCBarrierResponse;
import io.tikvdirect.proto.pdpb.DeleteGlobalGCBarrierRequest;
import io.tikvdirect.proto.pdpb.DeleteGlobalGCBarrierResponse;
import io.tikvdirect.proto.pdpb.GCState;
import io.tikvdirect.proto.pdpb.GetGCSafePointRequest;
import io.tikvdirect.proto.pdpb.GetGCSafePointResponse;
import io.tikvdirect.proto.pdpb.GetGCStateRequest;
import io.tikvdirect.proto.pdpb.GetGCStateResponse;
import io.tikvdirect.proto.pdpb.GlobalGCBarrierInfo;
import io.tikvdirect.proto.pdpb.KeyspaceScope;
import io.tikvdirect.proto.pdpb.SetGCBarrierRequest;
import io.tikvdirect.proto.pdpb.SetGCBarrierResponse;
import io.tikvdirect.proto.pdpb.SetGlobalGCBarrierRequest;
import io.tikvdirect.proto.pdpb.SetGlobalGCBarrierResponse;
import io.tikvdirect.proto.pdpb.UpdateGCSafePointRequest;
import io.tikvdirect.proto.pdpb.UpdateGCSafePointResponse;
import io.tikvdirect.proto.pdpb.UpdateServiceGCSafePointRequest;
import io.tikvdirect.proto.pdpb.UpdateServiceGCSafePointResponse;
import io.tikvdirect.transport.GrpcMethod;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Thread-safe. What PD keeps of garbage collection: safe points and barriers (GC-02, GC-03). A PD that does not know
 * today's requests is asked by those before them: there the transaction safe point is the "service safe point" of the
 * collector, and a barrier is one of a service.
 */
public final class GcStates {
    /** The keyspace that stands for the whole cluster (client-go: NullspaceID). */
    private static final int WHOLE_CLUSTER = -1;

    /** Who moves the transaction safe point by the older requests. */
    private static final String COLLECTOR = "gc_worker";

    private static final GrpcMethod GET_STATE = GrpcMethod.of("pdpb.PD", "GetGCState");
    private static final GrpcMethod ADVANCE_TXN = GrpcMethod.of("pdpb.PD", "AdvanceTxnSafePoint");
    private static final GrpcMethod ADVANCE_GC = GrpcMethod.of("pdpb.PD", "AdvanceGCSafePoint");
    private static final GrpcMethod SET_BARRIER = GrpcMethod.of("pdpb.PD", "SetGCBarrier");
    private static final GrpcMethod DELETE_BARRIER = GrpcMethod.of("pdpb.PD", "DeleteGCBarrier");
    private static final GrpcMethod SET_GLOBAL = GrpcMethod.of("pdpb.PD", "SetGlobalGCBarrier");
    private static final GrpcMethod DELETE_GLOBAL = GrpcMethod.of("pdpb.PD", "DeleteGlobalGCBarrier");
    private static final GrpcMethod GET_OLD = GrpcMethod.of("pdpb.PD", "GetGCSafePoint");
    private static final GrpcMethod UPDATE_OLD = GrpcMethod.of("pdpb.PD", "UpdateGCSafePoint");
    private static final GrpcMethod UPDATE_SERVICE = GrpcMethod.of("pdpb.PD", "UpdateServiceGCSafePoint");

    private final PdClient pd;
    private volatile boolean isOld;

    /**
     * Safe points and barriers.
     *
     * @param pd where they are kept
     */
    public GcStates(final PdClient pd) {
        this.pd = pd;
    }

    /**
     * Where garbage collection stands; an older PD tells no barriers, and its only safe point stands for both.
     *
     * @param keyspaceId whose state, or less than 0 for that of the whole cluster
     * @param deadlineNs {@link System#nanoTime()} based
     * @return PD's own description
     */
    public CompletableFuture<GCState> state(final long keyspaceId, final long deadlineNs) {
        return orOlder(
                () -> pd.call(
                        GET_STATE,
                        header -> GetGCStateRequest.newBuilder()
                                .setHeader(header)
                                .setKeyspaceScope(scope(keyspaceId))
                                .build(),
                        GetGCStateResponse.parser(),
                        answer -> {
                            PdAnswers.check(answer.getHeader());
                            return answer.getGcState();
                        },
                        deadlineNs),
                () -> pd.call(
                        GET_OLD,
                        header -> GetGCSafePointRequest.newBuilder()
                                .setHeader(header)
                                .build(),
                        GetGCSafePointResponse.parser(),
                        answer -> {
                            PdAnswers.check(answer.getHeader());
                            return GCState.newBuilder()
                                    .setTxnSafePoint(answer.getSafePoint())
                                    .setGcSafePoint(answer.getSafePoint())
                                    .build();
                        },
                        deadlineNs));
    }

    /**
     * Moves the transaction safe point towards a timestamp: to it, or to the oldest barrier before it.
     *
     * @param keyspaceId whose, or less than 0 for that of the whole cluster
     * @param target not before the present one
     * @param deadlineNs {@link System#nanoTime()} based
     * @return where it is now
     */
    public CompletableFuture<Long> advanceTxn(final long keyspaceId, final long target, final long deadlineNs) {
        return orOlder(
                () -> pd.call(
                        ADVANCE_TXN,
                        header -> AdvanceTxnSafePointRequest.newBuilder()
                                .setHeader(header)
                                .setKeyspaceScope(scope(keyspaceId))
                                .setTarget(target)
                                .build(),
                        AdvanceTxnSafePointResponse.parser(),
                        answer -> {
                            PdAnswers.check(answer.getHeader());
                            return answer.getNewTxnSafePoint();
                        },
                        deadlineNs),
                () -> service(COLLECTOR, target, Long.MAX_VALUE, deadlineNs));
    }

    /**
     * Moves the safe point of stores: what is not needed at or after it may be removed.
     *
     * @param keyspaceId whose, or less than 0 for that of the whole cluster
     * @param target not above the transaction safe point
     * @param deadlineNs {@link System#nanoTime()} based
     * @return where it is now
     */
    public CompletableFuture<Long> advanceGc(final long keyspaceId, final long target, final long deadlineNs) {
        return orOlder(
                () -> pd.call(
                        ADVANCE_GC,
                        header -> AdvanceGCSafePointRequest.newBuilder()
                                .setHeader(header)
                                .setKeyspaceScope(scope(keyspaceId))
                                .setTarget(target)
                                .build(),
                        AdvanceGCSafePointResponse.parser(),
                        answer -> {
                            PdAnswers.check(answer.getHeader());
                            return answer.getNewGcSafePoint();
                        },
                        deadlineNs),
                () -> pd.call(
                        UPDATE_OLD,
                        header -> UpdateGCSafePointRequest.newBuilder()
                                .setHeader(header)
                                .setSafePoint(target)
                                .build(),
                        UpdateGCSafePointResponse.parser(),
                        answer -> {
                            PdAnswers.check(answer.getHeader());
                            return answer.getNewSafePoint();
                        },
                        deadlineNs));
    }

    /**
     * Makes, moves or renews a barrier.
     *
     * @param keyspaceId whose, or less than 0 for that of the whole cluster
     * @param name its name
     * @param timestamp what it keeps, and all that is younger; not before the transaction safe point
     * @param ttlSeconds how long it stands, at least 1
     * @param deadlineNs {@link System#nanoTime()} based
     * @return fails when PD refuses it
     */
    public CompletableFuture<Boolean> setBarrier(
            final long keyspaceId,
            final String name,
            final long timestamp,
            final long ttlSeconds,
            final long deadlineNs) {
        return orOlder(
                () -> pd.call(
                        SET_BARRIER,
                        header -> SetGCBarrierRequest.newBuilder()
                                .setHeader(header)
                                .setKeyspaceScope(scope(keyspaceId))
                                .setBarrierId(name)
                                .setBarrierTs(timestamp)
                                .setTtlSeconds(ttlSeconds)
                                .build(),
                        SetGCBarrierResponse.parser(),
                        answer -> {
                            PdAnswers.check(answer.getHeader());
                            return true;
                        },
                        deadlineNs),
                () -> serviceBarrier(name, timestamp, ttlSeconds, deadlineNs));
    }

    /**
     * Removes a barrier.
     *
     * @param keyspaceId whose, or less than 0 for that of the whole cluster
     * @param name its name; none of that name is no failure
     * @param deadlineNs {@link System#nanoTime()} based
     * @return completes when it is gone
     */
    public CompletableFuture<Boolean> deleteBarrier(final long keyspaceId, final String name, final long deadlineNs) {
        return orOlder(
                () -> pd.call(
                        DELETE_BARRIER,
                        header -> DeleteGCBarrierRequest.newBuilder()
                                .setHeader(header)
                                .setKeyspaceScope(scope(keyspaceId))
                                .setBarrierId(name)
                                .build(),
                        DeleteGCBarrierResponse.parser(),
                        answer -> {
                            PdAnswers.check(answer.getHeader());
                            return true;
                        },
                        deadlineNs),
                () -> service(name, 0, 0, deadlineNs).thenApply(oldest -> true));
    }

    /**
     * Makes, moves or renews a barrier of all keyspaces. With an older PD every barrier is one.
     *
     * @param name its name
     * @param timestamp what it keeps, and all that is younger; not before a transaction safe point
     * @param ttlSeconds how long it stands, at least 1
     * @param deadlineNs {@link System#nanoTime()} based
     * @return fails when PD refuses it
     */
    public CompletableFuture<Boolean> setGlobalBarrier(
            final String name, final long timestamp, final long ttlSeconds, final long deadlineNs) {
        return orOlder(
                () -> pd.call(
                        SET_GLOBAL,
                        header -> SetGlobalGCBarrierRequest.newBuilder()
                                .setHeader(header)
                                .setBarrierId(name)
                                .setBarrierTs(timestamp)
                                .setTtlSeconds(ttlSeconds)
                                .build(),
                        SetGlobalGCBarrierResponse.parser(),
                        answer -> {
                            PdAnswers.check(answer.getHeader());
                            return true;
                        },
                        deadlineNs),
                () -> serviceBarrier(name, timestamp, ttlSeconds, deadlineNs));
    }

    /**
     * Removes a barrier of all keyspaces.
     *
     * @param name its name; none of that name is no failure
     * @param deadlineNs {@link System#nanoTime()} based
     * @return completes when it is gone
     */
    public CompletableFuture<Boolean> deleteGlobalBarrier(final String name, final long deadlineNs) {
        return orOlder(
                () -> pd.call(
                        DELETE_GLOBAL,
                        header -> DeleteGlobalGCBarrierRequest.newBuilder()
                                .setHeader(header)
                                .setBarrierId(name)
                                .build(),
                        DeleteGlobalGCBarrierResponse.parser(),
                        answer -> {
                            PdAnswers.check(answer.getHeader());
                            return true;
                        },
                        deadlineNs),
                () -> service(name, 0, 0, deadlineNs).thenApply(oldest -> true));
    }

    /**
     * The barriers of all keyspaces.
     *
     * @param deadlineNs {@link System#nanoTime()} based
     * @return none from a PD that does not tell
     */
    public CompletableFuture<List<GlobalGCBarrierInfo>> globalBarriers(final long deadlineNs) {
        return orOlder(
                () -> pd.call(
                        GET_STATE,
                        header -> GetGCStateRequest.newBuilder()
                                .setHeader(header)
                                .setKeyspaceScope(scope(WHOLE_CLUSTER))
                                .setExcludeGcBarriers(true)
                                .setIncludeGlobalGcBarriers(true)
                                .build(),
                        GetGCStateResponse.parser(),
                        answer -> {
                            PdAnswers.check(answer.getHeader());
                            return answer.getGlobalGcBarriers().getBarriersList();
                        },
                        deadlineNs),
                () -> CompletableFuture.completedFuture(List.of()));
    }

    private CompletableFuture<Boolean> serviceBarrier(
            final String name, final long timestamp, final long ttlSeconds, final long deadlineNs) {
        return service(name, timestamp, ttlSeconds, deadlineNs).thenApply(oldest -> {
            if (Long.compareUnsigned(oldest, timestamp) > 0) {
                throw new ServerException(
                        ErrorCode.SERVER_ERROR,
                        "the barrier lies before the safe point " + Long.toUnsignedString(oldest),
                        FailureDetails.NONE,
                        null);
            }
            return true;
        });
    }

    /** The oldest request of all: gives the oldest timestamp that any service needs. */
    private CompletableFuture<Long> service(
            final String name, final long timestamp, final long ttlSeconds, final long deadlineNs) {
        return pd.call(
                UPDATE_SERVICE,
                header -> UpdateServiceGCSafePointRequest.newBuilder()
                        .setHeader(header)
                        .setServiceId(ByteString.copyFromUtf8(name))
                        .setTTL(ttlSeconds)
                        .setSafePoint(timestamp)
                        .build(),
                UpdateServiceGCSafePointResponse.parser(),
                answer -> {
                    PdAnswers.check(answer.getHeader());
                    return answer.getMinSafePoint();
                },
                deadlineNs);
    }

    private static KeyspaceScope scope(final long keyspaceId) {
        return KeyspaceScope.newBuilder()
                .setKeyspaceId(keyspaceId < 0 ? WHOLE_CLUSTER : (int) keyspaceId)
                .build();
    }

    private <T> CompletableFuture<T> orOlder(
            final Supplier<CompletableFuture<T>> today, final Supplier<CompletableFuture<T>> before) {
        if (isOld) {
            return before.get();
        }
        return today.get().exceptionallyCompose(failure -> {
            if (PdFailures.unwrapped(failure) instanceof UnsupportedFeatureException) {
                isOld = true;
                return before.get();
            }
            return CompletableFuture.failedFuture(PdFailures.unwrapped(failure));
        });
    }
}
