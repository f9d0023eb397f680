package io.tikvdirect.embedded.internal.pd;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.tikvdirect.embedded.internal.pd.GcState.Advance;
import io.tikvdirect.embedded.internal.pd.GcState.RefusedException;
import io.tikvdirect.proto.pdpb.AdvanceGCSafePointRequest;
import io.tikvdirect.proto.pdpb.AdvanceGCSafePointResponse;
import io.tikvdirect.proto.pdpb.AdvanceTxnSafePointRequest;
import io.tikvdirect.proto.pdpb.AdvanceTxnSafePointResponse;
import io.tikvdirect.proto.pdpb.DeleteGCBarrierRequest;
import io.tikvdirect.proto.pdpb.DeleteGCBarrierResponse;
import io.tikvdirect.proto.pdpb.DeleteGlobalGCBarrierRequest;
import io.tikvdirect.proto.pdpb.DeleteGlobalGCBarrierResponse;
import io.tikvdirect.proto.pdpb.ErrorType;
import io.tikvdirect.proto.pdpb.GCBarrierInfo;
import io.tikvdirect.proto.pdpb.GCState;
import io.tikvdirect.proto.pdpb.GetAllKeyspacesGCStatesRequest;
import io.tikvdirect.proto.pdpb.GetAllKeyspacesGCStatesResponse;
import io.tikvdirect.proto.pdpb.GetGCSafePointRequest;
import io.tikvdirect.proto.pdpb.GetGCSafePointResponse;
import io.tikvdirect.proto.pdpb.GetGCStateRequest;
import io.tikvdirect.proto.pdpb.GetGCStateResponse;
import io.tikvdirect.proto.pdpb.GlobalGCBarrierInfo;
import io.tikvdirect.proto.pdpb.GlobalGCBarriersInfo;
import io.tikvdirect.proto.pdpb.KeyspaceScope;
import io.tikvdirect.proto.pdpb.ResponseHeader;
import io.tikvdirect.proto.pdpb.SetGCBarrierRequest;
import io.tikvdirect.proto.pdpb.SetGCBarrierResponse;
import io.tikvdirect.proto.pdpb.SetGlobalGCBarrierRequest;
import io.tikvdirect.proto.pdpb.SetGlobalGCBarrierResponse;
import io.tikvdirect.proto.pdpb.UpdateGCSafePointRequest;
import io.tikvdirect.proto.pdpb.UpdateGCSafePointResponse;
import io.tikvdirect.proto.pdpb.UpdateServiceGCSafePointRequest;
import io.tikvdirect.proto.pdpb.UpdateServiceGCSafePointResponse;

/** Thread-safe. PD's safe points and barriers, by the present API and by the two before it. */
final class GcService {
    /** The keyspace that means "none": all others share its state. */
    private static final int NULL_KEYSPACE = -1;

    private final PdHeaders headers;
    private final GcState state;
    private final Keyspaces keyspaces;

    GcService(PdHeaders headers, GcState state, Keyspaces keyspaces) {
        this.headers = headers;
        this.state = state;
        this.keyspaces = keyspaces;
    }

    void register(PdCommands pd) {
        pd.add(
                        "GetGCState",
                        GetGCStateRequest.getDefaultInstance(),
                        GetGCStateResponse.getDefaultInstance(),
                        GetGCStateRequest::getHeader,
                        this::gcState)
                .add(
                        "GetAllKeyspacesGCStates",
                        GetAllKeyspacesGCStatesRequest.getDefaultInstance(),
                        GetAllKeyspacesGCStatesResponse.getDefaultInstance(),
                        GetAllKeyspacesGCStatesRequest::getHeader,
                        this::allStates)
                .add(
                        "AdvanceTxnSafePoint",
                        AdvanceTxnSafePointRequest.getDefaultInstance(),
                        AdvanceTxnSafePointResponse.getDefaultInstance(),
                        AdvanceTxnSafePointRequest::getHeader,
                        this::advanceTxn)
                .add(
                        "AdvanceGCSafePoint",
                        AdvanceGCSafePointRequest.getDefaultInstance(),
                        AdvanceGCSafePointResponse.getDefaultInstance(),
                        AdvanceGCSafePointRequest::getHeader,
                        this::advanceGc)
                .add(
                        "SetGCBarrier",
                        SetGCBarrierRequest.getDefaultInstance(),
                        SetGCBarrierResponse.getDefaultInstance(),
                        SetGCBarrierRequest::getHeader,
                        this::setBarrier)
                .add(
                        "DeleteGCBarrier",
                        DeleteGCBarrierRequest.getDefaultInstance(),
                        DeleteGCBarrierResponse.getDefaultInstance(),
                        DeleteGCBarrierRequest::getHeader,
                        this::deleteBarrier)
                .add(
                        "SetGlobalGCBarrier",
                        SetGlobalGCBarrierRequest.getDefaultInstance(),
                        SetGlobalGCBarrierResponse.getDefaultInstance(),
                        SetGlobalGCBarrierRequest::getHeader,
                        this::setGlobalBarrier)
                .add(
                        "DeleteGlobalGCBarrier",
                        DeleteGlobalGCBarrierRequest.getDefaultInstance(),
                        DeleteGlobalGCBarrierResponse.getDefaultInstance(),
                        DeleteGlobalGCBarrierRequest::getHeader,
                        this::deleteGlobalBarrier);
        registerOlder(pd);
    }

    private void registerOlder(PdCommands pd) {
        pd.add(
                        "GetGCSafePoint",
                        GetGCSafePointRequest.getDefaultInstance(),
                        GetGCSafePointResponse.getDefaultInstance(),
                        GetGCSafePointRequest::getHeader,
                        this::gcSafePoint)
                .add(
                        "UpdateGCSafePoint",
                        UpdateGCSafePointRequest.getDefaultInstance(),
                        UpdateGCSafePointResponse.getDefaultInstance(),
                        UpdateGCSafePointRequest::getHeader,
                        this::updateGcSafePoint)
                .add(
                        "UpdateServiceGCSafePoint",
                        UpdateServiceGCSafePointRequest.getDefaultInstance(),
                        UpdateServiceGCSafePointResponse.getDefaultInstance(),
                        UpdateServiceGCSafePointRequest::getHeader,
                        this::updateServiceSafePoint);
    }

    private GetGCStateResponse gcState(GetGCStateRequest request) {
        if (!isKnown(request.getKeyspaceScope())) {
            return GetGCStateResponse.newBuilder()
                    .setHeader(refused("keyspace does not exist"))
                    .build();
        }
        GetGCStateResponse.Builder response = GetGCStateResponse.newBuilder()
                .setHeader(headers.ok())
                .setGcState(describe(request.getExcludeGcBarriers()));
        if (request.getIncludeGlobalGcBarriers()) {
            response.setGlobalGcBarriers(GlobalGCBarriersInfo.newBuilder().addAllBarriers(state.globalBarriers()));
        }
        return response.build();
    }

    private boolean isKnown(KeyspaceScope scope) {
        return !scope.hasKeyspaceId()
                || scope.getKeyspaceId() == NULL_KEYSPACE
                || keyspaces.byId(scope.getKeyspaceId()) != null;
    }

    private GCState describe(boolean withoutBarriers) {
        GCState.Builder description = GCState.newBuilder()
                .setKeyspaceScope(KeyspaceScope.newBuilder().setKeyspaceId(NULL_KEYSPACE))
                .setTxnSafePoint(state.txnSafePoint())
                .setGcSafePoint(state.gcSafePoint());
        if (!withoutBarriers) {
            description.addAllGcBarriers(state.barriers());
        }
        return description.build();
    }

    private GetAllKeyspacesGCStatesResponse allStates(GetAllKeyspacesGCStatesRequest request) {
        GetAllKeyspacesGCStatesResponse.Builder response = GetAllKeyspacesGCStatesResponse.newBuilder()
                .setHeader(headers.ok())
                .addGcStates(describe(request.getExcludeGcBarriers()));
        if (!request.getExcludeGlobalGcBarriers()) {
            response.addAllGlobalGcBarriers(state.globalBarriers());
        }
        keyspaces
                .from(0)
                .forEach(keyspace -> response.addGcStates(GCState.newBuilder()
                        .setKeyspaceScope(KeyspaceScope.newBuilder().setKeyspaceId(keyspace.getId()))));
        return response.build();
    }

    private AdvanceTxnSafePointResponse advanceTxn(AdvanceTxnSafePointRequest request) {
        try {
            Advance advance = state.advanceTxn(request.getTarget());
            return AdvanceTxnSafePointResponse.newBuilder()
                    .setHeader(headers.ok())
                    .setOldTxnSafePoint(advance.before())
                    .setNewTxnSafePoint(advance.after())
                    .setBlockerDescription(advance.blocker() == null ? "" : advance.blocker())
                    .build();
        } catch (RefusedException refused) {
            return AdvanceTxnSafePointResponse.newBuilder()
                    .setHeader(refused(refused.reason()))
                    .build();
        }
    }

    private AdvanceGCSafePointResponse advanceGc(AdvanceGCSafePointRequest request) {
        try {
            Advance advance = state.advanceGc(request.getTarget());
            return AdvanceGCSafePointResponse.newBuilder()
                    .setHeader(headers.ok())
                    .setOldGcSafePoint(advance.before())
                    .setNewGcSafePoint(advance.after())
                    .build();
        } catch (RefusedException refused) {
            return AdvanceGCSafePointResponse.newBuilder()
                    .setHeader(refused(refused.reason()))
                    .build();
        }
    }

    private SetGCBarrierResponse setBarrier(SetGCBarrierRequest request) {
        try {
            GCBarrierInfo barrier =
                    state.setBarrier(request.getBarrierId(), request.getBarrierTs(), request.getTtlSeconds());
            return SetGCBarrierResponse.newBuilder()
                    .setHeader(headers.ok())
                    .setNewBarrierInfo(barrier)
                    .build();
        } catch (RefusedException refused) {
            return SetGCBarrierResponse.newBuilder()
                    .setHeader(refused(refused.reason()))
                    .build();
        }
    }

    private DeleteGCBarrierResponse deleteBarrier(DeleteGCBarrierRequest request) {
        DeleteGCBarrierResponse.Builder response =
                DeleteGCBarrierResponse.newBuilder().setHeader(headers.ok());
        GCBarrierInfo deleted = state.deleteBarrier(request.getBarrierId());
        return (deleted == null ? response : response.setDeletedBarrierInfo(deleted)).build();
    }

    private SetGlobalGCBarrierResponse setGlobalBarrier(SetGlobalGCBarrierRequest request) {
        SetGlobalGCBarrierResponse.Builder response = SetGlobalGCBarrierResponse.newBuilder();
        try {
            return response.setNewBarrierInfo(state.setGlobalBarrier(
                            request.getBarrierId(), request.getBarrierTs(), request.getTtlSeconds()))
                    .setHeader(headers.ok())
                    .build();
        } catch (RefusedException refused) {
            return response.setHeader(refused(refused.reason())).build();
        }
    }

    private DeleteGlobalGCBarrierResponse deleteGlobalBarrier(DeleteGlobalGCBarrierRequest request) {
        DeleteGlobalGCBarrierResponse.Builder response =
                DeleteGlobalGCBarrierResponse.newBuilder().setHeader(headers.ok());
        GlobalGCBarrierInfo deleted = state.deleteGlobalBarrier(request.getBarrierId());
        return (deleted == null ? response : response.setDeletedBarrierInfo(deleted)).build();
    }

    private GetGCSafePointResponse gcSafePoint(GetGCSafePointRequest request) {
        return GetGCSafePointResponse.newBuilder()
                .setHeader(headers.ok())
                .setSafePoint(state.gcSafePoint())
                .build();
    }

    /** Backward succeeds with the old value (SURPRISES 44). */
    private UpdateGCSafePointResponse updateGcSafePoint(UpdateGCSafePointRequest request) {
        UpdateGCSafePointResponse.Builder response = UpdateGCSafePointResponse.newBuilder();
        if (Long.compareUnsigned(request.getSafePoint(), state.gcSafePoint()) >= 0) {
            try {
                state.advanceGc(request.getSafePoint());
            } catch (RefusedException refused) {
                return response.setHeader(refused(refused.reason())).build();
            }
        }
        return response.setHeader(headers.ok())
                .setNewSafePoint(state.gcSafePoint())
                .build();
    }

    /** The oldest API: gc_worker's safe point is the transaction safe point, every other service's is a barrier. */
    private UpdateServiceGCSafePointResponse updateServiceSafePoint(UpdateServiceGCSafePointRequest request) {
        String service = request.getServiceId().toStringUtf8();
        try {
            if (service.equals(GcState.GC_WORKER)) {
                moveGcWorker(request);
            } else if (request.getTTL() <= 0) {
                state.deleteBarrier(service);
            } else if (Long.compareUnsigned(request.getSafePoint(), state.txnSafePoint()) >= 0) {
                state.setBarrier(service, request.getSafePoint(), request.getTTL());
            }
        } catch (RefusedException refused) {
            throw Status.UNKNOWN.withDescription(refused.reason()).asRuntimeException();
        }
        return UpdateServiceGCSafePointResponse.newBuilder()
                .setHeader(headers.ok())
                .setServiceId(ByteString.copyFromUtf8(GcState.GC_WORKER))
                .setTTL(Long.MAX_VALUE - state.nowSecond())
                .setMinSafePoint(state.txnSafePoint())
                .build();
    }

    private void moveGcWorker(UpdateServiceGCSafePointRequest request) throws RefusedException {
        if (request.getTTL() != Long.MAX_VALUE) {
            throw new RefusedException("TTL of gc_worker's service safe point must be infinity");
        }
        state.advanceTxn(request.getSafePoint());
    }

    private ResponseHeader refused(String why) {
        return headers.error(ErrorType.UNKNOWN, why);
    }
}
