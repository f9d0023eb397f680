package io.tikvdirect.bench.nullserver;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Message;
import io.netty.buffer.ByteBuf;
import io.tikvdirect.proto.meta_storagepb.GetResponse;
import io.tikvdirect.proto.metapb.Peer;
import io.tikvdirect.proto.metapb.Region;
import io.tikvdirect.proto.metapb.RegionEpoch;
import io.tikvdirect.proto.metapb.Store;
import io.tikvdirect.proto.pdpb.BatchScanRegionsResponse;
import io.tikvdirect.proto.pdpb.GetAllStoresResponse;
import io.tikvdirect.proto.pdpb.GetClusterInfoResponse;
import io.tikvdirect.proto.pdpb.GetMembersResponse;
import io.tikvdirect.proto.pdpb.GetRegionByIDRequest;
import io.tikvdirect.proto.pdpb.GetRegionRequest;
import io.tikvdirect.proto.pdpb.GetRegionResponse;
import io.tikvdirect.proto.pdpb.GetStoreRequest;
import io.tikvdirect.proto.pdpb.GetStoreResponse;
import io.tikvdirect.proto.pdpb.IsBootstrappedResponse;
import io.tikvdirect.proto.pdpb.Member;
import io.tikvdirect.proto.pdpb.QueryRegionRequest;
import io.tikvdirect.proto.pdpb.QueryRegionResponse;
import io.tikvdirect.proto.pdpb.RegionResponse;
import io.tikvdirect.proto.pdpb.ResponseHeader;
import io.tikvdirect.proto.pdpb.ScanRegionsRequest;
import io.tikvdirect.proto.pdpb.ScanRegionsResponse;
import io.tikvdirect.proto.pdpb.ServiceMode;
import io.tikvdirect.proto.pdpb.Timestamp;
import io.tikvdirect.proto.pdpb.TsoRequest;
import io.tikvdirect.proto.pdpb.TsoResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Thread-safe. PD of a cluster whose regions never change. */
final class NullPd {
    private static final long CLUSTER_ID = 7_000_000_000_000_000_002L;
    private static final int FIRST_REGION_ID = 1_000;
    private static final int LOGICAL_BITS = 18;

    private final ResponseHeader header =
            ResponseHeader.newBuilder().setClusterId(CLUSTER_ID).build();
    private final List<Store> stores = new ArrayList<>();
    private final List<Region> regions = new ArrayList<>();
    private final byte[][] starts;
    private final Member member;
    private final AtomicLong lastTimestamp = new AtomicLong();

    NullPd(NullSettings settings, String address, List<String> storeAddresses) {
        member = Member.newBuilder()
                .setName("null")
                .setMemberId(1)
                .addClientUrls("http://" + address)
                .addPeerUrls("http://" + address)
                .setBinaryVersion("v8.5.0")
                .build();
        for (int i = 0; i < storeAddresses.size(); i++) {
            stores.add(Store.newBuilder()
                    .setId(i + 1L)
                    .setAddress(storeAddresses.get(i))
                    .setVersion("8.5.0")
                    .build());
        }
        starts = settings.regionStarts();
        for (int i = 0; i < starts.length; i++) {
            byte[] end = i + 1 == starts.length ? new byte[0] : starts[i + 1];
            regions.add(Region.newBuilder()
                    .setId(FIRST_REGION_ID + i)
                    .setStartKey(ByteString.copyFrom(starts[i]))
                    .setEndKey(ByteString.copyFrom(end))
                    .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(1))
                    .addPeers(Peer.newBuilder().setId(100_000 + i).setStoreId(1 + i % storeAddresses.size()))
                    .build());
        }
    }

    /** What the clients compared here ask of PD. */
    Map<String, Rpc> methods() {
        Map<String, Rpc> methods = new HashMap<>();
        unary(methods, "GetMembers", in -> GetMembersResponse.newBuilder()
                .setHeader(header)
                .addMembers(member)
                .setLeader(member)
                .setEtcdLeader(member)
                .build());
        unary(methods, "GetClusterInfo", in -> GetClusterInfoResponse.newBuilder()
                .setHeader(header)
                .addServiceModes(ServiceMode.PD_SVC_MODE)
                .build());
        unary(methods, "IsBootstrapped", in -> IsBootstrappedResponse.newBuilder()
                .setHeader(header)
                .setBootstrapped(true)
                .build());
        unary(methods, "GetStore", in -> GetStoreResponse.newBuilder()
                .setHeader(header)
                .setStore(stores.get((int) GetStoreRequest.parseFrom(in).getStoreId() - 1))
                .build());
        unary(methods, "GetAllStores", in -> GetAllStoresResponse.newBuilder()
                .setHeader(header)
                .addAllStores(stores)
                .build());
        unary(
                methods,
                "GetRegion",
                in -> region(at(GetRegionRequest.parseFrom(in).getRegionKey().toByteArray())));
        unary(
                methods,
                "GetPrevRegion",
                in -> region(
                        before(GetRegionRequest.parseFrom(in).getRegionKey().toByteArray())));
        unary(
                methods,
                "GetRegionByID",
                in -> region((int) GetRegionByIDRequest.parseFrom(in).getRegionId() - FIRST_REGION_ID));
        unary(methods, "ScanRegions", this::scanRegions);
        unary(methods, "BatchScanRegions", in -> BatchScanRegionsResponse.newBuilder()
                .setHeader(header)
                .addAllRegions(regions.stream().map(NullPd::pdRegion).toList())
                .build());
        stream(methods, "/pdpb.PD/QueryRegion", this::queryRegion);
        stream(methods, "/pdpb.PD/Tso", this::timestamp);
        methods.put("/meta_storagepb.MetaStorage/Get", new Rpc(true, answer(in -> GetResponse.getDefaultInstance())));
        methods.put("/resource_manager.ResourceManager/AcquireTokenBuckets", new Rpc(false, (in, at, n, out) -> false));
        return methods;
    }

    /** Makes a message out of a message. */
    private interface Reply {
        Message to(CodedInputStream request) throws IOException;
    }

    private static void unary(Map<String, Rpc> methods, String name, Reply reply) {
        methods.put("/pdpb.PD/" + name, new Rpc(true, answer(reply)));
    }

    private static void stream(Map<String, Rpc> methods, String path, Reply reply) {
        methods.put(path, new Rpc(false, answer(reply)));
    }

    private static Rpc.Answer answer(Reply reply) {
        return (ByteBuf in, int offset, int length, ByteBuf out) -> {
            byte[] bytes = new byte[length];
            in.getBytes(offset, bytes);
            out.writeBytes(reply.to(CodedInputStream.newInstance(bytes)).toByteArray());
            return true;
        };
    }

    private int at(byte[] key) {
        int low = 0;
        int high = starts.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (Arrays.compareUnsigned(starts[middle], key) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private int before(byte[] key) {
        int region = key.length == 0 ? starts.length - 1 : at(key);
        return region > 0 && Arrays.equals(starts[region], key) ? region - 1 : region;
    }

    private GetRegionResponse region(int index) {
        Region region = regions.get(index);
        return GetRegionResponse.newBuilder()
                .setHeader(header)
                .setRegion(region)
                .setLeader(region.getPeers(0))
                .build();
    }

    private static io.tikvdirect.proto.pdpb.Region pdRegion(Region region) {
        return io.tikvdirect.proto.pdpb.Region.newBuilder()
                .setRegion(region)
                .setLeader(region.getPeers(0))
                .build();
    }

    private ScanRegionsResponse scanRegions(CodedInputStream in) throws IOException {
        ScanRegionsRequest request = ScanRegionsRequest.parseFrom(in);
        ScanRegionsResponse.Builder response = ScanRegionsResponse.newBuilder().setHeader(header);
        byte[] end = request.getEndKey().toByteArray();
        int limit = request.getLimit() > 0 ? request.getLimit() : Integer.MAX_VALUE;
        for (int i = at(request.getStartKey().toByteArray()); i < starts.length && limit > 0; i++, limit--) {
            if (end.length > 0 && Arrays.compareUnsigned(starts[i], end) >= 0) {
                break;
            }
            Region region = regions.get(i);
            response.addRegionMetas(region).addLeaders(region.getPeers(0)).addRegions(pdRegion(region));
        }
        return response.build();
    }

    private QueryRegionResponse queryRegion(CodedInputStream in) throws IOException {
        QueryRegionRequest request = QueryRegionRequest.parseFrom(in);
        QueryRegionResponse.Builder response = QueryRegionResponse.newBuilder().setHeader(header);
        request.getKeysList().forEach(key -> response.addKeyIdMap(put(response, at(key.toByteArray()))));
        request.getPrevKeysList().forEach(key -> response.addPrevKeyIdMap(put(response, before(key.toByteArray()))));
        request.getIdsList().forEach(id -> put(response, (int) (id - FIRST_REGION_ID)));
        return response.build();
    }

    private long put(QueryRegionResponse.Builder response, int index) {
        Region region = regions.get(index);
        response.putRegionsById(
                region.getId(),
                RegionResponse.newBuilder()
                        .setRegion(region)
                        .setLeader(region.getPeers(0))
                        .build());
        return region.getId();
    }

    private TsoResponse timestamp(CodedInputStream in) throws IOException {
        int count = Math.max(1, TsoRequest.parseFrom(in).getCount());
        long now = System.currentTimeMillis() << LOGICAL_BITS;
        long last = lastTimestamp.updateAndGet(before -> Math.max(before, now) + count);
        return TsoResponse.newBuilder()
                .setHeader(header)
                .setCount(count)
                .setTimestamp(Timestamp.newBuilder()
                        .setPhysical(last >>> LOGICAL_BITS)
                        .setLogical(last & ((1 << LOGICAL_BITS) - 1)))
                .build();
    }
}
