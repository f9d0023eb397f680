package io.tikvdirect.client.internal.region;

import java.util.Arrays;
import java.util.Objects;

/**
 * Immutable. Ascending numbers from 0 on, of 31 bits, searched without a branch that depends on them. To be extended rather
 * than held by what uses it: each object on the way is another cache line, and those are what a look-up costs. Numbers of
 * 31 bits instead of 63, because those of 100,000 regions stay within the second-level cache then.
 *
 * <p>A tree in one array, level behind level: each level has the first number of every eight of the level below, and the
 * last level has all. Eight numbers are half a cache line, so a search through 512 of them reads three lines, of which the
 * upper two are shared by many searches and therefore near; a binary search would read about six. Within a line the
 * numbers at or below the searched one are counted by arithmetic: a branch would be guessed wrong every other time.
 *
 * <p>Inner levels are as long as they can be, which makes their places constants. The unused rest of a line is filled with
 * a number above all.
 */
abstract class CodeTree {
    private static final int FAN_BITS = 3;
    private static final int FAN = 1 << FAN_BITS;
    /** The levels of 65 to 512 numbers, which are those of a chunk of regions and of up to 200,000 regions' chunks. */
    private static final int USUAL = 3;

    private final int[] nodes;
    private final int levels;
    private final int leaves;

    /** Over ascending numbers from 0 to 2^31 - 2, the first 0, equal ones allowed; at least one. */
    CodeTree(final int[] codes) {
        this.levels = levelsOf(codes.length);
        this.leaves = offset(levels - 1);
        this.nodes = new int[leaves + roundUp(codes.length)];
        Arrays.fill(nodes, Integer.MAX_VALUE);
        for (int level = 0; level < levels; level++) {
            final int step = FAN_BITS * (levels - 1 - level);
            final int at = offset(level);
            for (int i = 0; (i << step) < codes.length; i++) {
                nodes[at + i] = codes[i << step];
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
    final int code(final int place) {
        return nodes[leaves + place];
    }

    /**
     * The place of the last number at or below the searched one, which must not be negative.
     *
     * @param code at most 2^31 - 2; one above is the filling
     * @param companions what belongs to the numbers, in their order; the eight among which the one wanted is are touched as
     *     soon as they are known, so that memory brings them and the last line of numbers at the same time
     * @param from where the companions begin
     */
    final int lastAtMost(final int code, final Object[] companions, final int from) {
        final int above = code + 1;
        final int first = (levels == USUAL ? usualLine(above) : line(above)) << FAN_BITS;
        Objects.requireNonNull(companions[from + first]);
        return first + countBelow(nodes, leaves + first, above) - 1;
    }

    /** In which line of the last level the searched number is, for three levels: as {@link #line}, but without a loop. */
    private int usualLine(final int above) {
        final int[] line = nodes;
        final int first = (countBelow(line, 0, above) - 1) << FAN_BITS;
        return first + countBelow(line, FAN + first, above) - 1;
    }

    /** In which line of the last level the searched number is. */
    private int line(final int above) {
        final int[] line = nodes;
        int place = 0;
        int offset = 0;
        int width = FAN;
        for (int level = levels; level > 1; level--) {
            final int first = place << FAN_BITS;
            place = first + countBelow(line, offset + first, above) - 1;
            offset += width;
            width <<= FAN_BITS;
        }
        return place;
    }

    /** How many of a line's eight numbers are below another; a difference of two of 31 bits cannot overflow. */
    private static int countBelow(final int[] line, final int at, final int above) {
        final int first = ((line[at] - above) >>> 31) + ((line[at + 1] - above) >>> 31);
        final int second = ((line[at + 2] - above) >>> 31) + ((line[at + 3] - above) >>> 31);
        final int third = ((line[at + 4] - above) >>> 31) + ((line[at + 5] - above) >>> 31);
        final int fourth = ((line[at + 6] - above) >>> 31) + ((line[at + 7] - above) >>> 31);
        return (first + second) + (third + fourth);
    }
}
