package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.data.RawValue;
import io.tikvdirect.embedded.internal.data.SortedSnapshot;
import io.tikvdirect.embedded.internal.topology.Keys;
import io.tikvdirect.embedded.internal.topology.Region;

/**
 * Immutable. Walks over the living pairs of a range inside of one region, as a TiKV iterator does: it may be placed from
 * the region's start to its end (inclusive), elsewhere is {@code key_not_in_region}; the far bound is cut silently.
 */
final class RawRange {
    private final Region region;
    private final byte[] from;
    private final byte[] to;
    private final boolean reverse;

    private RawRange(Region region, byte[] from, byte[] to, boolean reverse) {
        this.region = region;
        this.from = from;
        this.to = to;
        this.reverse = reverse;
    }

    /** From {@code start} upward to below {@code end} (empty = to the region's end). */
    static RawRange ascending(StoreKeys keys, ByteString start, ByteString end, Region region)
            throws RegionErrorException {
        byte[] from = placed(keys.stored(start), region);
        return new RawRange(region, from, Keys.minEnd(keys.storedEnd(end), region.end()), false);
    }

    /** From below {@code start} downward to {@code end} (empty = to the region's start). */
    static RawRange descending(StoreKeys keys, ByteString start, ByteString end, Region region)
            throws RegionErrorException {
        byte[] to = placed(keys.stored(start), region);
        return new RawRange(region, Keys.max(keys.storedEnd(end), region.start()), to, true);
    }

    private static byte[] placed(byte[] key, Region region) throws RegionErrorException {
        if (!region.containsOrEndsAt(key)) {
            throw RegionErrors.keyNotInRegion(key, region);
        }
        return key;
    }

    /** Shows at most {@code limit} pairs that live at {@code nowSecond}. */
    void walk(SortedSnapshot<RawValue> pairs, long limit, long nowSecond, SortedSnapshot.Visitor<RawValue> visitor) {
        if (limit <= 0) {
            return;
        }
        long[] left = {limit};
        SortedSnapshot.Visitor<RawValue> living =
                (key, value) -> !value.isAlive(nowSecond) || (visitor.visit(key, value) && --left[0] > 0);
        if (!reverse) {
            // An end below the start is an empty range; an empty end is the end of all keys, if the region has none.
            pairs.ascend(from, to, living);
        } else if (to.length > 0) {
            // An empty upper bound is below every key: nothing to see.
            pairs.descend(from, to, living);
        }
    }

    @Override
    public String toString() {
        return (reverse ? "down " : "up ") + Keys.hex(from) + ".." + Keys.hex(to) + " in " + region;
    }
}
