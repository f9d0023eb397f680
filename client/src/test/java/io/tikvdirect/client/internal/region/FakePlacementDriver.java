package io.tikvdirect.client.internal.region;

import com.google.protobuf.ByteString;
import io.tikvdirect.client.internal.pd.PlacementDriver;
import io.tikvdirect.proto.keyspacepb.KeyspaceMeta;
import io.tikvdirect.proto.metapb.RegionEpoch;
import io.tikvdirect.proto.metapb.Store;
import io.tikvdirect.proto.pdpb.Region;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Thread-safe. A PD that answers from a map, when the test lets it. */
final class FakePlacementDriver implements PlacementDriver {
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger storeCalls = new AtomicInteger();
    final Map<Long, Store> stores = new ConcurrentHashMap<>();
    private final TreeMap<byte[], Region> regions = new TreeMap<>(Arrays::compareUnsigned);
    private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

    FakePlacementDriver() {
        for (long id = 1; id <= 3; id++) {
            stores.put(id, store(id, 20_000 + (int) id));
        }
    }

    static Store store(final long id, final int port) {
        return Store.newBuilder().setId(id).setAddress("127.0.0.1:" + port).build();
    }

    static Region describe(final long id, final long version, final byte[] start, final byte[] end, final long leader) {
        final Region.Builder region = Region.newBuilder();
        region.getRegionBuilder()
                .setId(id)
                .setStartKey(ByteString.copyFrom(start))
                .setEndKey(ByteString.copyFrom(end))
                .setRegionEpoch(RegionEpoch.newBuilder().setVersion(version).setConfVer(1));
        for (long store = 1; store <= 3; store++) {
            region.getRegionBuilder().addPeersBuilder().setId(id * 10 + store).setStoreId(store);
        }
        if (leader != 0) {
            region.getLeaderBuilder().setId(id * 10 + leader).setStoreId(leader);
        }
        return region.build();
    }

    synchronized void put(final Region region) {
        regions.put(region.getRegion().getStartKey().toByteArray(), region);
    }

    synchronized void clear() {
        regions.clear();
    }

    /** Answers wait until the returned gate is completed. */
    CompletableFuture<Void> hold() {
        gate = new CompletableFuture<>();
        return gate;
    }

    private <R> CompletableFuture<R> answer(final Supplier<R> answer) {
        return gate.thenApply(open -> answer.get());
    }

    private synchronized List<Region> scan(final byte[] start, final byte[] end, final int limit) {
        final List<Region> found = new ArrayList<>();
        final byte[] floor = regions.floorKey(start);
        for (final Region region :
                regions.tailMap(floor == null ? start : floor, true).values()) {
            final byte[] from = region.getRegion().getStartKey().toByteArray();
            final byte[] to = region.getRegion().getEndKey().toByteArray();
            final boolean before = to.length > 0 && Arrays.compareUnsigned(to, start) <= 0;
            final boolean behind = end.length > 0 && Arrays.compareUnsigned(from, end) >= 0;
            if (!before && !behind && found.size() < limit) {
                found.add(region);
            }
        }
        return found;
    }

    @Override
    public CompletableFuture<List<Region>> scanRegions(
            final byte[] start, final byte[] end, final int limit, final long deadlineNs) {
        calls.incrementAndGet();
        return answer(() -> scan(start, end, limit));
    }

    @Override
    public CompletableFuture<Optional<Region>> getRegion(final byte[] key, final long deadlineNs) {
        calls.incrementAndGet();
        return answer(() -> scan(key, new byte[0], 1).stream()
                .filter(region ->
                        Arrays.compareUnsigned(region.getRegion().getStartKey().toByteArray(), key) <= 0)
                .findFirst());
    }

    @Override
    public CompletableFuture<Optional<Region>> getPrevRegion(final byte[] key, final long deadlineNs) {
        calls.incrementAndGet();
        return answer(() -> previous(key));
    }

    private synchronized Optional<Region> previous(final byte[] key) {
        final byte[] floor = regions.floorKey(key);
        return Optional.ofNullable(regions.lowerEntry(floor)).map(Map.Entry::getValue);
    }

    @Override
    public CompletableFuture<List<Store>> getAllStores(final long deadlineNs) {
        storeCalls.incrementAndGet();
        return answer(() -> List.copyOf(stores.values()));
    }

    @Override
    public CompletableFuture<Optional<Store>> getStore(final long storeId, final long deadlineNs) {
        storeCalls.incrementAndGet();
        return answer(() -> Optional.ofNullable(stores.get(storeId)));
    }

    @Override
    public CompletableFuture<Optional<Region>> getRegionById(final long regionId, final long deadlineNs) {
        calls.incrementAndGet();
        return answer(() -> byId(regionId));
    }

    private synchronized Optional<Region> byId(final long regionId) {
        return regions.values().stream()
                .filter(region -> region.getRegion().getId() == regionId)
                .findFirst();
    }

    @Override
    public CompletableFuture<List<Region>> batchScanRegions(
            final List<byte[][]> ranges, final int limit, final long deadlineNs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<KeyspaceMeta> loadKeyspace(final String name, final long deadlineNs) {
        throw new UnsupportedOperationException();
    }
}
