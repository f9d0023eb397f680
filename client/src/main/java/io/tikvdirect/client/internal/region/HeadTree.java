package io.tikvdirect.client.internal.region;

import java.util.Arrays;
import java.util.Objects;

/**
 * Immutable. Ascending numbers from 0 on, of 63 bits, searched without a branch that depends on them. To be extended rather
 * than held by what uses it: each object on the way is another cache line, and those are what a look-up costs.
 *
 * <p>A tree in one array, level behind level: each level has the first number of every eight of the level below, and the
 * last level has all. Eight numbers are a cache line, so a search through 512 of them reads three lines, of which the
 * upper two are shared by many searches and therefore near; a binary search would read about seven. Within a line the
 * numbers at or below the searched one are counted by arithmetic: a branch would be guessed wrong every other time.
 *
 * <p>Inner levels are as long as they can be, which makes their places constants. The unused rest of a line is filled with
 * a number above all.
 */
abstract class HeadTree {
    /** The largest number allowed; one above is the filling. */
    static final long MAX = Long.MAX_VALUE - 1;

    private static final int FAN_BITS = 3;
    private static final int FAN = 1 << FAN_BITS;

    private final long[] nodes;
    private final int levels;
    private final int leaves;

    /** Over ascending numbers from 0 to {@link #MAX}, the first 0, equal ones allowed; at least one. */
    HeadTree(final long[] heads) {
        this.levels = levelsOf(heads.length);
        this.leaves = offset(levels - 1);
        this.nodes = new long[leaves + roundUp(heads.length)];
        Arrays.fill(nodes, Long.MAX_VALUE);
        for (int level = 0; level < levels; level++) {
            final int step = FAN_BITS * (levels - 1 - level);
            final int at = offset(level);
            for (int i = 0; (i << step) < heads.length; i++) {
                nodes[at + i] = heads[i << step];
            }
        }
    }

    private static int levelsOf(final int count) {
        int levels = 1;
        while (1L << (FAN_BITS * levels) < count) {
            levels++;
        }
        return levels;
    }

    /** Where a level begins: behind 8 + 64 + 512 + ... numbers. */
    private static int offset(final int level) {
        int offset = 0;
        for (int i = 1; i <= level; i++) {
            offset += 1 << (FAN_BITS * i);
        }
        return offset;
    }

    private static int roundUp(final int count) {
        return (count + FAN - 1) & -FAN;
    }

    /** The number at a place. */
    long at(final int place) {
        return nodes[leaves + place];
    }

    /**
     * The place of the last number at or below the searched one, which must not be negative.
     *
     * @param companions what belongs to the numbers, in their order; the eight among which the one wanted is are touched as
     *     soon as they are known, so that memory brings them and the last line of numbers at the same time
     */
    int lastAtMost(final long head, final Object[] companions) {
        final long[] line = nodes;
        final long above = Math.min(head, MAX) + 1;
        int place = 0;
        int offset = 0;
        int width = FAN;
        for (int level = levels; level > 1; level--) {
            final int first = place << FAN_BITS;
            place = first + countBelow(line, offset + first, above) - 1;
            offset += width;
            width <<= FAN_BITS;
        }
        final int first = place << FAN_BITS;
        Objects.requireNonNull(companions[first]);
        return first + countBelow(line, offset + first, above) - 1;
    }

    /** How many of a line's eight numbers are below another; a difference of two of 63 bits cannot overflow. */
    private static int countBelow(final long[] line, final int at, final long above) {
        final long first = ((line[at] - above) >>> 63) + ((line[at + 1] - above) >>> 63);
        final long second = ((line[at + 2] - above) >>> 63) + ((line[at + 3] - above) >>> 63);
        final long third = ((line[at + 4] - above) >>> 63) + ((line[at + 5] - above) >>> 63);
        final long fourth = ((line[at + 6] - above) >>> 63) + ((line[at + 7] - above) >>> 63);
        return (int) ((first + second) + (third + fourth));
    }
}
