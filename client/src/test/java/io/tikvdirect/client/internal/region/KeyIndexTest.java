package io.tikvdirect.client.internal.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.codec.buffer.KeyBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class KeyIndexTest {
    private static final byte[] ALPHABET = {0, 1, 0x7F, (byte) 0x80, (byte) 0xFE, (byte) 0xFF};

    private static byte[] key(final Random random, final byte[] prefix, final int longest) {
        final byte[] key = Arrays.copyOf(prefix, prefix.length + random.nextInt(longest + 1));
        for (int i = prefix.length; i < key.length; i++) {
            key[i] = ALPHABET[random.nextInt(ALPHABET.length)];
        }
        return key;
    }

    /** Keys that differ early, late or only in length, more than fit one line, one level, two levels and three. */
    @Property(tries = 150)
    void theLastKeyAtOrBelowIsFoundInArraysAndBuffers(@ForAll final long seed) {
        final Random random = new Random(seed);
        final byte[] prefix = new byte[random.nextInt(20)];
        random.nextBytes(prefix);
        final TreeSet<byte[]> sorted = new TreeSet<>(Arrays::compareUnsigned);
        sorted.add(random.nextBoolean() ? new byte[0] : prefix);
        final int count = new int[] {0, 1, 7, 8, 9, 64, 65, 512, 513, 700}[random.nextInt(10)];
        final int longest = count > 60 ? 14 : 4;
        for (int i = 0; i < count; i++) {
            sorted.add(key(random, prefix, longest));
        }
        addFarAway(sorted, random);
        final byte[][] keys = sorted.toArray(new byte[0][]);
        final Object[] companions = new Object[keys.length];
        Arrays.fill(companions, "a region");
        final KeyIndex index = new KeyIndex(keys, 0);
        for (int i = 0; i < 300; i++) {
            final byte[] searched = i < keys.length ? keys[i] : randomNear(random, prefix, longest);
            int expected = Arrays.binarySearch(keys, searched, Arrays::compareUnsigned);
            expected = Math.max(0, expected >= 0 ? expected : -expected - 2);
            assertThat(index.floor(searched, 0, searched.length, companions)).isEqualTo(expected);
            final byte[] shifted = new byte[searched.length + 3];
            System.arraycopy(searched, 0, shifted, 3, searched.length);
            assertThat(index.floor(shifted, 3, searched.length, companions)).isEqualTo(expected);
            final KeyBuffer buffer = new KeyBuffer();
            buffer.append(shifted);
            assertThat(index.floor(buffer, 3, searched.length, companions)).isEqualTo(expected);
        }
    }

    /** With as many bytes known of the searched keys as these have in common with all others, or fewer. */
    @Property(tries = 200)
    void howeverKeysAreSpreadTheLastAtOrBelowIsFound(@ForAll final long seed, @ForAll final KeySkew skew) {
        final Random random = new Random(seed);
        final TreeSet<byte[]> sorted = new TreeSet<>(Arrays::compareUnsigned);
        for (int i = random.nextInt(700); i >= 0; i--) {
            sorted.add(skew.draw(random));
        }
        final byte[][] keys = sorted.toArray(new byte[0][]);
        final int known = random.nextInt(KeyHeads.sharedBytes(keys[0], keys[keys.length - 1]) + 1);
        final Object[] companions = new Object[keys.length];
        Arrays.fill(companions, "a region");
        final KeyIndex index = new KeyIndex(keys, known);
        for (int i = 0; i < 300; i++) {
            final byte[] searched = skew.drawNear(random, keys[random.nextInt(keys.length)]);
            if (searched.length >= known && Arrays.equals(searched, 0, known, keys[0], 0, known)) {
                int expected = Arrays.binarySearch(keys, searched, Arrays::compareUnsigned);
                expected = Math.max(0, expected >= 0 ? expected : -expected - 2);
                assertThat(index.floor(searched, 0, searched.length, companions))
                        .isEqualTo(expected);
                final KeyBuffer buffer = new KeyBuffer();
                buffer.append(searched);
                assertThat(index.floor(buffer, 0, searched.length, companions)).isEqualTo(expected);
            }
        }
    }

    /** Keys of nothing but zeros differ only in length, those of seven zeros and more only behind what one head has. */
    @Test
    void keysThatDifferOnlyInLengthAreToldApartBesideManyThatShareWhatTheyAre() {
        final TreeSet<byte[]> sorted = new TreeSet<>(Arrays::compareUnsigned);
        for (int length = 0; length <= 20; length++) {
            sorted.add(new byte[length]);
        }
        for (int last = 0; last < 100; last++) {
            final byte[] key = new byte[9 + last % 9];
            key[key.length - 1] = (byte) (2 * last + 1);
            sorted.add(key);
        }
        final byte[][] keys = sorted.toArray(new byte[0][]);
        final KeyIndex index = new KeyIndex(keys, 0);
        for (int i = 0; i < keys.length; i++) {
            assertThat(index.floor(keys[i], 0, keys[i].length, keys)).isEqualTo(i);
            final byte[] above = Arrays.copyOf(keys[i], keys[i].length + 1);
            final int at = Arrays.binarySearch(keys, above, Arrays::compareUnsigned);
            final KeyBuffer buffer = new KeyBuffer();
            buffer.append(above);
            assertThat(index.floor(buffer, 0, above.length, keys)).isEqualTo(at >= 0 ? at : i);
        }
    }

    /** With them what all keys have in common is short, and what tells neighbours apart is far behind it. */
    private static void addFarAway(final TreeSet<byte[]> sorted, final Random random) {
        for (int i = random.nextInt(3); i > 0; i--) {
            final byte[] other = new byte[1 + random.nextInt(24)];
            random.nextBytes(other);
            sorted.add(other);
        }
    }

    private static byte[] randomNear(final Random random, final byte[] prefix, final int longest) {
        if (random.nextInt(4) > 0) {
            return key(random, prefix, longest);
        }
        final byte[] other = new byte[random.nextInt(24)];
        random.nextBytes(other);
        return other;
    }
}
