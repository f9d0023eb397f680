package io.tikvdirect.cli.demo;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Thread-safe (only static functions). The demo's pairs: every value follows from its key's number, so that each one read
 * can be verified.
 */
final class DemoData {
    private static final int VALUE_BYTES = 64;

    private DemoData() {}

    static byte[] key(int number) {
        return String.format(Locale.ROOT, "demo/%08d", number).getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] value(int number) {
        ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES);
        long state = number;
        while (value.hasRemaining()) {
            state += 0x9E3779B97F4A7C15L;
            value.putLong(mixed(state));
        }
        return value.array();
    }

    static boolean isValue(int number, byte[] value) {
        return Arrays.equals(value(number), value);
    }

    /** The number of a key made by {@link #key}. */
    static int number(byte[] key) {
        return Integer.parseInt(new String(key, "demo/".length(), 8, StandardCharsets.US_ASCII));
    }

    private static long mixed(long state) {
        long bits = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        bits = (bits ^ (bits >>> 27)) * 0x94D049BB133111EBL;
        return bits ^ (bits >>> 31);
    }
}
