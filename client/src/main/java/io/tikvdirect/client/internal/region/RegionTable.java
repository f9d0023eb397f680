package io.tikvdirect.client.internal.region;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe: look-ups by key take no lock and allocate nothing, everything else is short and under one lock. What is
 * known about regions.
 *
 * <p>Two rules keep it true. A region enters only if nothing newer is known about its keys: neither an older epoch of the
 * same region nor a region whose version is below that of one it overlaps (REG-03 of client-go: PD may lag behind the
 * stores). And a region that was given up stays until something replaces it, because its epoch is what tells a stale
 * answer from a new one.
 *
 * <p>That a region is usable is read from the region, and the seconds of its use are noted there; but a region is far
 * memory, and there are many. So a look-up that has done both leaves a mark beside the keys, good for one {@link Generation}:
 * others that find it do not touch the region.
 */
final class RegionTable {
    /** Chunks looked at in one sweep, so that a sweep is short; a million regions take about a minute and a half. */
    private static final int CHUNKS_PER_SWEEP = 32;

    /** Marks are wiped when there is room for fewer generations than this. */
    private static final int MARKS_KEPT = 128;

    private final ReentrantLock writing = new ReentrantLock();
    private final Long2ObjectHashMap<Region> byId = new Long2ObjectHashMap<>();
    private final int maxRegions;
    private final RandomGenerator random;
    private final Generation generation;
    private final Watcher watcher;
    private volatile RegionIndex index = RegionIndex.EMPTY;
    private volatile int tick;
    private int sweptChunks;

    /**
     * An empty table.
     *
     * @param maxRegions how many regions it holds at most
     * @param random for evictions
     * @param generation advances whenever a store fails; advanced here by whatever else makes regions unusable
     * @param watcher told what happens to regions
     */
    RegionTable(
            final int maxRegions, final RandomGenerator random, final Generation generation, final Watcher watcher) {
        this.maxRegions = maxRegions;
        this.random = random;
        this.generation = generation;
        this.watcher = watcher;
    }

    /** The usable region of a key, or null. */
    @Nullable
    Region locate(final byte[] key) {
        final RegionIndex now = index;
        final int seen = generation.number(); // after the index, so that it is not older
        final long position = now.search(key);
        if (position == RegionIndex.NONE) {
            return null;
        }
        if (now.isMarked(position, seen)) {
            return now.at(position);
        }
        return now.isInside(position) || now.at(position).contains(key) ? examined(now, position, seen) : null;
    }

    /** The usable region of a key, or null. */
    @Nullable
    Region locate(final DirectBuffer key, final int offset, final int length) {
        final RegionIndex now = index;
        final int seen = generation.number(); // after the index, so that it is not older
        final long position = now.search(key, offset, length);
        if (position == RegionIndex.NONE) {
            return null;
        }
        if (now.isMarked(position, seen)) {
            return now.at(position);
        }
        final boolean has = now.isInside(position) || now.at(position).contains(key, offset, length);
        return has ? examined(now, position, seen) : null;
    }

    /** Once for each region and generation. */
    private @Nullable Region examined(final RegionIndex now, final long position, final int seen) {
        final Region region = used(now.at(position));
        if (region != null) {
            now.mark(position, seen);
        }
        return region;
    }

    /** The usable region directly left of an exclusive end, or null. */
    @Nullable
    Region locateEnd(final byte[] endKey) {
        final Region region = index.lower(endKey);
        return region != null && region.containsEnd(endKey) ? used(region) : null;
    }

    private @Nullable Region used(final @Nullable Region region) {
        if (region == null || !region.isUsable()) {
            return null;
        }
        final int now = tick;
        if (region.isExpired(now)) {
            giveUp(region);
            return null;
        }
        if (region.isReloadDue(now)) {
            watcher.onReloadDue(region, now);
        }
        region.use(now);
        return region;
    }

    /** From now on that region is not located any more. */
    void giveUp(final Region region) {
        final boolean wasUsable = region.isUsable();
        region.giveUp();
        if (wasUsable) {
            generation.advance(); // many give one region up together; the marks of all others are worth keeping then
        }
    }

    /** The region with that id as last heard of, usable or not; null when unknown. */
    @Nullable
    Region byId(final long id) {
        writing.lock();
        try {
            return byId.get(id);
        } finally {
            writing.unlock();
        }
    }

    /** What is known now, to be read as one. */
    RegionIndex index() {
        return index;
    }

    int tick() {
        return tick;
    }

    /**
     * Takes regions in.
     *
     * @param regions any order
     * @return those refused because something newer is known
     */
    List<Region> insert(final List<Region> regions) {
        writing.lock();
        try {
            final List<Region> refused = isFreshRun(regions) ? insertRun(regions) : insertEach(regions);
            evictAbove(maxRegions);
            return refused;
        } finally {
            writing.unlock();
        }
    }

    private List<Region> insertRun(final List<Region> regions) {
        regions.forEach(region -> byId.put(region.id(), region));
        final byte[] end = regions.get(regions.size() - 1).end();
        index = index.replaced(regions.get(0).start(), end, regions);
        return List.of();
    }

    private List<Region> insertEach(final List<Region> regions) {
        final List<Region> refused = new ArrayList<>();
        final List<Region> displaced = new ArrayList<>();
        RegionIndex next = index;
        for (final Region region : regions) {
            final List<Region> overlapped = next.overlapping(region.start(), region.end());
            if (isStale(region, overlapped)) {
                refused.add(region);
            } else {
                next = withRegion(next, region, overlapped);
                displaced.addAll(overlapped);
            }
        }
        index = next;
        forgetGone(displaced);
        return refused;
    }

    /** A page of PD about keys of which nothing is known goes in at one stroke. */
    private boolean isFreshRun(final List<Region> regions) {
        byte[] end = null;
        for (final Region region : regions) {
            final boolean follows = end == null || (end.length > 0 && Arrays.compareUnsigned(end, region.start()) <= 0);
            if (!follows || byId.containsKey(region.id())) {
                return false;
            }
            end = region.end();
        }
        return end != null && index.overlapping(regions.get(0).start(), end).isEmpty();
    }

    private boolean isStale(final Region region, final List<Region> overlapped) {
        final Region same = byId.get(region.id());
        if (same != null && same.isNewerThan(region)) {
            return true;
        }
        for (final Region other : overlapped) {
            if (other.id() != region.id() && other.version() > region.version()) {
                return true;
            }
        }
        return false;
    }

    private RegionIndex withRegion(final RegionIndex before, final Region region, final List<Region> overlapped) {
        RegionIndex next = before;
        final Region same = byId.get(region.id());
        if (same != null && !overlapped.contains(same)) {
            next = next.replaced(same.start(), same.end(), List.of());
        }
        overlapped.forEach(other -> byId.remove(other.id()));
        byId.put(region.id(), region);
        return next.replaced(region.start(), region.end(), List.of(region));
    }

    /** Puts another route to a region in place of the known one, unless that has changed meanwhile. */
    boolean reroute(final Region known, final Region rerouted) {
        writing.lock();
        try {
            if (byId.get(known.id()) != known) {
                return false;
            }
            byId.put(rerouted.id(), rerouted);
            index = index.exchanged(known, rerouted);
            return true;
        } finally {
            writing.unlock();
        }
    }

    /** Moves time on and drops some of what has expired. */
    void onTick() {
        writing.lock();
        try {
            final int next = tick + 1;
            tick = next;
            generation.advance();
            sweep();
            if (index.marksLeft(generation.number()) < MARKS_KEPT) {
                index = index.unmarked(generation.number());
            }
        } finally {
            writing.unlock();
        }
    }

    private void sweep() {
        final RegionIndex before = index;
        final List<Region> expired = new ArrayList<>();
        for (int i = 0; i < Math.min(CHUNKS_PER_SWEEP, before.chunkCount()); i++) {
            sweptChunks = (sweptChunks + 1) % before.chunkCount();
            for (final Region region : before.chunk(sweptChunks)) {
                if (region.isExpired(tick)) {
                    expired.add(region);
                }
            }
        }
        drop(expired);
    }

    private void evictAbove(final int limit) {
        while (index.size() > limit) {
            final Region[] candidates =
                    index.chunk(random.nextInt(index.chunkCount())).clone();
            Arrays.sort(candidates, Comparator.comparingInt(Region::lastUsedTick));
            final int share = Math.max(1, candidates.length / 4);
            drop(List.of(candidates).subList(0, Math.min(share, index.size() - limit)));
        }
    }

    /** A region displaced by one neighbour may have come back with new bounds. */
    private void forgetGone(final List<Region> displaced) {
        for (final Region region : displaced) {
            if (!byId.containsKey(region.id())) {
                watcher.onForgotten(region);
            }
        }
    }

    private void drop(final List<Region> regions) {
        RegionIndex next = index;
        for (final Region region : regions) {
            byId.remove(region.id());
            watcher.onForgotten(region);
            next = next.replaced(region.start(), region.end(), List.of());
        }
        index = next;
    }

    /** Forgets everything. */
    void clear() {
        writing.lock();
        try {
            byId.clear();
            index = RegionIndex.EMPTY;
        } finally {
            writing.unlock();
        }
    }

    /** Thread-safe; never blocks. Told what happens to regions. */
    interface Watcher {

        /** A region is used that should be asked for again; on the thread that uses it. */
        void onReloadDue(Region region, int tick);

        /** A region has left the table; under its lock. */
        void onForgotten(Region region);
    }
}
