package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.region.RegionCache;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which items of a batch travel together. Filled by one thread; after that each chunk belongs to the operation that
 * carries it, and only that one may read or split it. Reusable without allocation once its arrays have grown.
 *
 * <p>A chunk is a range of {@code order}, the items sorted by region with their order kept within each; it holds at most
 * {@link Limits#CHUNK_ITEMS} items and {@link Limits#CHUNK_BYTES} bytes, or a single larger item. Splitting a chunk
 * reorders its own range and gives the parts numbers of their own; there can never be more chunks than items, so the
 * arrays need no growing while others read them. Parts of a split chunk are chained and carried one after the other by
 * the same operation.
 */
public final class ChunkPlan {

    /** No item, no chunk. */
    public static final int NONE = -1;

    private final int maxItems;
    private final int maxBytes;

    private static final Region[] NO_REGIONS = {};
    private static final int[] NO_INTS = {};

    private Region[] regionOf = NO_REGIONS;
    private int[] order = NO_INTS;
    private int[] from = NO_INTS;
    private int[] to = NO_INTS;
    private int[] follower = NO_INTS;
    private Region[] region = NO_REGIONS;
    private int[] groupOf = NO_INTS;
    private int[] groupStart = NO_INTS;
    private int[] table = NO_INTS;
    private int tableMask;
    private final AtomicInteger count = new AtomicInteger();
    private int located;

    /**
     * An empty plan.
     *
     * @param maxItems items of a chunk at most
     * @param maxBytes bytes of keys and values of a chunk at most, unless a single item is larger
     */
    public ChunkPlan(int maxItems, int maxBytes) {
        this.maxItems = maxItems;
        this.maxBytes = maxBytes;
    }

    /**
     * Forgets what was planned.
     *
     * @param items how many there will be
     */
    public void reset(int items) {
        if (order.length < items) {
            regionOf = new Region[items];
            order = new int[items];
            from = new int[items];
            to = new int[items];
            follower = new int[items];
            region = new Region[items];
        }
        count.set(0);
        located = 0;
    }

    /**
     * Looks for the region of each item, going on where it stopped.
     *
     * @return the first item whose region is not known, or {@link #NONE} when all are
     */
    int locate(ChunkItems items, RegionCache regions) {
        Region last = located == 0 ? null : regionOf[located - 1];
        for (; located < items.size(); located++) {
            if (last == null || !items.isIn(last, located)) {
                last = items.locate(regions, located);
                if (last == null) {
                    return located;
                }
            }
            regionOf[located] = last;
        }
        return NONE;
    }

    /** Makes the chunks, all items having a region. */
    void build(ChunkItems items) {
        if (isOneRegion(items.size())) {
            for (int i = 0; i < items.size(); i++) {
                order[i] = i;
            }
        } else {
            sortByRegion(items.size());
        }
        cut(items, 0, items.size(), NONE);
    }

    private boolean isOneRegion(int items) {
        for (int i = 1; i < items; i++) {
            if (regionOf[i] != regionOf[0]) {
                return false;
            }
        }
        return true;
    }

    /** A stable counting sort by region; regions are numbered as they first appear, by way of a small hash table. */
    private void sortByRegion(int items) {
        if (groupOf.length < order.length) {
            groupOf = new int[order.length];
            groupStart = new int[order.length + 1];
            table = new int[Integer.highestOneBit(order.length) << 2];
        }
        Arrays.fill(groupStart, 0, items + 1, 0);
        tableMask = (Integer.highestOneBit(Math.max(1, items)) << 2) - 1;
        Arrays.fill(table, 0, tableMask + 1, 0);
        int groups = 0;
        for (int i = 0; i < items; i++) {
            int group = i > 0 && regionOf[i] == regionOf[i - 1] ? groupOf[i - 1] : group(i, groups);
            groups = Math.max(groups, group + 1);
            groupOf[i] = group;
            groupStart[group + 1]++;
        }
        for (int group = 1; group <= groups; group++) {
            groupStart[group] += groupStart[group - 1];
        }
        for (int i = 0; i < items; i++) {
            order[groupStart[groupOf[i]]++] = i;
        }
    }

    /** The number of an item's region; {@code region} serves as the list of regions until chunks are cut. */
    private int group(int item, int groups) {
        Region wanted = regionOf[item];
        int slot = Long.hashCode(wanted.id() * 0x9E3779B97F4A7C15L) & tableMask;
        while (table[slot] != 0) {
            int group = table[slot] - 1;
            if (region[group] == wanted) {
                return group;
            }
            slot = (slot + 1) & tableMask;
        }
        table[slot] = groups + 1;
        region[groups] = wanted;
        return groups;
    }

    /** Cuts a sorted range into chunks; the first one reuses the number {@code reuse} unless that is {@link #NONE}. */
    private int cut(ChunkItems items, int start, int end, int reuse) {
        int made = 0;
        int chunk = reuse;
        int next = reuse == NONE ? NONE : follower[reuse];
        int position = start;
        while (position < end) {
            int stop = chunkEnd(items, position, end);
            if (reuse == NONE || made > 0) {
                int fresh = count.getAndIncrement();
                if (reuse != NONE) {
                    follower[chunk] = fresh;
                }
                chunk = fresh;
            }
            from[chunk] = position;
            to[chunk] = stop;
            region[chunk] = regionOf[order[position]];
            follower[chunk] = next;
            made++;
            position = stop;
        }
        return made;
    }

    private int chunkEnd(ChunkItems items, int start, int end) {
        Region same = regionOf[order[start]];
        long bytes = 0;
        int i = start;
        while (i < end && i - start < maxItems && regionOf[order[i]] == same) {
            bytes += items.keyLength(order[i]) + (long) items.valueLength(order[i]);
            if (bytes > maxBytes && i > start) {
                break;
            }
            i++;
        }
        return i;
    }

    /**
     * Groups a chunk anew after the regions have changed.
     *
     * @return an item whose region is not known, then nothing has changed; or {@link #NONE}
     */
    int relocate(ChunkItems items, RegionCache regions, int chunk) {
        for (int i = from[chunk]; i < to[chunk]; i++) {
            Region found = items.locate(regions, order[i]);
            if (found == null) {
                return order[i];
            }
            regionOf[order[i]] = found;
        }
        return NONE;
    }

    /**
     * Splits a relocated chunk.
     *
     * @return how many chunks it was split into, at least 1
     */
    int split(ChunkItems items, int chunk) {
        int start = from[chunk];
        int end = to[chunk];
        int[] range = Arrays.copyOfRange(order, start, end);
        int filled = start;
        // cold path, small range: for each region in order of appearance, its items in order
        for (int i = 0; i < range.length; i++) {
            if (range[i] < 0) {
                continue;
            }
            Region group = regionOf[range[i]];
            for (int j = i; j < range.length; j++) {
                if (range[j] >= 0 && regionOf[range[j]] == group) {
                    order[filled++] = range[j];
                    range[j] = NONE;
                }
            }
        }
        return cut(items, start, end, chunk);
    }

    /** {@return how many chunks there are} */
    public int count() {
        return count.get();
    }

    /** {@return position of a chunk's first item} */
    public int from(int chunk) {
        return from[chunk];
    }

    /** {@return position behind a chunk's last item} */
    public int to(int chunk) {
        return to[chunk];
    }

    /** {@return the item at a position} */
    public int item(int position) {
        return order[position];
    }

    /** {@return the chunk that the same operation carries next, or {@link #NONE}} */
    public int follower(int chunk) {
        return follower[chunk];
    }

    /** {@return the region of a chunk} */
    public Region region(int chunk) {
        return region[chunk];
    }

    /**
     * Lets go of the regions.
     *
     * @param items how many there were
     */
    @SuppressWarnings("NullAway") // slots beyond the present plan are never read
    public void clear(int items) {
        Arrays.fill(regionOf, 0, items, null);
        Arrays.fill(region, 0, items, null);
    }
}
