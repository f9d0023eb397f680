package io.tikvdirect.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class KeyRangeTest {

    @Property(tries = 500)
    void aPrefixRangeHoldsExactlyTheKeysWithThePrefix(@ForAll final byte[] prefix, @ForAll final byte[] key) {
        final boolean begins =
                key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
        assertThat(KeyRange.prefix(prefix).contains(key)).isEqualTo(begins);
        assertThat(KeyRange.prefix(prefix).contains(concat(prefix, key))).isTrue();
    }

    private static byte[] concat(final byte[] left, final byte[] right) {
        final byte[] both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }

    @Test
    void aPrefixOfHighestBytesHasNoEnd() {
        assertThat(KeyRange.prefix(new byte[] {-1, -1}).end()).isEmpty();
        assertThat(KeyRange.prefix(new byte[] {1, -1}).end()).containsExactly(2);
        assertThat(KeyRange.prefix(new byte[0])).isEqualTo(KeyRange.all());
    }

    @Test
    void rangesAndPairsAreEqualByTheirBytesAndDoNotShowThem() {
        final KeyRange range = KeyRange.of(new byte[] {1}, new byte[] {2});
        assertThat(range).isEqualTo(KeyRange.of(new byte[] {1}, new byte[] {2}));
        assertThat(range).isNotEqualTo(KeyRange.from(new byte[] {1}));
        assertThat(range.isEmpty()).isFalse();
        assertThat(KeyRange.of(new byte[] {2}, new byte[] {2}).isEmpty()).isTrue();
        final KvPair pair = new KvPair("secret".getBytes(java.nio.charset.StandardCharsets.UTF_8), null);
        assertThat(pair).isEqualTo(new KvPair("secret".getBytes(java.nio.charset.StandardCharsets.UTF_8), null));
        assertThat(pair)
                .isNotEqualTo(new KvPair("secret".getBytes(java.nio.charset.StandardCharsets.UTF_8), new byte[0]));
        assertThat(pair.toString()).doesNotContain("secret").contains("6 bytes");
    }
}
