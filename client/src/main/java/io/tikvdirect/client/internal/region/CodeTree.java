package io.tikvdirect.client.internal.region;

import java.util.Arrays;
import java.util.Objects;

/**
 * Immutable. Ascending numbers from 0 on, of 31 bits, searched without a branch that depends on them. To be extended rather
 * than held by what uses it: each object on the way is another cache line. Numbers of 31 bits instead of 63, because those
 * of 100,000 regions stay within the second-level cache then.
 *
 * <p>A tree in one array, level behind level: each level has the first number of every eight of the level below, and the
 * last level has all. Eight numbers are half a cache line, so a search through 512 of them reads three lines, of which the
 * upper two are shared by many searches and therefore near; a binary search would read about six. Within a line the
 * numbers at or below the searched one are counted by arithmetic: a branch would be guessed wrong every other time.
 *
 * <p>Two numbers share a word, each with its topmost bit set, so that the searched number is taken from both by one
 * subtraction: where it is above, that bit is gone. Four words a line then, and half the instructions that eight numbers
 * would need. What a search consists of is kept small enough (35 bytes of code) to be inlined whatever the JVM has seen.
 *
 * <p>Inner levels are as long as they can be, which makes their places constants. The unused rest of a line is filled with
 * a number above all.
 */
abstract class CodeTree {
    private static final int FAN_BITS = 3;
    private static final int FAN = 1 << FAN_BITS;
    /** Words of a line, as a shift. */
    private static final int LINE_BITS = FAN_BITS - 1;
    /** The levels of 65 to 512 numbers, which are those of a chunk of regions and of up to 200,000 regions' chunks. */
    private static final int USUAL = 3;

    /** The topmost bits of the two numbers of a word. */
    private static final long TOPMOST = 0x8000_0000_8000_0000L;
    /** Times this, a number is in both halves of a word. */
    private static final long TWICE = 0x0000_0001_0000_0001L;

    private final long[] nodes;
    private final int levels;
    private final int leaves;

    /** Over ascending numbers from 0 to 2^31 - 2, the first 0, equal ones allowed; at least one. */
    CodeTree(final int[] codes) {
        this.levels = levelsOf(codes.length);
        this.leaves = offset(levels - 1) / 2;
        this.nodes = new long[leaves + roundUp(codes.length) / 2];
        Arrays.fill(nodes, -1);
        for (int level = 0; level < levels; level++) {
            final int step = FAN_BITS * (levels - 1 - level);
            final int at = offset(level);
            for (int i = 0; (i << step) < codes.length; i++) {
                put(at + i, codes[i << step]);
            }
        }
    }

    /** The even one of two numbers is in the lower half of their word. */
    private void put(final int at, final int code) {
        final int shift = at << 5; // of which a long takes the lowest six bits: 0 or 32
        final long half = 0xFFFF_FFFFL << shift;
        nodes[at >> 1] = (nodes[at >> 1] & ~half) | ((code * TWICE | TOPMOST) & half);
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
        return (int) (nodes[leaves + (place >> 1)] >>> (place << 5)) & Integer.MAX_VALUE; // shifted by 0 or 32
    }

    /**
     * The place of the last number at or below the searched one, which must not be negative.
     *
     * @param code at most 2^31 - 2; one above is the filling
     * @param companions what belongs to the numbers, in their order; the eight among which the one wanted is are touched as
     *     soon as they are known, so that memory brings them and the last line of numbers at the same time
     */
    final int lastAtMost(final int code, final Object[] companions) {
        final long above = (code + 1) * TWICE;
        final int line = levels == USUAL ? usualLine(above) : line(above);
        Objects.requireNonNull(companions[line << FAN_BITS]);
        return below(line, nodes, leaves, above);
    }

    /** In which line of the last level the searched number is, for three levels: as {@link #line}, but without a loop. */
    private int usualLine(final long above) {
        return below(below(0, nodes, 0, above), nodes, FAN >> 1, above);
    }

    /** In which line of the last level the searched number is. */
    private int line(final long above) {
        int place = 0;
        int offset = 0;
        int width = FAN >> 1;
        for (int level = levels; level > 1; level--) {
            place = below(place, nodes, offset, above);
            offset += width;
            width <<= FAN_BITS;
        }
        return place;
    }

    /** The last number of a line that is below another, by its place within the level that begins at some word. */
    private static int below(final int line, final long[] nodes, final int level, final long above) {
        return (line << FAN_BITS) + last(nodes, level + (line << LINE_BITS), above);
    }

    /** As the first one always is below, 0 to 7: seven less those that are not. */
    private static int last(final long[] nodes, final int at, final long above) {
        return ~(notBelow(nodes, at, above) + notBelow(nodes, at + 2, above)) & (FAN - 1);
    }

    /** How many of the four numbers of two words are not below another. */
    private static int notBelow(final long[] nodes, final int at, final long above) {
        return Long.bitCount((nodes[at] - above) & TOPMOST) + Long.bitCount((nodes[at + 1] - above) & TOPMOST);
    }
}
