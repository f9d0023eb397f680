package io.tikvdirect.embedded.internal.data;

/** Immutable. CRC-64/XZ (reflected ECMA-182 polynomial), the digest behind RawChecksum's {@code Crc64_Xor}. */
public final class Crc64 {
    private static final long POLYNOMIAL = 0xC96C5795D7870F42L;
    private static final long[] TABLE = table();

    private Crc64() {}

    /** A digest to which nothing was added. */
    public static long start() {
        return -1L;
    }

    /** The digest {@code state} with {@code bytes} added. */
    public static long add(long state, byte[] bytes) {
        long crc = state;
        for (byte b : bytes) {
            crc = TABLE[(int) (crc ^ b) & 0xff] ^ (crc >>> 8);
        }
        return crc;
    }

    /** The checksum of all that was added. */
    public static long finish(long state) {
        return ~state;
    }

    private static long[] table() {
        long[] table = new long[256];
        for (int i = 0; i < table.length; i++) {
            long crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
            }
            table[i] = crc;
        }
        return table;
    }
}
