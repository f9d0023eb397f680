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
    /** The items in the order of chunks, then of each chunk where it begins, where it ends, and which one follows. */
    private int[] cells = NO_INTS;

    private int capacity;
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
        if (capacity < items) {
            capacity = items;
            regionOf = new Region[items];
            cells = new int[4 * items];
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
                cells[i] = i;
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
        if (groupOf.length < capacity) {
            groupOf = new int[capacity];
            groupStart = new int[capacity + 1];
            table = new int[Integer.highestOneBit(capacity) << 2];
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
            cells[groupStart[groupOf[i]]++] = i;
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
        int next = reuse == NONE ? NONE : cells[then(reuse)];
        int position = start;
        while (position < end) {
            int stop = chunkEnd(items, position, end);
            if (reuse == NONE || made > 0) {
                int fresh = count.getAndIncrement();
                if (reuse != NONE) {
                    cells[then(chunk)] = fresh;
                }
                chunk = fresh;
            }
            cells[begin(chunk)] = position;
            cells[end(chunk)] = stop;
            region[chunk] = regionOf[cells[position]];
            cells[then(chunk)] = next;
            made++;
            position = stop;
        }
        return made;
    }

    private int chunkEnd(ChunkItems items, int start, int end) {
        Region same = regionOf[cells[start]];
        long bytes = 0;
        int i = start;
        while (i < end && i - start < maxItems && regionOf[cells[i]] == same) {
            bytes += items.keyLength(cells[i]) + (long) items.valueLength(cells[i]);
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
        for (int i = from(chunk); i < to(chunk); i++) {
            Region found = items.locate(regions, cells[i]);
            if (found == null) {
                return cells[i];
            }
            regionOf[cells[i]] = found;
        }
        return NONE;
    }

    /**
     * Splits a relocated chunk.
     *
     * @return how many chunks it was split into, at least 1
     */
    int split(ChunkItems items, int chunk) {
        int start = from(chunk);
        int end = to(chunk);
        int[] range = Arrays.copyOfRange(cells, start, end);
        int filled = start;
        // cold path, small range: for each region in order of appearance, its items in order
        for (int i = 0; i < range.length; i++) {
            if (range[i] < 0) {
                continue;
            }
            Region group = regionOf[range[i]];
            for (int j = i; j < range.length; j++) {
                if (range[j] >= 0 && regionOf[range[j]] == group) {
                    cells[filled++] = range[j];
                    range[j] = NONE;
                }
            }
        }
        return cut(items, start, end, chunk);
    }

    private int begin(int chunk) {
        return capacity + chunk;
    }

    private int end(int chunk) {
        return 2 * capacity + chunk;
    }

    private int then(int chunk) {
        return 3 * capacity + chunk;
    }

    /** {@return how many chunks there are} */
    public int count() {
        return count.get();
    }

    /** {@return position of a chunk's first item} */
    public int from(int chunk) {
        return cells[begin(chunk)];
    }

    /** {@return position behind a chunk's last item} */
    public int to(int chunk) {
        return cells[end(chunk)];
    }

    /** {@return the item at a position} */
    public int item(int position) {
        return cells[position];
    }

    /** {@return the chunk that the same operation carries next, or {@link #NONE}} */
    public int follower(int chunk) {
        return cells[then(chunk)];
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
