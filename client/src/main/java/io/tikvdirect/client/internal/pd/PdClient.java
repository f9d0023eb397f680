package io.tikvdirect.client.internal.pd;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.PdUnavailableException;
import io.tikvdirect.client.ServerException;
import io.tikvdirect.client.UnsupportedFeatureException;
import io.tikvdirect.client.internal.time.Punctuality;
import io.tikvdirect.proto.keyspacepb.KeyspaceMeta;
import io.tikvdirect.proto.keyspacepb.LoadKeyspaceByIDRequest;
import io.tikvdirect.proto.keyspacepb.LoadKeyspaceRequest;
import io.tikvdirect.proto.keyspacepb.LoadKeyspaceResponse;
import io.tikvdirect.proto.metapb.Store;
import io.tikvdirect.proto.pdpb.BatchScanRegionsRequest;
import io.tikvdirect.proto.pdpb.BatchScanRegionsResponse;
import io.tikvdirect.proto.pdpb.ErrorType;
import io.tikvdirect.proto.pdpb.GetAllStoresRequest;
import io.tikvdirect.proto.pdpb.GetAllStoresResponse;
import io.tikvdirect.proto.pdpb.GetRegionByIDRequest;
import io.tikvdirect.proto.pdpb.GetRegionRequest;
import io.tikvdirect.proto.pdpb.GetRegionResponse;
import io.tikvdirect.proto.pdpb.GetStoreRequest;
import io.tikvdirect.proto.pdpb.GetStoreResponse;
import io.tikvdirect.proto.pdpb.KeyRange;
import io.tikvdirect.proto.pdpb.Region;
import io.tikvdirect.proto.pdpb.RequestHeader;
import io.tikvdirect.proto.pdpb.ScanRegionsRequest;
import io.tikvdirect.proto.pdpb.ScanRegionsResponse;
import io.tikvdirect.proto.pdpb.SplitRegionsRequest;
import io.tikvdirect.proto.pdpb.SplitRegionsResponse;
import io.tikvdirect.transport.GrpcMethod;
import io.tikvdirect.transport.TransportLoop;
import io.tikvdirect.transport.TransportOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Thread-safe; its state is confined to one event loop. Talks to PD's leader, wherever that is.
 *
 * <p>So many calls run at once, so many more may wait, and one more is refused. Each is tried again until its deadline
 * while PD is out of reach, elects a leader or has not been bootstrapped.
 */
public final class PdClient implements PlacementDriver, AutoCloseable {
    private static final GrpcMethod GET_REGION = GrpcMethod.of("pdpb.PD", "GetRegion");
    private static final GrpcMethod GET_PREV_REGION = GrpcMethod.of("pdpb.PD", "GetPrevRegion");
    private static final GrpcMethod GET_REGION_BY_ID = GrpcMethod.of("pdpb.PD", "GetRegionByID");
    private static final GrpcMethod SCAN_REGIONS = GrpcMethod.of("pdpb.PD", "ScanRegions");
    private static final GrpcMethod BATCH_SCAN_REGIONS = GrpcMethod.of("pdpb.PD", "BatchScanRegions");
    private static final GrpcMethod GET_STORE = GrpcMethod.of("pdpb.PD", "GetStore");
    private static final GrpcMethod GET_ALL_STORES = GrpcMethod.of("pdpb.PD", "GetAllStores");
    private static final GrpcMethod SPLIT_REGIONS = GrpcMethod.of("pdpb.PD", "SplitRegions");
    private static final int SPLIT_RETRIES = 5;
    private static final GrpcMethod LOAD_KEYSPACE = GrpcMethod.of("keyspacepb.Keyspace", "LoadKeyspace");
    private static final GrpcMethod LOAD_KEYSPACE_BY_ID = GrpcMethod.of("keyspacepb.Keyspace", "LoadKeyspaceByID");

    private final Config config;
    private final RandomGenerator random;
    private final PdCalls calls;
    private volatile boolean batchScanMissing;

    /**
     * A client that has not talked to anybody yet.
     *
     * @param config addresses, limits and intervals
     * @param loop the loop everything runs on
     * @param options how to connect
     * @param random for jitter
     * @param punctuality told of calls that end after their deadline
     */
    public PdClient(
            final Config config,
            final TransportLoop loop,
            final TransportOptions options,
            final RandomGenerator random,
            final Punctuality punctuality) {
        this.config = config;
        this.random = random;
        this.calls = new PdCalls(config, loop, options, random, punctuality);
    }

    /**
     * Finds the leader and begins to refresh the members in the background.
     *
     * @param deadlineNs {@link System#nanoTime()} based
     * @return the cluster's id; fails by the deadline with {@link PdUnavailableException}, or at once with
     *     {@link io.tikvdirect.client.ClusterMismatchException} and when the addresses are not those of PD
     */
    public CompletableFuture<Long> open(final long deadlineNs) {
        return getAllStores(deadlineNs).thenApply(stores -> {
            refreshLater();
            return clusterId();
        });
    }

    /**
     * The cluster's id.
     *
     * @return the configured one, or 0, before {@link #open} has completed
     */
    public long clusterId() {
        return calls.discovery().clusterId();
    }

    /** {@return how often the circuit breaker before the look-ups of regions opened} */
    public long circuitOpenings() {
        return calls.breaker().openings();
    }

    /** {@return look-ups of regions that the circuit breaker refused} */
    public long circuitRefusals() {
        return calls.breaker().refusals();
    }

    private void refreshLater() {
        final long intervalNs = config.pdMembersInterval().toNanos();
        final long jitterNs = intervalNs / 5;
        calls.later(this::refresh, intervalNs - jitterNs + random.nextLong(2 * jitterNs + 1));
    }

    private void refresh() {
        calls.discovery().refresh();
        refreshLater();
    }

    @Override
    public CompletableFuture<Optional<Region>> getRegion(final byte[] key, final long deadlineNs) {
        return getRegion(GET_REGION, key, deadlineNs);
    }

    @Override
    public CompletableFuture<Optional<Region>> getPrevRegion(final byte[] key, final long deadlineNs) {
        return getRegion(GET_PREV_REGION, key, deadlineNs);
    }

    private CompletableFuture<Optional<Region>> getRegion(
            final GrpcMethod method, final byte[] key, final long deadlineNs) {
        return call(
                method,
                header -> GetRegionRequest.newBuilder()
                        .setHeader(header)
                        .setRegionKey(bytes(key))
                        .setNeedBuckets(config.regionsBuckets())
                        .build(),
                GetRegionResponse.parser(),
                PdClient::region,
                deadlineNs);
    }

    @Override
    public CompletableFuture<Optional<Region>> getRegionById(final long regionId, final long deadlineNs) {
        return call(
                GET_REGION_BY_ID,
                header -> GetRegionByIDRequest.newBuilder()
                        .setHeader(header)
                        .setRegionId(regionId)
                        .setNeedBuckets(config.regionsBuckets())
                        .build(),
                GetRegionResponse.parser(),
                PdClient::region,
                deadlineNs);
    }

    /** A missing region is an empty success. */
    private static Optional<Region> region(final GetRegionResponse answer) {
        PdAnswers.checkUnless(ErrorType.REGION_NOT_FOUND, answer.getHeader());
        if (!answer.hasRegion()) {
            return Optional.empty();
        }
        final Region.Builder region = Region.newBuilder()
                .setRegion(answer.getRegion())
                .setLeader(answer.getLeader())
                .addAllDownPeers(answer.getDownPeersList())
                .addAllPendingPeers(answer.getPendingPeersList());
        if (answer.hasBuckets()) {
            region.setBuckets(answer.getBuckets());
        }
        return Optional.of(region.build());
    }

    @Override
    public CompletableFuture<List<Region>> scanRegions(
            final byte[] start, final byte[] end, final int limit, final long deadlineNs) {
        if (config.regionsBuckets() && !batchScanMissing) {
            // the plain scan has no buckets
            return batchScanRegions(List.<byte[][]>of(new byte[][] {start, end}), limit, deadlineNs);
        }
        return call(
                SCAN_REGIONS,
                header -> ScanRegionsRequest.newBuilder()
                        .setHeader(header)
                        .setStartKey(bytes(start))
                        .setEndKey(bytes(end))
                        .setLimit(limit)
                        .build(),
                ScanRegionsResponse.parser(),
                PdClient::regions,
                deadlineNs);
    }

    /** Old PDs fill two parallel lists instead of one. */
    @SuppressWarnings("deprecation")
    private static List<Region> regions(final ScanRegionsResponse answer) {
        PdAnswers.check(answer.getHeader());
        if (answer.getRegionsCount() > 0) {
            return answer.getRegionsList();
        }
        final List<Region> regions = new ArrayList<>(answer.getRegionMetasCount());
        for (int i = 0; i < answer.getRegionMetasCount(); i++) {
            final Region.Builder region = Region.newBuilder().setRegion(answer.getRegionMetas(i));
            if (i < answer.getLeadersCount()) {
                region.setLeader(answer.getLeaders(i));
            }
            regions.add(region.build());
        }
        return regions;
    }

    @Override
    public CompletableFuture<List<Region>> batchScanRegions(
            final List<byte[][]> ranges, final int limit, final long deadlineNs) {
        if (batchScanMissing) {
            return scanOneByOne(ranges, limit, deadlineNs, List.of());
        }
        return call(
                        BATCH_SCAN_REGIONS,
                        header -> batchScan(header, ranges, limit),
                        BatchScanRegionsResponse.parser(),
                        answer -> {
                            PdAnswers.check(answer.getHeader());
                            return answer.getRegionsList();
                        },
                        deadlineNs)
                .exceptionallyCompose(failure -> scanWithoutBatch(failure, ranges, limit, deadlineNs));
    }

    private Message batchScan(final RequestHeader header, final List<byte[][]> ranges, final int limit) {
        final BatchScanRegionsRequest.Builder request = BatchScanRegionsRequest.newBuilder()
                .setHeader(header)
                .setLimit(limit)
                .setNeedBuckets(config.regionsBuckets());
        for (final byte[][] range : ranges) {
            request.addRanges(KeyRange.newBuilder().setStartKey(bytes(range[0])).setEndKey(bytes(range[1])));
        }
        return request.build();
    }

    private CompletableFuture<List<Region>> scanWithoutBatch(
            final Throwable failure, final List<byte[][]> ranges, final int limit, final long deadlineNs) {
        if (PdFailures.unwrapped(failure) instanceof UnsupportedFeatureException) {
            batchScanMissing = true;
            return scanOneByOne(ranges, limit, deadlineNs, List.of());
        }
        return CompletableFuture.failedFuture(PdFailures.unwrapped(failure));
    }

    private CompletableFuture<List<Region>> scanOneByOne(
            final List<byte[][]> ranges, final int limit, final long deadlineNs, final List<Region> found) {
        if (ranges.isEmpty() || found.size() >= limit) {
            return CompletableFuture.completedFuture(found);
        }
        final byte[][] range = ranges.get(0);
        return scanRegions(range[0], range[1], limit - found.size(), deadlineNs).thenCompose(more -> {
            final List<Region> all = new ArrayList<>(found);
            for (final Region region : more) {
                if (all.isEmpty()
                        || all.get(all.size() - 1).getRegion().getId()
                                != region.getRegion().getId()) {
                    all.add(region);
                }
            }
            return scanOneByOne(ranges.subList(1, ranges.size()), limit, deadlineNs, all);
        });
    }

    @Override
    public CompletableFuture<Optional<Store>> getStore(final long storeId, final long deadlineNs) {
        return call(
                GET_STORE,
                header -> GetStoreRequest.newBuilder()
                        .setHeader(header)
                        .setStoreId(storeId)
                        .build(),
                GetStoreResponse.parser(),
                PdClient::store,
                deadlineNs);
    }

    /** A missing store is an UNKNOWN error in the header. */
    private static Optional<Store> store(final GetStoreResponse answer) {
        PdAnswers.checkUnless(ErrorType.UNKNOWN, answer.getHeader());
        return answer.hasStore() ? Optional.of(answer.getStore()) : Optional.empty();
    }

    @Override
    public CompletableFuture<List<Store>> getAllStores(final long deadlineNs) {
        return call(
                GET_ALL_STORES,
                header -> GetAllStoresRequest.newBuilder().setHeader(header).build(),
                GetAllStoresResponse.parser(),
                answer -> {
                    PdAnswers.check(answer.getHeader());
                    return answer.getStoresList();
                },
                deadlineNs);
    }

    @Override
    public CompletableFuture<KeyspaceMeta> loadKeyspace(final String name, final long deadlineNs) {
        return call(
                LOAD_KEYSPACE,
                header -> LoadKeyspaceRequest.newBuilder()
                        .setHeader(header)
                        .setName(name)
                        .build(),
                LoadKeyspaceResponse.parser(),
                answer -> KeyspaceAnswers.keyspace(answer, "'" + name + "'"),
                deadlineNs);
    }

    /**
     * A keyspace by its id.
     *
     * @param id keyspace id
     * @param deadlineNs {@link System#nanoTime()} based
     * @return fails with {@link io.tikvdirect.client.KeyspaceNotFoundException} when there is none
     */
    public CompletableFuture<KeyspaceMeta> loadKeyspaceById(final int id, final long deadlineNs) {
        return call(
                LOAD_KEYSPACE_BY_ID,
                header -> LoadKeyspaceByIDRequest.newBuilder()
                        .setHeader(header)
                        .setId(id)
                        .build(),
                LoadKeyspaceResponse.parser(),
                answer -> KeyspaceAnswers.keyspace(answer, "with id " + id),
                deadlineNs);
    }

    /**
     * Splits regions; what is split already is left as it is.
     *
     * @param keys first keys of the new regions, as PD has keys
     * @param deadlineNs {@link System#nanoTime()} based
     * @return the ids of the new regions; fails when PD gave up before all were split
     */
    public CompletableFuture<List<Long>> splitRegions(final List<byte[]> keys, final long deadlineNs) {
        return call(
                SPLIT_REGIONS,
                header -> splitRequest(header, keys),
                SplitRegionsResponse.parser(),
                PdClient::newRegions,
                deadlineNs);
    }

    private static Message splitRequest(final RequestHeader header, final List<byte[]> keys) {
        final SplitRegionsRequest.Builder request =
                SplitRegionsRequest.newBuilder().setHeader(header).setRetryLimit(SPLIT_RETRIES);
        keys.forEach(key -> request.addSplitKeys(bytes(key)));
        return request.build();
    }

    private static List<Long> newRegions(final SplitRegionsResponse answer) {
        PdAnswers.check(answer.getHeader());
        if (answer.getFinishedPercentage() < 100) {
            throw new ServerException(
                    ErrorCode.SERVER_ERROR,
                    "PD finished only " + answer.getFinishedPercentage() + " % of the splits",
                    FailureDetails.NONE,
                    null);
        }
        return answer.getRegionsIdList();
    }

    private static ByteString bytes(final byte[] key) {
        return UnsafeByteOperations.unsafeWrap(key);
    }

    /**
     * One call to PD, tried again until its deadline.
     *
     * @param request made from the header that names cluster and caller
     * @param result what it comes to, or throws when the answer is a refusal
     */
    <M, R> CompletableFuture<R> call(
            final GrpcMethod method,
            final Function<RequestHeader, Message> request,
            final Parser<M> parser,
            final Function<M, R> result,
            final long deadlineNs) {
        return calls.submit(new PdCall<>(calls, method, request, parser, result, deadlineNs));
    }

    PdCalls calls() {
        return calls;
    }

    /** Ends all calls with {@link io.tikvdirect.client.ClientClosedException} and closes all connections; returns at once. */
    @Override
    public void close() {
        calls.close();
    }
}
