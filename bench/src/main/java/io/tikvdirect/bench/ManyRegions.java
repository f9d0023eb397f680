package io.tikvdirect.bench;

import com.google.protobuf.ByteString;
import io.tikvdirect.client.internal.pd.PlacementDriver;
import io.tikvdirect.proto.keyspacepb.KeyspaceMeta;
import io.tikvdirect.proto.metapb.RegionEpoch;
import io.tikvdirect.proto.metapb.Store;
import io.tikvdirect.proto.pdpb.Region;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/**
 * Immutable. A Placement Driver that makes up each region as it is asked for it, so that it takes no memory of its own. It
 * serves scans and the list of stores; nothing else is asked by a cache that is filled from the left.
 */
final class ManyRegions implements PlacementDriver {
    private static final int STORES = 30;
    private static final int REPLICAS = 3;

    private final int count;
    private final IntFunction<byte[]> boundary;

    /**
     * A cluster.
     *
     * @param count how many regions
     * @param boundary where a region begins; of {@code count}, the end of the last
     */
    ManyRegions(int count, IntFunction<byte[]> boundary) {
        this.count = count;
        this.boundary = boundary;
    }

    @Override
    public CompletableFuture<List<Region>> scanRegions(byte[] start, byte[] end, int limit, long deadlineNs) {
        List<Region> page = new ArrayList<>(limit);
        for (int i = indexOf(start); i < count && page.size() < limit; i++) {
            page.add(region(i));
        }
        return CompletableFuture.completedFuture(page);
    }

    private int indexOf(byte[] key) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int mid = (low + high + 1) >>> 1;
            if (Arrays.compareUnsigned(boundary.apply(mid), key) <= 0) {
                low = mid;
            } else {
                high = mid - 1;
            }
        }
        return low;
    }

    private Region region(int index) {
        Region.Builder region = Region.newBuilder();
        long id = 1_000 + 4L * index;
        region.getRegionBuilder()
                .setId(id)
                .setStartKey(ByteString.copyFrom(boundary.apply(index)))
                .setEndKey(ByteString.copyFrom(boundary.apply(index + 1)))
                .setRegionEpoch(
                        RegionEpoch.newBuilder().setVersion(20 + index % 50).setConfVer(5));
        for (int replica = 0; replica < REPLICAS; replica++) {
            region.getRegionBuilder()
                    .addPeersBuilder()
                    .setId(id + 1 + replica)
                    .setStoreId(1 + (index + replica * 7) % STORES);
        }
        region.getLeaderBuilder().setId(id + 1).setStoreId(1 + index % STORES);
        return region.build();
    }

    @Override
    public CompletableFuture<List<Store>> getAllStores(long deadlineNs) {
        List<Store> stores = new ArrayList<>();
        for (int id = 1; id <= STORES; id++) {
            stores.add(Store.newBuilder()
                    .setId(id)
                    .setAddress("127.0.0.1:" + (20_000 + id))
                    .build());
        }
        return CompletableFuture.completedFuture(stores);
    }

    @Override
    public CompletableFuture<Optional<Store>> getStore(long storeId, long deadlineNs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Optional<Region>> getRegion(byte[] key, long deadlineNs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Optional<Region>> getPrevRegion(byte[] key, long deadlineNs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Optional<Region>> getRegionById(long regionId, long deadlineNs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<List<Region>> batchScanRegions(List<byte[][]> ranges, int limit, long deadlineNs) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<KeyspaceMeta> loadKeyspace(String name, long deadlineNs) {
        throw new UnsupportedOperationException();
    }
}
