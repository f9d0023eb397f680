package io.tikvdirect.client.internal.region;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Immutable but for marks, which any thread may set. Regions in the order of their keys, none overlapping another, in two
 * levels: chunks of at most {@value #MAX_CHUNK} regions, and the chunks' first keys.
 *
 * <p>A look-up is two searches in {@link KeyIndex}es. A change copies the chunks it touches and the list of chunks; the
 * rest is shared with the index before it, so a reader sees all of a change or nothing.
 *
 * <p>A position is the chunk's number in the upper and the place within it in the lower 32 bits.
 */
final class RegionIndex {
    /** Three levels of a {@link CodeTree}. A change copies a chunk and the lists of chunks: some 3,000 for a million regions. */
    static final int MAX_CHUNK = 512;

    /** Where a full chunk is cut: appending leaves chunks three quarters full. */
    private static final int CUT = MAX_CHUNK * 3 / 4;
    /** A smaller chunk is joined with its neighbour. */
    private static final int MIN_CHUNK = MAX_CHUNK / 8;

    static final RegionIndex EMPTY =
            new RegionIndex(new Region[0][], new KeyIndex[0], new byte[0][], 0, new boolean[0], null, 0);

    /** Instead of a position. */
    static final long NONE = -1;

    /** Generations after {@link #born} that fit into a mark. */
    private static final int MAX_MARK = 255;

    private static final byte[] NO_BOUND = {};

    // One chunk is an element of each; an object of its own would be one more step on the way of every look-up.
    private final Region[][] chunks;
    private final KeyIndex[] starts;
    private final byte[][] marks;
    private final boolean[] gapless;
    private final @Nullable KeyIndex firsts;
    private final int size;

    /** The generation whose mark is 1; 0 is no mark. */
    private final int born;

    private RegionIndex(
            final Region[][] chunks,
            final KeyIndex[] starts,
            final byte[][] marks,
            final int born,
            final boolean[] gapless,
            final @Nullable KeyIndex firsts,
            final int size) {
        this.chunks = chunks;
        this.starts = starts;
        this.marks = marks;
        this.born = born;
        this.gapless = gapless;
        this.firsts = firsts;
        this.size = size;
    }

    int size() {
        return size;
    }

    int chunkCount() {
        return chunks.length;
    }

    /** The regions of one chunk, to be read only. */
    Region[] chunk(final int number) {
        return chunks[number];
    }

    /** The place of the only region that can have a key, {@link #NONE} if there are no regions. */
    long search(final byte[] key) {
        if (firsts == null) {
            return NONE;
        }
        final int number = firsts.floor(key, 0, key.length, chunks);
        return position(number, starts[number].floor(key, 0, key.length, chunks[number]));
    }

    /** The place of the only region that can have a key, {@link #NONE} if there are no regions. */
    long search(final DirectBuffer key, final int offset, final int length) {
        if (firsts == null) {
            return NONE;
        }
        final int number = firsts.floor(key, offset, length, chunks);
        return position(number, starts[number].floor(key, offset, length, chunks[number]));
    }

    /**
     * Whether a search that led to a position has shown that the key lies in the region there: it is not below the first
     * key of all, and the next region starts where this one ends. The region's bounds need not be read then.
     */
    boolean isInside(final long position) {
        final int number = number(position);
        return position != 0 && gapless[number] && (int) position < chunks[number].length - 1;
    }

    /**
     * Whether the region at a position has every key that a search leads there with, and was found usable in a generation:
     * then the region itself, another line of memory and a far one, need not be read.
     */
    boolean isMarked(final long position, final int generation) {
        return (marks[number(position)][(int) position] & MAX_MARK) == generation - born + 1;
    }

    /** Notes that the region at a position was found usable after a generation had been read. */
    void mark(final long position, final int generation) {
        final int mark = generation - born + 1;
        if (mark > 0 && mark <= MAX_MARK && isInside(position)) {
            marks[number(position)][(int) position] = (byte) mark;
        }
    }

    /** How many more generations can be marked. */
    int marksLeft(final int generation) {
        return MAX_MARK - (generation - born + 1);
    }

    /** The same without marks, and with room for those of generations to come; who still marks the old one does no harm. */
    RegionIndex unmarked(final int generation) {
        final byte[][] none = new byte[chunks.length][];
        for (int i = 0; i < none.length; i++) {
            none[i] = new byte[chunks[i].length];
        }
        return new RegionIndex(chunks, starts, none, generation, gapless, firsts, size);
    }

    /** The last region that starts below the key, the last of all for an empty key, or null. */
    @Nullable
    Region lower(final byte[] endKey) {
        final long position = endKey.length == 0 ? lastPosition() : lowerPosition(endKey);
        return position == NONE ? null : at(position);
    }

    private long floorPosition(final byte[] key) {
        final long position = search(key);
        return position == 0 && Arrays.compareUnsigned(key, at(0).start()) < 0 ? NONE : position;
    }

    private long lowerPosition(final byte[] key) {
        final long floor = floorPosition(key);
        return floor != NONE && Arrays.equals(at(floor).start(), key) ? before(floor) : floor;
    }

    private long lastPosition() {
        return chunks.length == 0 ? NONE : position(chunks.length - 1, chunks[chunks.length - 1].length - 1);
    }

    private static long position(final int number, final int place) {
        return ((long) number << Integer.SIZE) | place;
    }

    private static int number(final long position) {
        return (int) (position >>> Integer.SIZE);
    }

    /** The region at a position. */
    Region at(final long position) {
        return chunks[number(position)][(int) position];
    }

    private long before(final long position) {
        if ((int) position > 0) {
            return position - 1;
        }
        final int number = number(position);
        return number == 0 ? NONE : position(number - 1, chunks[number - 1].length - 1);
    }

    private long after(final long position) {
        if (position == NONE) {
            return chunks.length == 0 ? NONE : 0;
        }
        final int number = number(position);
        if ((int) position + 1 < chunks[number].length) {
            return position + 1;
        }
        return number + 1 < chunks.length ? position(number + 1, 0) : NONE;
    }

    /** The regions that share keys with a range, in order; an empty end is the end of all keys. */
    List<Region> overlapping(final byte[] start, final byte[] end) {
        final List<Region> found = new ArrayList<>();
        long position = firstOverlapping(start);
        while (position != NONE && startsBefore(at(position), end)) {
            found.add(at(position));
            position = after(position);
        }
        return found;
    }

    private long firstOverlapping(final byte[] start) {
        final long floor = floorPosition(start);
        return floor != NONE && endsAfter(at(floor), start) ? floor : after(floor);
    }

    private static boolean startsBefore(final Region region, final byte[] end) {
        return end.length == 0 || Arrays.compareUnsigned(region.start(), end) < 0;
    }

    private static boolean endsAfter(final Region region, final byte[] key) {
        return region.end().length == 0 || Arrays.compareUnsigned(region.end(), key) > 0;
    }

    /**
     * Where the free stretch of keys around a key begins: the end of the nearest usable region on its left. Looks past at
     * most {@code reach} unusable ones. Empty when nothing bounds it.
     */
    byte[] gapStart(final byte[] key, final int reach) {
        long position = floorPosition(key);
        for (int i = 0; i < reach && position != NONE && !at(position).isUsable(); i++) {
            position = before(position);
        }
        return position == NONE ? NO_BOUND : at(position).end();
    }

    /**
     * Where the free stretch of keys around a key ends: the start of the nearest usable region on its right. Looks past at
     * most {@code reach} unusable ones. Empty when nothing bounds it.
     */
    byte[] gapEnd(final byte[] key, final int reach) {
        long position = after(floorPosition(key));
        for (int i = 0; i < reach && position != NONE && !at(position).isUsable(); i++) {
            position = after(position);
        }
        return position == NONE ? NO_BOUND : at(position).start();
    }

    /**
     * The index with everything that overlaps a range taken out and other regions, all within the range, put in.
     *
     * @param start start of the range
     * @param end end of the range; empty for the end of all keys
     * @param inserted ascending, not overlapping
     */
    RegionIndex replaced(final byte[] start, final byte[] end, final List<Region> inserted) {
        final long first = firstOverlapping(start);
        if (first == NONE) {
            return spliced(chunks.length, 0, chunks.length, 0, inserted);
        }
        long behind = first;
        while (behind != NONE && startsBefore(at(behind), end)) {
            behind = after(behind);
        }
        final int toNumber = behind == NONE ? chunks.length : number(behind);
        return spliced(number(first), (int) first, toNumber, behind == NONE ? 0 : (int) behind, inserted);
    }

    /** Regions from one place up to another give way to others. */
    private RegionIndex spliced(
            final int fromNumber,
            final int fromPlace,
            final int toNumber,
            final int toPlace,
            final List<Region> inserted) {
        final List<Region> run = new ArrayList<>(MAX_CHUNK + inserted.size());
        int left = fromNumber;
        int right = toNumber;
        if (fromNumber < chunks.length) {
            addAll(run, chunks[fromNumber], 0, fromPlace);
        }
        run.addAll(inserted);
        if (toNumber < chunks.length) {
            addAll(run, chunks[toNumber], toPlace, chunks[toNumber].length);
            right++;
        }
        if (run.size() < MIN_CHUNK && left > 0) {
            left--;
            final List<Region> joined = new ArrayList<>(MAX_CHUNK + run.size());
            addAll(joined, chunks[left], 0, chunks[left].length);
            joined.addAll(run);
            return withRun(left, right, joined);
        }
        return withRun(left, right, run);
    }

    private static void addAll(final List<Region> run, final Region[] chunk, final int from, final int to) {
        run.addAll(Arrays.asList(chunk).subList(from, to));
    }

    /** The chunks from one number up to another give way to those that a run of regions is cut into. */
    private RegionIndex withRun(final int left, final int right, final List<Region> run) {
        final List<Region[]> cut = cut(run);
        final int count = left + cut.size() + chunks.length - right;
        final Region[][] nextChunks = spread(chunks, new Region[count][], left, right);
        final KeyIndex[] nextStarts = spread(starts, new KeyIndex[count], left, right);
        final byte[][] nextMarks = spread(marks, new byte[count][], left, right);
        final boolean[] nextGapless = new boolean[count];
        System.arraycopy(gapless, 0, nextGapless, 0, left);
        System.arraycopy(gapless, right, nextGapless, left + cut.size(), gapless.length - right);
        for (int i = 0; i < cut.size(); i++) {
            nextChunks[left + i] = cut.get(i);
            nextMarks[left + i] = new byte[cut.get(i).length];
            nextGapless[left + i] = isGapless(cut.get(i));
        }
        keepKnown(nextStarts, nextChunks, left, left + cut.size());
        int total = size + run.size();
        for (int i = left; i < right; i++) {
            total -= chunks[i].length;
        }
        final boolean sameFirsts = right - left == cut.size() && haveSameFirsts(left, cut);
        final KeyIndex nextFirsts = sameFirsts ? firsts : firstsOf(nextChunks);
        return new RegionIndex(nextChunks, nextStarts, nextMarks, born, nextGapless, nextFirsts, total);
    }

    /** Indexes of chunks from one number up to another are made, and those beside them if they know something else now. */
    private static void keepKnown(final KeyIndex[] starts, final Region[][] chunks, final int from, final int to) {
        for (int i = Math.max(0, from - 1); i < Math.min(chunks.length, to + 1); i++) {
            final int known = known(chunks, i);
            if ((i >= from && i < to) || starts[i].known() != known) {
                starts[i] = new KeyIndex(startsOf(chunks[i]), known);
            }
        }
    }

    /**
     * How many bytes the starts of a chunk's regions share with every key that a search through the first keys leads there
     * with: those that the first keys of the chunk and of the next one share. Nothing bounds what is searched in the first
     * chunk and in the last one.
     */
    private static int known(final Region[][] chunks, final int number) {
        return number == 0 || number == chunks.length - 1
                ? 0
                : KeyHeads.sharedBytes(chunks[number][0].start(), chunks[number + 1][0].start());
    }

    private static <T> T[] spread(final T[] from, final T[] to, final int left, final int right) {
        System.arraycopy(from, 0, to, 0, left);
        System.arraycopy(from, right, to, to.length - (from.length - right), from.length - right);
        return to;
    }

    private boolean haveSameFirsts(final int left, final List<Region[]> cut) {
        for (int i = 0; i < cut.size(); i++) {
            if (!Arrays.equals(cut.get(i)[0].start(), chunks[left + i][0].start())) {
                return false;
            }
        }
        return true;
    }

    private static List<Region[]> cut(final List<Region> run) {
        final List<Region[]> cut = new ArrayList<>();
        int from = 0;
        while (run.size() - from > MAX_CHUNK) {
            cut.add(run.subList(from, from + CUT).toArray(new Region[0]));
            from += CUT;
        }
        if (from < run.size()) {
            cut.add(run.subList(from, run.size()).toArray(new Region[0]));
        }
        return cut;
    }

    private static byte[][] startsOf(final Region[] chunk) {
        final byte[][] keys = new byte[chunk.length][];
        for (int i = 0; i < chunk.length; i++) {
            keys[i] = chunk[i].start();
        }
        return keys;
    }

    private static boolean isGapless(final Region[] chunk) {
        for (int i = 1; i < chunk.length; i++) {
            if (!Arrays.equals(chunk[i - 1].end(), chunk[i].start())) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable KeyIndex firstsOf(final Region[][] chunks) {
        final byte[][] keys = new byte[chunks.length][];
        for (int i = 0; i < chunks.length; i++) {
            keys[i] = chunks[i][0].start();
        }
        return keys.length == 0 ? null : new KeyIndex(keys, 0);
    }

    /**
     * The index with another object for a region whose bounds are the same.
     *
     * @param region in this index, by identity
     * @param other takes its place
     */
    RegionIndex exchanged(final Region region, final Region other) {
        final long position = floorPosition(region.start());
        if (position == NONE || at(position) != region) {
            return this;
        }
        final Region[][] next = chunks.clone();
        final int number = number(position);
        next[number] = chunks[number].clone();
        next[number][(int) position] = other;
        final byte[][] nextMarks = marks.clone();
        nextMarks[number] = new byte[next[number].length];
        return new RegionIndex(next, starts, nextMarks, born, gapless, firsts, size);
    }
}
