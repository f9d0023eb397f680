package io.tikvdirect.client.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ScanCursorTest {

    private static final byte[] NONE = new byte[0];

    /** Regions change between pages; the scan still meets every key exactly once and in order. */
    @Property(tries = 1500)
    void everyKeyOnceInOrderWhileRegionsSplitAndMerge(
            @ForAll long seed, @ForAll boolean reverse, @ForAll @IntRange(min = 1, max = 7) int pageSize) {
        Random random = new Random(seed);
        NavigableSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
        for (int i = random.nextInt(40); i > 0; i--) {
            keys.add(randomKey(random));
        }
        byte[] lower = random.nextInt(3) == 0 ? NONE : randomKey(random);
        byte[] upper = random.nextInt(3) == 0 ? NONE : randomKey(random);
        int limit = random.nextInt(4) == 0 ? random.nextInt(10) : Integer.MAX_VALUE;

        List<byte[]> expected = new ArrayList<>();
        for (byte[] key : reverse ? keys.descendingSet() : keys) {
            if (inRange(key, lower, upper) && expected.size() < limit) {
                expected.add(key);
            }
        }
        List<byte[]> found = scan(keys, lower, upper, reverse, limit, pageSize, random);
        assertThat(found).usingElementComparator(Arrays::compareUnsigned).containsExactlyElementsOf(expected);
    }

    private static List<byte[]> scan(
            NavigableSet<byte[]> keys,
            byte[] lower,
            byte[] upper,
            boolean reverse,
            int limit,
            int pageSize,
            Random random) {
        List<byte[]> found = new ArrayList<>();
        ScanCursor cursor = ScanCursor.start(lower, upper, reverse, limit);
        for (int steps = 0; !cursor.isDone(); steps++) {
            assertThat(steps).as("the scan ends").isLessThan(2_000);
            // other regions at every page
            NavigableSet<byte[]> borders = new TreeSet<>(Arrays::compareUnsigned);
            for (int i = random.nextInt(6); i > 0; i--) {
                borders.add(randomKey(random));
            }
            byte[] start = regionStart(borders, cursor);
            byte[] end = regionEnd(borders, cursor);
            int asked = cursor.pageLimit(pageSize);
            List<byte[]> page = serve(keys, cursor.pageStart(start), cursor.pageEnd(end), asked, reverse);
            found.addAll(page);
            byte[] last = page.isEmpty() ? NONE : page.get(page.size() - 1);
            cursor = cursor.after(start, end, asked, page.size(), last);
        }
        return found;
    }

    private static byte[] regionStart(NavigableSet<byte[]> borders, ScanCursor cursor) {
        byte[] key = cursor.routingKey();
        byte[] start = cursor.routesByEnd()
                ? (key.length == 0 ? (borders.isEmpty() ? null : borders.last()) : borders.lower(key))
                : borders.floor(key);
        return start == null ? NONE : start;
    }

    private static byte[] regionEnd(NavigableSet<byte[]> borders, ScanCursor cursor) {
        byte[] key = cursor.routingKey();
        byte[] end = cursor.routesByEnd() ? (key.length == 0 ? null : borders.ceiling(key)) : borders.higher(key);
        return end == null ? NONE : end;
    }

    /** What a store does: it cuts at its region and knows nothing of other regions. */
    private static List<byte[]> serve(
            NavigableSet<byte[]> keys, byte[] lower, byte[] upper, int limit, boolean reverse) {
        List<byte[]> page = new ArrayList<>();
        for (byte[] key : reverse ? keys.descendingSet() : keys) {
            if (inRange(key, lower, upper) && page.size() < limit) {
                page.add(key);
            }
        }
        return page;
    }

    private static boolean inRange(byte[] key, byte[] lower, byte[] upper) {
        return Arrays.compareUnsigned(lower, key) <= 0 && (upper.length == 0 || Arrays.compareUnsigned(key, upper) < 0);
    }

    private static byte[] randomKey(Random random) {
        byte[] key = new byte[1 + random.nextInt(2)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(4) == 0 ? 0xFF : random.nextInt(4));
        }
        return key;
    }

    @Test
    void aFullPageIsNeverTakenForTheEndOfItsRegion() {
        ScanCursor cursor = ScanCursor.start(NONE, NONE, false, 100);
        ScanCursor next = cursor.after(NONE, NONE, 2, 2, new byte[] {7});
        assertThat(next.isDone()).isFalse();
        assertThat(next.routingKey()).containsExactly(7, 0);
    }

    @Test
    void aShortPageOfTheLastRegionIsTheEnd() {
        assertThat(ScanCursor.start(NONE, NONE, false, 100)
                        .after(new byte[] {1}, NONE, 3, 2, new byte[] {7})
                        .isDone())
                .isTrue();
        assertThat(ScanCursor.start(NONE, NONE, true, 100)
                        .after(NONE, new byte[] {1}, 3, 0, NONE)
                        .isDone())
                .isTrue();
    }

    @Test
    void anEmptyPageOfAMiddleRegionGoesOnAtItsBorder() {
        ScanCursor next = ScanCursor.start(NONE, NONE, false, 100).after(NONE, new byte[] {5}, 10, 0, NONE);
        assertThat(next.isDone()).isFalse();
        assertThat(next.routingKey()).containsExactly(5);
    }

    @Test
    void anEmptyRangeIsDoneAtOnce() {
        assertThat(ScanCursor.start(new byte[] {5}, new byte[] {5}, false, 1).isDone())
                .isTrue();
        assertThat(ScanCursor.start(NONE, NONE, false, 0).isDone()).isTrue();
    }
}
