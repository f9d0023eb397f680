package io.tikvdirect.client.internal.region;

import io.tikvdirect.client.internal.pd.PlacementDriver;
import io.tikvdirect.proto.pdpb.Region;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Loads the regions of one range into the cache page by page, one request to PD at a time.
 *
 * <p>A page whose answer is there at once is handled in a loop and not by recursion: a range may have a million regions.
 */
public final class RegionPreload {
    /** As large as the pages of a look-up may become. */
    private static final int PAGE = 1024;

    private final PlacementDriver pd;
    private final Function<List<Region>, CompletableFuture<Void>> entry;
    private final byte[] end;
    private final int limit;
    private final long deadlineNs;
    private final CompletableFuture<Preloaded> result = new CompletableFuture<>();
    private final Set<Long> leaders = new HashSet<>();
    private int regions;

    /**
     * A preload that has not begun.
     *
     * @param pd where regions are looked up
     * @param entry puts what PD answered into the table
     * @param end region key where the range ends; empty for no bound
     * @param limit regions after which it stops
     * @param deadlineNs {@link System#nanoTime()} based
     */
    RegionPreload(
            final PlacementDriver pd,
            final Function<List<Region>, CompletableFuture<Void>> entry,
            final byte[] end,
            final int limit,
            final long deadlineNs) {
        this.pd = pd;
        this.entry = entry;
        this.end = end;
        this.limit = limit;
        this.deadlineNs = deadlineNs;
    }

    /** Begins at a region key. */
    CompletableFuture<Preloaded> from(final byte[] start) {
        pagesFrom(start);
        return result;
    }

    private void pagesFrom(final byte[] start) {
        byte @Nullable [] next = start;
        while (next != null) {
            next = page(next);
        }
    }

    /** Asks for a page. Gives the start of the next one when that is known already, else goes on by itself. */
    private byte @Nullable [] page(final byte[] start) {
        final AtomicBoolean isAsynchronous = new AtomicBoolean();
        final byte[][] following = new byte[1][];
        final int size = Math.min(PAGE, limit - regions);
        final CompletableFuture<?> unused = pd.scanRegions(start, end, size, deadlineNs)
                .thenCompose(page -> entry.apply(page).thenApply(nothing -> page))
                .whenComplete((page, failure) -> {
                    final byte[] next = failure == null ? behind(page, size) : failed(failure);
                    if (!isAsynchronous.compareAndSet(false, true) && next != null) {
                        pagesFrom(next);
                    } else {
                        following[0] = next;
                    }
                });
        return isAsynchronous.compareAndSet(false, true) ? null : following[0];
    }

    private byte @Nullable [] failed(final Throwable failure) {
        result.completeExceptionally(failure);
        return null;
    }

    /** Counts a page. Gives where the next one begins, null when this was the last. */
    private byte @Nullable [] behind(final Collection<Region> page, final int asked) {
        byte[] next = new byte[0];
        for (final Region region : page) {
            regions++;
            leaders.add(region.getLeader().getStoreId());
            next = region.getRegion().getEndKey().toByteArray();
        }
        if (page.size() >= asked && next.length > 0 && regions < limit) {
            return next;
        }
        leaders.remove(0L);
        result.complete(new Preloaded(regions, leaders));
        return null;
    }

    /**
     * Immutable. What came of it.
     *
     * @param regions how many regions PD named
     * @param leaders ids of the stores that lead them
     */
    public record Preloaded(int regions, Set<Long> leaders) {}
}
