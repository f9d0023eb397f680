package io.tikvdirect.cli.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ByteScanTest {
    @Property
    void theFirstOfTheRangeIsFound(
            @ForAll @Size(min = 40, max = 60) @ByteRange(min = -2, max = 2) byte[] bytes,
            @ForAll @ByteRange(min = -2, max = 2) byte wanted,
            @ForAll @IntRange(max = 20) int from,
            @ForAll @IntRange(min = 20, max = 40) int to) {
        int expected = from;
        while (expected < to && bytes[expected] != wanted) {
            expected++;
        }

        assertThat(ByteScan.indexOf(wanted, bytes, from, to)).isEqualTo(expected);
    }

    @Property
    void aSingleByteIsFoundWhereverItIs(
            @ForAll byte wanted, @ForAll byte other, @ForAll @IntRange(max = 49) int index) {
        byte[] bytes = new byte[50];
        Arrays.fill(bytes, other);
        bytes[index] = wanted;

        assertThat(ByteScan.indexOf(wanted, bytes, 0, 50)).isEqualTo(wanted == other ? 0 : index);
        assertThat(ByteScan.indexOf(wanted, bytes, index, 50)).isEqualTo(index);
    }
}
