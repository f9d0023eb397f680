package io.tikvdirect.embedded.internal.pd;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.embedded.internal.topology.Regions;
import io.tikvdirect.embedded.internal.topology.Topology;
import io.tikvdirect.proto.metapb.Buckets;
import io.tikvdirect.proto.metapb.Peer;
import io.tikvdirect.proto.pdpb.BatchScanRegionsRequest;
import io.tikvdirect.proto.pdpb.BatchScanRegionsResponse;
import io.tikvdirect.proto.pdpb.ErrorType;
import io.tikvdirect.proto.pdpb.GetOperatorRequest;
import io.tikvdirect.proto.pdpb.GetOperatorResponse;
import io.tikvdirect.proto.pdpb.GetRegionByIDRequest;
import io.tikvdirect.proto.pdpb.GetRegionRequest;
import io.tikvdirect.proto.pdpb.GetRegionResponse;
import io.tikvdirect.proto.pdpb.KeyRange;
import io.tikvdirect.proto.pdpb.QueryRegionRequest;
import io.tikvdirect.proto.pdpb.QueryRegionResponse;
import io.tikvdirect.proto.pdpb.RegionResponse;
import io.tikvdirect.proto.pdpb.ReportBucketsRequest;
import io.tikvdirect.proto.pdpb.ReportBucketsResponse;
import io.tikvdirect.proto.pdpb.ScanRegionsRequest;
import io.tikvdirect.proto.pdpb.ScanRegionsResponse;
import io.tikvdirect.proto.pdpb.ScatterRegionRequest;
import io.tikvdirect.proto.pdpb.ScatterRegionResponse;
import io.tikvdirect.proto.pdpb.SplitAndScatterRegionsRequest;
import io.tikvdirect.proto.pdpb.SplitAndScatterRegionsResponse;
import io.tikvdirect.proto.pdpb.SplitRegionsRequest;
import io.tikvdirect.proto.pdpb.SplitRegionsResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Thread-safe. PD's answers about regions, and the few changes that it takes orders for. */
final class RegionService {
    private static final long ALL_DONE_PERCENT = 100;

    private final PdHeaders headers;
    private final Regions regions;

    RegionService(PdHeaders headers, Regions regions) {
        this.headers = headers;
        this.regions = regions;
    }

    void register(PdCommands pd) {
        pd.add(
                        "GetRegion",
                        GetRegionRequest.getDefaultInstance(),
                        GetRegionResponse.getDefaultInstance(),
                        GetRegionRequest::getHeader,
                        request -> describe(regions.now().of(key(request.getRegionKey())), request.getNeedBuckets()))
                .add(
                        "GetPrevRegion",
                        GetRegionRequest.getDefaultInstance(),
                        GetRegionResponse.getDefaultInstance(),
                        GetRegionRequest::getHeader,
                        request -> describe(previous(regions.now(), request.getRegionKey()), request.getNeedBuckets()))
                .add(
                        "GetRegionByID",
                        GetRegionByIDRequest.getDefaultInstance(),
                        GetRegionResponse.getDefaultInstance(),
                        GetRegionByIDRequest::getHeader,
                        request -> describe(regions.now().byId(request.getRegionId()), request.getNeedBuckets()))
                .add(
                        "QueryRegion",
                        QueryRegionRequest.getDefaultInstance(),
                        QueryRegionResponse.getDefaultInstance(),
                        QueryRegionRequest::getHeader,
                        this::query)
                .add(
                        "ScanRegions",
                        ScanRegionsRequest.getDefaultInstance(),
                        ScanRegionsResponse.getDefaultInstance(),
                        ScanRegionsRequest::getHeader,
                        this::scan)
                .add(
                        "BatchScanRegions",
                        BatchScanRegionsRequest.getDefaultInstance(),
                        BatchScanRegionsResponse.getDefaultInstance(),
                        BatchScanRegionsRequest::getHeader,
                        this::batchScan)
                .add(
                        "ReportBuckets",
                        ReportBucketsRequest.getDefaultInstance(),
                        ReportBucketsResponse.getDefaultInstance(),
                        ReportBucketsRequest::getHeader,
                        this::take);
        registerChanges(pd);
    }

    private void registerChanges(PdCommands pd) {
        pd.add(
                        "SplitRegions",
                        SplitRegionsRequest.getDefaultInstance(),
                        SplitRegionsResponse.getDefaultInstance(),
                        SplitRegionsRequest::getHeader,
                        this::split)
                .add(
                        "SplitAndScatterRegions",
                        SplitAndScatterRegionsRequest.getDefaultInstance(),
                        SplitAndScatterRegionsResponse.getDefaultInstance(),
                        SplitAndScatterRegionsRequest::getHeader,
                        this::splitAndScatter)
                .add(
                        "ScatterRegion",
                        ScatterRegionRequest.getDefaultInstance(),
                        ScatterRegionResponse.getDefaultInstance(),
                        ScatterRegionRequest::getHeader,
                        this::scatter)
                .add(
                        "GetOperator",
                        GetOperatorRequest.getDefaultInstance(),
                        GetOperatorResponse.getDefaultInstance(),
                        GetOperatorRequest::getHeader,
                        this::operator);
    }

    private GetRegionResponse describe(@Nullable Region region, boolean withBuckets) {
        GetRegionResponse.Builder response = GetRegionResponse.newBuilder().setHeader(headers.ok());
        if (region != null) {
            response.setRegion(region.meta());
            Peer leader = region.leader();
            if (leader != null) {
                response.setLeader(leader);
            }
            Buckets buckets = withBuckets ? regions.buckets(region.id()) : null;
            if (buckets != null) {
                response.setBuckets(buckets);
            }
        }
        return response.build();
    }

    private static @Nullable Region previous(Topology topology, ByteString key) {
        return topology.leftOf(topology.of(key(key)));
    }

    /** Many look-ups in one message; an id of 0 says that there is no such region. */
    private QueryRegionResponse query(QueryRegionRequest request) {
        Topology topology = regions.now();
        QueryRegionResponse.Builder response = QueryRegionResponse.newBuilder().setHeader(headers.ok());
        for (ByteString key : request.getKeysList()) {
            response.addKeyIdMap(put(topology.of(key(key)), request.getNeedBuckets(), response));
        }
        for (ByteString key : request.getPrevKeysList()) {
            response.addPrevKeyIdMap(put(previous(topology, key), request.getNeedBuckets(), response));
        }
        for (long id : request.getIdsList()) {
            put(topology.byId(id), request.getNeedBuckets(), response);
        }
        return response.build();
    }

    private long put(@Nullable Region region, boolean withBuckets, QueryRegionResponse.Builder response) {
        if (region == null) {
            return 0;
        }
        RegionResponse.Builder description = RegionResponse.newBuilder().setRegion(region.meta());
        Peer leader = region.leader();
        if (leader != null) {
            description.setLeader(leader);
        }
        Buckets buckets = withBuckets ? regions.buckets(region.id()) : null;
        if (buckets != null) {
            description.setBuckets(buckets);
        }
        response.putRegionsById(region.id(), description.build());
        return region.id();
    }

    private ScanRegionsResponse scan(ScanRegionsRequest request) {
        ScanRegionsResponse.Builder response = ScanRegionsResponse.newBuilder().setHeader(headers.ok());
        long left = request.getLimit() > 0 ? request.getLimit() : Long.MAX_VALUE;
        for (Region region : regions.now().touching(key(request.getStartKey()), key(request.getEndKey()))) {
            if (left-- <= 0) {
                break;
            }
            response.addRegions(entry(region, false))
                    .addRegionMetas(region.meta())
                    .addLeaders(leaderOrNone(region));
        }
        return response.build();
    }

    private static Peer leaderOrNone(Region region) {
        Peer leader = region.leader();
        return leader == null ? Peer.getDefaultInstance() : leader;
    }

    private io.tikvdirect.proto.pdpb.Region entry(Region region, boolean withBuckets) {
        io.tikvdirect.proto.pdpb.Region.Builder entry =
                io.tikvdirect.proto.pdpb.Region.newBuilder().setRegion(region.meta());
        Peer leader = region.leader();
        if (leader != null) {
            entry.setLeader(leader);
        }
        Buckets buckets = withBuckets ? regions.buckets(region.id()) : null;
        if (buckets != null) {
            entry.setBuckets(buckets);
        }
        return entry.build();
    }

    private BatchScanRegionsResponse batchScan(BatchScanRegionsRequest request) {
        String fault = faultOf(request.getRangesList());
        if (fault != null) {
            return BatchScanRegionsResponse.newBuilder()
                    .setHeader(headers.error(ErrorType.UNKNOWN, fault))
                    .build();
        }
        BatchScanRegionsResponse.Builder response =
                BatchScanRegionsResponse.newBuilder().setHeader(headers.ok());
        long left = request.getLimit() > 0 ? request.getLimit() : Long.MAX_VALUE;
        Topology topology = regions.now();
        Region last = null;
        for (KeyRange range : request.getRangesList()) {
            for (Region region : topology.touching(key(range.getStartKey()), key(range.getEndKey()))) {
                if (region != last && left-- > 0) {
                    response.addRegions(entry(region, request.getNeedBuckets()));
                    last = region;
                }
            }
        }
        return response.build();
    }

    /** What a store would tell. Stores here have no buckets of their own: they take what was reported for theirs. */
    private ReportBucketsResponse take(ReportBucketsRequest report) {
        Buckets buckets = report.getBuckets();
        if (regions.now().byId(buckets.getRegionId()) == null) {
            return ReportBucketsResponse.newBuilder()
                    .setHeader(headers.error(ErrorType.REGION_NOT_FOUND, "there is no region " + buckets.getRegionId()))
                    .build();
        }
        regions.takeBuckets(buckets);
        return ReportBucketsResponse.newBuilder().setHeader(headers.ok()).build();
    }

    private static @Nullable String faultOf(List<KeyRange> ranges) {
        byte[] lastEnd = null;
        for (KeyRange range : ranges) {
            byte[] start = key(range.getStartKey());
            byte[] end = key(range.getEndKey());
            if (end.length > 0 && Arrays.compareUnsigned(start, end) > 0) {
                return "invalid key range, start key > end key";
            }
            if (lastEnd != null && (lastEnd.length == 0 || Arrays.compareUnsigned(start, lastEnd) < 0)) {
                return "invalid key range, ranges overlapped";
            }
            lastEnd = end;
        }
        return null;
    }

    private SplitRegionsResponse split(SplitRegionsRequest request) {
        return SplitRegionsResponse.newBuilder()
                .setHeader(headers.ok())
                .setFinishedPercentage(ALL_DONE_PERCENT)
                .addAllRegionsId(split(request.getSplitKeysList()))
                .build();
    }

    private SplitAndScatterRegionsResponse splitAndScatter(SplitAndScatterRegionsRequest request) {
        List<Long> ids = split(request.getSplitKeysList());
        ids.forEach(regions::scatterLeader);
        return SplitAndScatterRegionsResponse.newBuilder()
                .setHeader(headers.ok())
                .setSplitFinishedPercentage(ALL_DONE_PERCENT)
                .setScatterFinishedPercentage(ALL_DONE_PERCENT)
                .addAllRegionsId(ids)
                .build();
    }

    /** As recorded, the ids are those of the regions that begin at a split key: the right parts, which keep their id. */
    private List<Long> split(List<ByteString> keys) {
        List<byte[]> cuts = keys.stream().map(RegionService::key).toList();
        regions.splitAt(cuts);
        List<Long> ids = new ArrayList<>();
        for (byte[] cut : cuts) {
            Region region = regions.now().of(cut);
            if (!ids.contains(region.id())) {
                ids.add(region.id());
            }
        }
        return ids;
    }

    @SuppressWarnings("deprecation") // older clients name one region
    private ScatterRegionResponse scatter(ScatterRegionRequest request) {
        List<Long> asked =
                request.getRegionsIdCount() > 0 ? request.getRegionsIdList() : List.of(request.getRegionId());
        List<Long> known =
                asked.stream().filter(id -> regions.now().byId(id) != null).toList();
        if (known.isEmpty() && request.getRegionsIdCount() > 0) {
            throw Status.UNKNOWN.withDescription("none of the regions is there").asRuntimeException();
        }
        if (known.isEmpty()) {
            return ScatterRegionResponse.newBuilder()
                    .setHeader(headers.error(ErrorType.REGION_NOT_FOUND, "there is no region " + asked))
                    .build();
        }
        known.forEach(regions::scatterLeader);
        return ScatterRegionResponse.newBuilder()
                .setHeader(headers.ok())
                .setFinishedPercentage(ALL_DONE_PERCENT)
                .build();
    }

    /** Everything is done at once: no region ever has an operator. */
    private GetOperatorResponse operator(GetOperatorRequest request) {
        return GetOperatorResponse.newBuilder()
                .setHeader(headers.error(ErrorType.REGION_NOT_FOUND, "no operator"))
                .build();
    }

    private static byte[] key(ByteString key) {
        return key.toByteArray();
    }
}
