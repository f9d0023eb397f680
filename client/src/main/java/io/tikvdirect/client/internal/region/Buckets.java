package io.tikvdirect.client.internal.region;

import io.tikvdirect.codec.key.KeyBounds;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Immutable. How a region is cut into buckets, parts of similar size, as PD or a store said (REG-04). They may be of
 * another epoch than the region is known by; whoever uses them cuts them to the region's bounds.
 */
final class Buckets {
    /** A region of 10 GiB with buckets of 10 MiB has some thousand. */
    private static final int MAX_BORDERS = 4096;

    private final long version;
    private final byte[][] borders;

    private Buckets(final long version, final byte[][] borders) {
        this.version = version;
        this.borders = borders;
    }

    /**
     * Reads what PD or a store said.
     *
     * @param version their version; 0 is none
     * @param bounds the bounds of all buckets as region keys, ascending, the region's own included
     * @param keySpace what to cut them to
     * @throws MalformedMessageException when a bound is no key
     */
    static Buckets of(final long version, final List<byte[]> bounds, final KeySpace keySpace)
            throws MalformedMessageException {
        final List<byte[]> borders = new ArrayList<>();
        for (int i = 0; i + 1 < bounds.size() && borders.size() < MAX_BORDERS; i++) {
            final KeyBounds bucket = keySpace.clip(bounds.get(i), bounds.get(i + 1));
            if (bucket != null && bucket.end().length > 0 && isAfterLast(borders, bucket.end())) {
                borders.add(bucket.end());
            }
        }
        return new Buckets(version, borders.toArray(new byte[0][]));
    }

    private static boolean isAfterLast(final List<byte[]> borders, final byte[] key) {
        return borders.isEmpty() || Arrays.compareUnsigned(borders.get(borders.size() - 1), key) < 0;
    }

    /** Which of two is newer; positive. */
    long version() {
        return version;
    }

    /**
     * The borders of buckets strictly inside of a range.
     *
     * @param start first user key
     * @param end first user key behind; empty for no bound
     * @return ascending; the arrays are these buckets' own
     */
    List<byte[]> bordersWithin(final byte[] start, final byte[] end) {
        final List<byte[]> within = new ArrayList<>();
        for (final byte[] border : borders) {
            final boolean isBeforeEnd = end.length == 0 || Arrays.compareUnsigned(border, end) < 0;
            if (isBeforeEnd && Arrays.compareUnsigned(start, border) < 0) {
                within.add(border);
            }
        }
        return within;
    }
}
