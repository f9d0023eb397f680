package io.tikvdirect.embedded.internal.pd;

import io.tikvdirect.embedded.internal.topology.Ids;
import io.tikvdirect.proto.metapb.Cluster;
import io.tikvdirect.proto.metapb.Store;
import io.tikvdirect.proto.pdpb.AllocIDRequest;
import io.tikvdirect.proto.pdpb.AllocIDResponse;
import io.tikvdirect.proto.pdpb.BootstrapRequest;
import io.tikvdirect.proto.pdpb.BootstrapResponse;
import io.tikvdirect.proto.pdpb.ErrorType;
import io.tikvdirect.proto.pdpb.GetAllStoresRequest;
import io.tikvdirect.proto.pdpb.GetAllStoresResponse;
import io.tikvdirect.proto.pdpb.GetClusterConfigRequest;
import io.tikvdirect.proto.pdpb.GetClusterConfigResponse;
import io.tikvdirect.proto.pdpb.GetClusterInfoRequest;
import io.tikvdirect.proto.pdpb.GetClusterInfoResponse;
import io.tikvdirect.proto.pdpb.GetMembersRequest;
import io.tikvdirect.proto.pdpb.GetMembersResponse;
import io.tikvdirect.proto.pdpb.GetStoreRequest;
import io.tikvdirect.proto.pdpb.GetStoreResponse;
import io.tikvdirect.proto.pdpb.IsBootstrappedRequest;
import io.tikvdirect.proto.pdpb.IsBootstrappedResponse;
import io.tikvdirect.proto.pdpb.IsSnapshotRecoveringRequest;
import io.tikvdirect.proto.pdpb.IsSnapshotRecoveringResponse;
import io.tikvdirect.proto.pdpb.Member;
import io.tikvdirect.proto.pdpb.ServiceMode;
import io.tikvdirect.proto.pdpb.StoreStats;
import java.util.function.Supplier;

/** Thread-safe. PD's members, the cluster as a whole, and its stores. */
final class MemberService {
    private final PdHeaders headers;
    private final Supplier<String> url;
    private final StoreDirectory stores;
    private final Ids ids;
    private final int maxPeers;

    MemberService(PdHeaders headers, Supplier<String> url, StoreDirectory stores, Ids ids, int maxPeers) {
        this.headers = headers;
        this.url = url;
        this.stores = stores;
        this.ids = ids;
        this.maxPeers = maxPeers;
    }

    void register(PdCommands pd) {
        pd.addUnchecked(
                        "GetMembers",
                        GetMembersRequest.getDefaultInstance(),
                        GetMembersResponse.getDefaultInstance(),
                        this::members)
                .addUnchecked(
                        "GetClusterInfo",
                        GetClusterInfoRequest.getDefaultInstance(),
                        GetClusterInfoResponse.getDefaultInstance(),
                        this::clusterInfo)
                .add(
                        "GetClusterConfig",
                        GetClusterConfigRequest.getDefaultInstance(),
                        GetClusterConfigResponse.getDefaultInstance(),
                        GetClusterConfigRequest::getHeader,
                        this::clusterConfig)
                .add(
                        "Bootstrap",
                        BootstrapRequest.getDefaultInstance(),
                        BootstrapResponse.getDefaultInstance(),
                        BootstrapRequest::getHeader,
                        this::bootstrap)
                .add(
                        "IsBootstrapped",
                        IsBootstrappedRequest.getDefaultInstance(),
                        IsBootstrappedResponse.getDefaultInstance(),
                        IsBootstrappedRequest::getHeader,
                        this::isBootstrapped)
                .add(
                        "IsSnapshotRecovering",
                        IsSnapshotRecoveringRequest.getDefaultInstance(),
                        IsSnapshotRecoveringResponse.getDefaultInstance(),
                        IsSnapshotRecoveringRequest::getHeader,
                        this::isSnapshotRecovering);
        registerStores(pd);
    }

    private void registerStores(PdCommands pd) {
        pd.add(
                        "AllocID",
                        AllocIDRequest.getDefaultInstance(),
                        AllocIDResponse.getDefaultInstance(),
                        AllocIDRequest::getHeader,
                        this::allocId)
                .add(
                        "GetStore",
                        GetStoreRequest.getDefaultInstance(),
                        GetStoreResponse.getDefaultInstance(),
                        GetStoreRequest::getHeader,
                        this::store)
                .add(
                        "GetAllStores",
                        GetAllStoresRequest.getDefaultInstance(),
                        GetAllStoresResponse.getDefaultInstance(),
                        GetAllStoresRequest::getHeader,
                        this::allStores);
    }

    private GetMembersResponse members(GetMembersRequest request) {
        Member member = Member.newBuilder()
                .setName("pd")
                .setMemberId(EtcdMembers.MEMBER_ID)
                .addClientUrls(url.get())
                .addPeerUrls(url.get())
                .build();
        return GetMembersResponse.newBuilder()
                .setHeader(headers.ok())
                .addMembers(member)
                .setLeader(member)
                .setEtcdLeader(member)
                .build();
    }

    private GetClusterInfoResponse clusterInfo(GetClusterInfoRequest request) {
        return GetClusterInfoResponse.newBuilder()
                .setHeader(headers.ok())
                .addServiceModes(ServiceMode.PD_SVC_MODE)
                .build();
    }

    private GetClusterConfigResponse clusterConfig(GetClusterConfigRequest request) {
        return GetClusterConfigResponse.newBuilder()
                .setHeader(headers.ok())
                .setCluster(Cluster.newBuilder().setId(headers.clusterId()).setMaxPeerCount(maxPeers))
                .build();
    }

    private BootstrapResponse bootstrap(BootstrapRequest request) {
        return BootstrapResponse.newBuilder()
                .setHeader(headers.error(ErrorType.ALREADY_BOOTSTRAPPED, "cluster is already bootstrapped"))
                .build();
    }

    private IsBootstrappedResponse isBootstrapped(IsBootstrappedRequest request) {
        return IsBootstrappedResponse.newBuilder()
                .setHeader(headers.ok())
                .setBootstrapped(true)
                .build();
    }

    private IsSnapshotRecoveringResponse isSnapshotRecovering(IsSnapshotRecoveringRequest request) {
        return IsSnapshotRecoveringResponse.newBuilder().setHeader(headers.ok()).build();
    }

    /** Gives the last of {@code count} ids; 0 asks for one, as older clients do. */
    private AllocIDResponse allocId(AllocIDRequest request) {
        int count = Math.max(1, request.getCount());
        return AllocIDResponse.newBuilder()
                .setHeader(headers.ok())
                .setId(ids.lastOf(count))
                .setCount(count)
                .build();
    }

    private GetStoreResponse store(GetStoreRequest request) {
        Store store = stores.find(request.getStoreId());
        if (store == null) {
            String message = "there is no store " + Long.toUnsignedString(request.getStoreId());
            return GetStoreResponse.newBuilder()
                    .setHeader(headers.error(ErrorType.UNKNOWN, message))
                    .build();
        }
        return GetStoreResponse.newBuilder()
                .setHeader(headers.ok())
                .setStore(store)
                .setStats(StoreStats.newBuilder().setStoreId(store.getId()))
                .build();
    }

    private GetAllStoresResponse allStores(GetAllStoresRequest request) {
        return GetAllStoresResponse.newBuilder()
                .setHeader(headers.ok())
                .addAllStores(stores.all())
                .build();
    }
}
