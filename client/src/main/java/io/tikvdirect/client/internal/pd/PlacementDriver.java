package io.tikvdirect.client.internal.pd;

import io.tikvdirect.proto.keyspacepb.KeyspaceMeta;
import io.tikvdirect.proto.metapb.Store;
import io.tikvdirect.proto.pdpb.Region;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Thread-safe. What the rest of the client asks the Placement Driver. Keys are region keys, as PD speaks them.
 *
 * <p>Every stage ends by its deadline: with the answer, or exceptionally with a
 * {@link io.tikvdirect.client.TikvException}. Stages complete on PD's event loop; what follows must not block.
 */
public interface PlacementDriver {

    /**
     * The region that holds a key.
     *
     * @param key region key
     * @param deadlineNs {@link System#nanoTime()} based
     * @return empty when PD knows no such region now
     */
    CompletableFuture<Optional<Region>> getRegion(byte[] key, long deadlineNs);

    /**
     * The region left of the one that holds a key.
     *
     * @param key region key
     * @param deadlineNs {@link System#nanoTime()} based
     * @return empty when there is none
     */
    CompletableFuture<Optional<Region>> getPrevRegion(byte[] key, long deadlineNs);

    /**
     * The region with an id.
     *
     * @param regionId region id
     * @param deadlineNs {@link System#nanoTime()} based
     * @return empty when PD does not know it
     */
    CompletableFuture<Optional<Region>> getRegionById(long regionId, long deadlineNs);

    /**
     * The region that holds a key and its right neighbours.
     *
     * @param start region key
     * @param end where to stop, exclusive; empty for no bound
     * @param limit how many at most
     * @param deadlineNs {@link System#nanoTime()} based
     * @return ascending; maybe with gaps, which PD has for a moment around splits
     */
    CompletableFuture<List<Region>> scanRegions(byte[] start, byte[] end, int limit, long deadlineNs);

    /**
     * The regions of several ranges. Where PD is too old to be asked in one request, they are asked for one after another.
     *
     * @param ranges ascending, not overlapping; each an array of start and end
     * @param limit how many regions at most in all
     * @param deadlineNs {@link System#nanoTime()} based
     * @return ascending
     */
    CompletableFuture<List<Region>> batchScanRegions(List<byte[][]> ranges, int limit, long deadlineNs);

    /**
     * A store.
     *
     * @param storeId store id
     * @param deadlineNs {@link System#nanoTime()} based
     * @return the store, tombstones included; empty when PD does not know it
     */
    CompletableFuture<Optional<Store>> getStore(long storeId, long deadlineNs);

    /**
     * All stores, tombstones included.
     *
     * @param deadlineNs {@link System#nanoTime()} based
     * @return in no order
     */
    CompletableFuture<List<Store>> getAllStores(long deadlineNs);

    /**
     * A keyspace by its name.
     *
     * @param name keyspace name
     * @param deadlineNs {@link System#nanoTime()} based
     * @return fails with {@link io.tikvdirect.client.KeyspaceNotFoundException} when there is none
     */
    CompletableFuture<KeyspaceMeta> loadKeyspace(String name, long deadlineNs);
}
