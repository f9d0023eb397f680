package io.tikvdirect.client.internal.region;

import io.tikvdirect.client.internal.pd.PlacementDriver;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.proto.pdpb.Region;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Thread-safe. One way to look for a region: what the table has, which search under way will do, what to ask PD. */
interface RegionSearch {

    /** The region searched, if the table has it. */
    io.tikvdirect.client.internal.region.@Nullable Region find(byte[] key);

    /** The key of a search under way that may find this key's region too, or null. */
    byte @Nullable [] underway(NavigableSet<byte[]> searched, byte[] key);

    /** Asks PD, for a number of waiters. */
    CompletableFuture<List<Region>> ask(byte[] key, int waiters, long deadlineNs);

    /**
     * Thread-safe. Looks for the region of a key. All searches in one stretch of unknown keys wait for the first of them,
     * which brings neighbours along: ten thousand misses in a cold cache make one request, and what it leaves over is
     * shared out among the stretches that remain.
     */
    record ByKey(RegionTable table, PlacementDriver pd, KeySpace keySpace, int prefetch) implements RegionSearch {
        /** Given-up regions looked past to find the bounds of a stretch. */
        private static final int REACH = 64;
        /** A page of this many regions is some 300 KiB. */
        private static final int MAX_PAGE = 1024;

        @Override
        public io.tikvdirect.client.internal.region.@Nullable Region find(final byte[] key) {
            return table.locate(key);
        }

        @Override
        public byte @Nullable [] underway(final NavigableSet<byte[]> searched, final byte[] key) {
            final RegionIndex index = table.index();
            final byte[] other = searched.ceiling(index.gapStart(key, REACH));
            final byte[] end = index.gapEnd(key, REACH);
            return other != null && (end.length == 0 || Arrays.compareUnsigned(other, end) < 0) ? other : null;
        }

        @Override
        public CompletableFuture<List<Region>> ask(final byte[] key, final int waiters, final long deadlineNs) {
            final int page = Math.min(MAX_PAGE, Math.max(prefetch, waiters));
            final byte[] end = keySpace.regionRangeEnd(table.index().gapEnd(key, REACH));
            return pd.scanRegions(keySpace.regionKey(key), end, page, deadlineNs);
        }
    }

    /** Thread-safe. Looks for the region directly left of an exclusive end; an empty end is the end of the key space. */
    record ByEnd(RegionTable table, PlacementDriver pd, KeySpace keySpace) implements RegionSearch {
        /** Sorts behind every key TiKV stores: as long as its longest raw key and a bit. */
        private static final int BEHIND_ALL_LENGTH = 8 * 1024 + 64;

        @Override
        public io.tikvdirect.client.internal.region.@Nullable Region find(final byte[] endKey) {
            return table.locateEnd(endKey);
        }

        @Override
        public byte @Nullable [] underway(final NavigableSet<byte[]> searched, final byte[] endKey) {
            return searched.contains(endKey) ? searched.floor(endKey) : null;
        }

        @Override
        public CompletableFuture<List<Region>> ask(final byte[] endKey, final int waiters, final long deadlineNs) {
            final byte[] end = keySpace.regionRangeEnd(endKey);
            final byte[] probe = end.length == 0 ? behindAll() : end;
            return pd.getRegion(probe, deadlineNs).thenCompose(found -> leftOf(found, probe, deadlineNs));
        }

        private static byte[] behindAll() {
            final byte[] key = new byte[BEHIND_ALL_LENGTH];
            Arrays.fill(key, (byte) 0xFF);
            return key;
        }

        /** A region that starts at the end is the right neighbour of the one searched. */
        private CompletableFuture<List<Region>> leftOf(
                final Optional<Region> found, final byte[] end, final long deadlineNs) {
            final boolean startsAtEnd = found.isPresent()
                    && Arrays.equals(found.get().getRegion().getStartKey().toByteArray(), end);
            return startsAtEnd
                    ? pd.getPrevRegion(end, deadlineNs).thenApply(RegionSearch::listed)
                    : CompletableFuture.completedFuture(listed(found));
        }
    }

    private static List<Region> listed(final Optional<Region> region) {
        return region.map(List::of).orElse(List.of());
    }
}
