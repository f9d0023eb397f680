package io.tikvdirect.client.internal.region;

import static io.tikvdirect.client.internal.region.RegionFixtures.region;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.codec.buffer.KeyBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class RegionIndexTest {
    private static final byte[] NONE = {};

    private final Store store = RegionFixtures.store(1);

    /** Chunks come and go at the front, at the end and between, so that what is known of the keys that reach one changes. */
    @Property(tries = 60)
    void howeverKeysAreSpreadAndRangesReplacedASearchLeadsToTheOnlyRegionThatCanHaveTheKey(
            @ForAll final long seed, @ForAll final KeySkew skew) {
        final Random random = new Random(seed);
        final List<byte[]> borders = borders(skew, random);
        final TreeMap<byte[], Region> model = new TreeMap<>(Arrays::compareUnsigned);
        RegionIndex index = RegionIndex.EMPTY;
        for (int step = 0; step < 25; step++) {
            final int first = firstReplaced(index, borders, random);
            final int width = 1 + random.nextInt(random.nextInt(3) == 0 ? 3 : borders.size());
            final int last = Math.min(borders.size(), first + width);
            final List<Region> inserted = regions(borders, first, last, random);
            final byte[] end = last == borders.size() ? NONE : borders.get(last);
            index = index.replaced(borders.get(first), end, inserted);
            replace(model, borders.get(first), end, inserted);
            assertThat(index.size()).isEqualTo(model.size());
            for (int i = 0; i < 100; i++) {
                isFound(index, model, skew.drawNear(random, borders.get(random.nextInt(borders.size()))));
            }
        }
    }

    /** Of all, of some chunk, or any. */
    private static int firstReplaced(final RegionIndex index, final List<byte[]> borders, final Random random) {
        if (index.chunkCount() > 0 && random.nextBoolean()) {
            final byte[] start = index.chunk(random.nextInt(index.chunkCount()))[0].start();
            return Collections.binarySearch(borders, start, Arrays::compareUnsigned);
        }
        return random.nextInt(4) == 0 ? 0 : random.nextInt(borders.size());
    }

    private static List<byte[]> borders(final KeySkew skew, final Random random) {
        final TreeSet<byte[]> borders = new TreeSet<>(Arrays::compareUnsigned);
        if (random.nextBoolean()) {
            borders.add(NONE);
        }
        for (int i = 2_000; i >= 0; i--) {
            borders.add(skew.draw(random));
        }
        return new ArrayList<>(borders);
    }

    /** With a gap here and there, or none at all. */
    private List<Region> regions(final List<byte[]> borders, final int first, final int last, final Random random) {
        final int present = random.nextInt(8);
        final List<Region> regions = new ArrayList<>();
        for (int i = first; i < last; i++) {
            if (present > 1 || (present == 1 && random.nextInt(9) > 0)) {
                final byte[] end = i + 1 == borders.size() ? NONE : borders.get(i + 1);
                regions.add(region(i + 1, 1, 1, borders.get(i), end, store));
            }
        }
        return regions;
    }

    private static void replace(
            final TreeMap<byte[], Region> model, final byte[] start, final byte[] end, final List<Region> inserted) {
        (end.length == 0 ? model.tailMap(start, true) : model.subMap(start, true, end, false)).clear();
        inserted.forEach(region -> model.put(region.start(), region));
    }

    private static void isFound(final RegionIndex index, final TreeMap<byte[], Region> model, final byte[] key) {
        final KeyBuffer buffer = new KeyBuffer();
        buffer.append(key);
        final long position = index.search(key);
        assertThat(index.search(buffer, 0, key.length)).isEqualTo(position);
        if (model.isEmpty()) {
            assertThat(position).isEqualTo(RegionIndex.NONE);
            return;
        }
        final Map.Entry<byte[], Region> floor = model.floorEntry(key);
        assertThat(index.at(position)).isSameAs((floor == null ? model.firstEntry() : floor).getValue());
        if (index.isInside(position)) {
            assertThat(index.at(position).contains(key)).isTrue();
        }
    }
}
