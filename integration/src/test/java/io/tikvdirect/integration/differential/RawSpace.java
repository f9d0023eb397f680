package io.tikvdirect.integration.differential;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.tikvdirect.cli.text.EscapedBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Confined to one thread. What the model holds: pairs by column family, and the borders of regions. */
final class RawSpace {
    private final Map<String, NavigableMap<byte[], Entry>> families = new HashMap<>();
    private final NavigableSet<byte[]> borders = new TreeSet<>(Arrays::compareUnsigned);

    /**
     * A value and how long it lives.
     *
     * @param ttl seconds as granted; 0 for ever
     */
    record Entry(byte[] value, long ttl) {}

    NavigableMap<byte[], Entry> family(String name) {
        return families.computeIfAbsent(name, unused -> new TreeMap<>(Arrays::compareUnsigned));
    }

    void removeRange(byte[] start, byte[] end) {
        range(start, end).clear();
    }

    /** The pairs of the default family; a reverse scan takes its bounds in either order. */
    List<Map.Entry<byte[], Entry>> scan(byte[] start, byte[] end, boolean reverse) {
        boolean otherOrder = reverse && end.length > 0 && Arrays.compareUnsigned(start, end) >= 0;
        NavigableMap<byte[], Entry> pairs = otherOrder ? range(end, start) : range(start, end);
        return new ArrayList<>((reverse ? pairs.descendingMap() : pairs).entrySet());
    }

    /** The empty end is the end of all. */
    private NavigableMap<byte[], Entry> range(byte[] start, byte[] end) {
        NavigableMap<byte[], Entry> all = family("default");
        if (end.length == 0) {
            return all.tailMap(start, true);
        }
        return Arrays.compareUnsigned(start, end) >= 0
                ? new TreeMap<>(Arrays::compareUnsigned)
                : all.subMap(start, true, end, false);
    }

    void split(List<byte[]> keys) {
        borders.addAll(keys);
    }

    /** The regions that a range touches. */
    JsonArray regions(byte[] start, byte[] end) {
        JsonArray regions = new JsonArray();
        byte[] from = new byte[0];
        for (byte[] border : borders) {
            addIfTouched(regions, from, border, start, end);
            from = border;
        }
        addIfTouched(regions, from, new byte[0], start, end);
        return regions;
    }

    private static void addIfTouched(JsonArray regions, byte[] from, byte[] to, byte[] start, byte[] end) {
        boolean touched = (to.length == 0 || Arrays.compareUnsigned(start, to) < 0)
                && (end.length == 0 || Arrays.compareUnsigned(from, end) < 0)
                && (end.length == 0 || Arrays.compareUnsigned(start, end) < 0);
        if (touched) {
            JsonObject region = new JsonObject();
            region.addProperty("start", EscapedBytes.escape(from));
            region.addProperty("end", EscapedBytes.escape(to));
            regions.add(region);
        }
    }
}
