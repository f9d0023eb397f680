package io.tikvdirect.integration.differential;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Confined to one thread. What a program's generator draws from its seed: few keys, so that statements meet. */
final class Draw {
    private static final String[] SHORT_KEYS = {
        "", "a", "b", "ab", "a\0", "a\377", "\0", "\377", "\377\377", "m", "z", "-", "#"
    };
    private static final int KEYS = 8;

    private final Random random;
    private final int longest;
    private final List<byte[]> keys = new ArrayList<>();

    /**
     * The draws of one program.
     *
     * @param longest bytes of the longest key that a run's prefix leaves room for
     */
    Draw(long seed, int longest) {
        this.longest = longest;
        // Neighbouring seeds must not begin alike
        random = new Random(seed * 0x9E37_79B9_7F4A_7C15L);
        while (keys.size() < KEYS) {
            keys.add(newKey(longest));
        }
    }

    private byte[] newKey(int longest) {
        int kind = random.nextInt(40);
        if (kind == 0) {
            return filled(longest);
        }
        if (kind < 10) {
            byte[] bytes = new byte[1 + random.nextInt(6)];
            random.nextBytes(bytes);
            return bytes;
        }
        return latin1(SHORT_KEYS[random.nextInt(SHORT_KEYS.length)]);
    }

    /** One of the program's keys. */
    byte[] key() {
        return keys.get(random.nextInt(keys.size()));
    }

    /** A place among them: a key, right behind one, or right before one. */
    byte[] place() {
        byte[] key = key();
        return switch (random.nextInt(5)) {
            case 0 -> Arrays.copyOf(key, key.length + 1);
            case 1 -> key.length > 1 ? Arrays.copyOf(key, key.length - 1) : key;
            default -> key;
        };
    }

    /** A place that is no longer than a key may be. */
    byte[] keyPlace() {
        byte[] place = place();
        return place.length > longest ? Arrays.copyOf(place, longest) : place;
    }

    byte[] value() {
        return switch (random.nextInt(12)) {
            case 0 -> new byte[0];
            case 1 -> filled(1 + random.nextInt(2000));
            case 2 -> {
                byte[] bytes = new byte[1 + random.nextInt(8)];
                random.nextBytes(bytes);
                yield bytes;
            }
            case 3 -> latin1("--limit");
            default -> latin1("v" + random.nextInt(5));
        };
    }

    /** A value that compare-and-swap may hit: one of few. */
    byte[] commonValue() {
        return latin1("v" + random.nextInt(5));
    }

    /** Bytes that are not all alike. */
    byte[] filled(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ('a' + i % 23);
        }
        return bytes;
    }

    long oneOf(long... choices) {
        return choices[random.nextInt(choices.length)];
    }

    String oneOf(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** A number from {@code low} to {@code high}, both included. */
    int between(int low, int high) {
        return low + random.nextInt(high - low + 1);
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    static byte[] latin1(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
