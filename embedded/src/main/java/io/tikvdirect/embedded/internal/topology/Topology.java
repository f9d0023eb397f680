package io.tikvdirect.embedded.internal.topology;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Immutable. All regions at one moment; together they cover all keys without gap or overlap. */
public final class Topology {
    private final TreeMap<byte[], Region> byStart = new TreeMap<>(Arrays::compareUnsigned);
    private final Map<Long, Region> byId = new HashMap<>();

    Topology(Collection<Region> regions) {
        for (Region region : regions) {
            byStart.put(region.start(), region);
            byId.put(region.id(), region);
        }
    }

    /** The regions in the order of keys. */
    public List<Region> all() {
        return List.copyOf(byStart.values());
    }

    /** How many regions there are. */
    public int size() {
        return byId.size();
    }

    /** The region with this id, or null. */
    public @Nullable Region byId(long id) {
        return byId.get(id);
    }

    /** The region that contains {@code key}. */
    public Region of(byte[] key) {
        return byStart.floorEntry(key).getValue();
    }

    /** The region that ends where {@code region} starts, or null for the first. */
    public @Nullable Region leftOf(Region region) {
        var entry = byStart.lowerEntry(region.start());
        return entry == null ? null : entry.getValue();
    }

    /** The region that starts where {@code region} ends, or null for the last. */
    public @Nullable Region rightOf(Region region) {
        var entry = byStart.higherEntry(region.start());
        return entry == null ? null : entry.getValue();
    }

    /** The regions that touch {@code [start, end)}; {@code end} empty = to the end, equal bounds = the one region. */
    public Collection<Region> touching(byte[] start, byte[] end) {
        byte[] from = of(start).start();
        if (end.length == 0) {
            return byStart.tailMap(from, true).values();
        }
        int order = Arrays.compareUnsigned(start, end);
        if (order > 0) {
            return List.of();
        }
        return order == 0
                ? List.of(of(start))
                : byStart.subMap(from, true, end, false).values();
    }
}
