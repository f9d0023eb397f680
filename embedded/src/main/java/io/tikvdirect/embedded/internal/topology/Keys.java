package io.tikvdirect.embedded.internal.topology;

import java.util.Arrays;
import java.util.HexFormat;

/** Immutable. Small operations on keys and range ends. */
public final class Keys {
    private Keys() {}

    /** The bytes in upper-case hexadecimal digits, as TiKV prints keys. */
    public static String hex(byte[] key) {
        return HexFormat.of().withUpperCase().formatHex(key);
    }

    /** The smaller of two range ends, an empty one being the largest. */
    public static byte[] minEnd(byte[] a, byte[] b) {
        if (a.length == 0) {
            return b;
        }
        return b.length == 0 || Arrays.compareUnsigned(a, b) <= 0 ? a : b;
    }

    /** The larger of two keys. */
    public static byte[] max(byte[] a, byte[] b) {
        return Arrays.compareUnsigned(a, b) >= 0 ? a : b;
    }
}
