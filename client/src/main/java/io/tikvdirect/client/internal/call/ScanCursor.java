package io.tikvdirect.client.internal.call;

import java.util.Arrays;

/**
 * Immutable. Where a scan stands, and the pure function that moves it on.
 *
 * <p>A cursor covers the part of the range that has not been read. One step asks one region for one page: {@link
 * #pageStart}, {@link #pageEnd} and {@link #pageLimit} say what to ask, {@link #after} turns the answer into the next
 * cursor. Three rules make the scan complete (each has been broken by some client before):
 *
 * <ol>
 *   <li>A page with as many pairs as were asked for says nothing about what follows: the next step begins right after
 *       its last key, in whatever region that key's successor lies by then.
 *   <li>A shorter page exhausts exactly the region <i>as it was asked</i> (its bounds are fixed by the epoch the store has
 *       checked), so the next step begins at that region's border and not at the border of a newer region.
 *   <li>The scan ends only when its own bound or its limit is reached. A failure is no step at all.
 * </ol>
 *
 * <p>Bounds are user keys; an empty lower bound is the start of the key space, an empty upper bound its end.
 */
public final class ScanCursor {

    private static final byte[] UNBOUNDED = new byte[0];

    private final byte[] lower;
    private final byte[] upper;
    private final boolean reverse;
    private final int remaining;

    private ScanCursor(byte[] lower, byte[] upper, boolean reverse, int remaining) {
        this.lower = lower;
        this.upper = upper;
        this.reverse = reverse;
        this.remaining = remaining;
    }

    /**
     * The beginning of a scan.
     *
     * @param lower inclusive lower bound; empty: unbounded
     * @param upper exclusive upper bound; empty: unbounded
     * @param reverse whether to go from upper to lower
     * @param limit how many pairs to read at most; at least 0
     * @return a cursor
     */
    public static ScanCursor start(byte[] lower, byte[] upper, boolean reverse, int limit) {
        return new ScanCursor(lower, upper, reverse, limit);
    }

    /**
     * Whether there is nothing left to read.
     *
     * @return true at the end of the range or of the limit
     */
    public boolean isDone() {
        return remaining == 0 || (upper.length != 0 && Arrays.compareUnsigned(lower, upper) >= 0);
    }

    /**
     * The key whose region the next page is asked of.
     *
     * @return forward: the first key to read. Reverse: the exclusive bound; the region wanted is the one that holds the
     *     keys right below it (empty: the last region)
     */
    public byte[] routingKey() {
        return reverse ? upper : lower;
    }

    /**
     * Whether {@link #routingKey()} is an exclusive upper bound.
     *
     * @return true for a reverse scan
     */
    public boolean routesByEnd() {
        return reverse;
    }

    /**
     * The lower bound of the next page.
     *
     * @param regionStart the region's inclusive start; empty: unbounded
     * @return the larger of both lower bounds
     */
    public byte[] pageStart(byte[] regionStart) {
        return Arrays.compareUnsigned(regionStart, lower) > 0 ? regionStart : lower;
    }

    /**
     * The upper bound of the next page.
     *
     * @param regionEnd the region's exclusive end; empty: unbounded
     * @return the smaller of both upper bounds
     */
    public byte[] pageEnd(byte[] regionEnd) {
        if (regionEnd.length == 0) {
            return upper;
        }
        return upper.length == 0 || Arrays.compareUnsigned(regionEnd, upper) < 0 ? regionEnd : upper;
    }

    /**
     * How many pairs to ask for.
     *
     * @param pageSize the largest page
     * @return at least 1 unless the cursor is done
     */
    public int pageLimit(int pageSize) {
        return Math.min(remaining, pageSize);
    }

    /**
     * Moves past an answered page.
     *
     * @param regionStart start of the region that was asked, as its epoch was then
     * @param regionEnd end of that region
     * @param asked the limit that was sent
     * @param returned how many pairs came back
     * @param lastKey the last key of the page in scan order; not read when nothing came back
     * @return the cursor of what is left
     */
    public ScanCursor after(byte[] regionStart, byte[] regionEnd, int asked, int returned, byte[] lastKey) {
        int left = Math.max(0, remaining - returned);
        boolean full = returned >= asked;
        return reverse ? afterReverse(regionStart, full, left, lastKey) : afterForward(regionEnd, full, left, lastKey);
    }

    private ScanCursor afterForward(byte[] regionEnd, boolean full, int left, byte[] lastKey) {
        if (full) {
            return new ScanCursor(Arrays.copyOf(lastKey, lastKey.length + 1), upper, false, left);
        }
        return regionEnd.length == 0 ? ended() : new ScanCursor(regionEnd, upper, false, left);
    }

    private ScanCursor afterReverse(byte[] regionStart, boolean full, int left, byte[] lastKey) {
        if (full) {
            return lastKey.length == 0 ? ended() : new ScanCursor(lower, lastKey, true, left);
        }
        return regionStart.length == 0 ? ended() : new ScanCursor(lower, regionStart, true, left);
    }

    private ScanCursor ended() {
        return new ScanCursor(UNBOUNDED, UNBOUNDED, reverse, 0);
    }

    /**
     * How many pairs may still be read.
     *
     * @return the rest of the limit
     */
    public int remaining() {
        return remaining;
    }
}
