package io.tikvdirect.embedded.internal.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SortedSnapshotTest {
    @Property(tries = 200)
    void behavesAsASortedMapDoes(@ForAll @Size(max = 120) List<@IntRange(max = 4095) Integer> steps) {
        SortedSnapshot<Integer> snapshot = SortedSnapshot.empty();
        NavigableMap<byte[], Integer> model = new TreeMap<>(Arrays::compareUnsigned);
        for (int step : steps) {
            byte[] key = {(byte) (step >>> 4)};
            byte[] end = {(byte) ((step >>> 4) + 40)};
            SortedSnapshot<Integer> before = snapshot;
            List<byte[]> keysBefore = keys(before);
            switch (step & 3) {
                case 0, 1 -> {
                    snapshot = snapshot.with(key, step);
                    model.put(key, step);
                }
                case 2 -> {
                    snapshot = snapshot.without(key);
                    model.remove(key);
                }
                default -> {
                    if (Arrays.compareUnsigned(key, end) < 0) {
                        snapshot = snapshot.withoutRange(key, end);
                        model.subMap(key, end).clear();
                    }
                }
            }
            assertThat(snapshot.get(key)).isEqualTo(model.get(key));
            assertThat(keys(before))
                    .usingElementComparator(Arrays::compareUnsigned)
                    .isEqualTo(keysBefore);
        }
        assertThat(keys(snapshot))
                .usingElementComparator(Arrays::compareUnsigned)
                .isEqualTo(new ArrayList<>(model.keySet()));
        List<byte[]> down = new ArrayList<>();
        snapshot.descend(new byte[] {20}, new byte[] {(byte) 200}, (key, value) -> down.add(key));
        assertThat(down)
                .usingElementComparator(Arrays::compareUnsigned)
                .isEqualTo(new ArrayList<>(model.subMap(new byte[] {20}, true, new byte[] {(byte) 200}, false)
                        .descendingMap()
                        .keySet()));
    }

    private static List<byte[]> keys(SortedSnapshot<Integer> snapshot) {
        List<byte[]> keys = new ArrayList<>();
        snapshot.ascend(new byte[0], new byte[0], (key, value) -> keys.add(key));
        return keys;
    }

    @Property(tries = 500)
    void memcomparableKeepsTheOrderAndComesBack(@ForAll byte[] a, @ForAll byte[] b) {
        byte[] encodedA = Memcomparable.encode(a);
        byte[] encodedB = Memcomparable.encode(b);
        assertThat(Integer.signum(Arrays.compareUnsigned(encodedA, encodedB)))
                .isEqualTo(Integer.signum(Arrays.compareUnsigned(a, b)));
        assertThat(Memcomparable.decode(encodedA)).isEqualTo(a);
        assertThat(Memcomparable.encodedLength(encodedA)).isEqualTo(encodedA.length);
    }
}
