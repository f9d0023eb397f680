package io.tikvdirect.codec.kv;

/**
 * Confined to one thread at a time: the checksum of which TiKV's raw checksum is made: CRC-64 with the ECMA-182 polynomial,
 * reflected, initial value and final XOR all ones (known as CRC-64/XZ).
 *
 * <p>The checksum of a range is the XOR over its pairs of the CRC of store key and value, one behind the other.
 */
public final class Crc64 {
    private static final long REFLECTED_POLYNOMIAL = 0xC96C5795D7870F42L;
    private static final long[] TABLE = table();

    private long state = -1;

    /** Makes the checksum of no bytes. */
    public Crc64() {}

    /**
     * Adds bytes.
     *
     * @param bytes all of it
     * @return this
     */
    public Crc64 update(final byte[] bytes) {
        long crc = state;
        for (final byte b : bytes) {
            crc = TABLE[(int) (crc ^ b) & 0xFF] ^ (crc >>> 8);
        }
        state = crc;
        return this;
    }

    /**
     * The checksum of all bytes added.
     *
     * @return 64 bits
     */
    public long value() {
        return ~state;
    }

    /**
     * The checksum of a pair, as it goes into the XOR over a range.
     *
     * @param storeKey key with the key space's prefix
     * @param value value
     * @return 64 bits
     */
    public static long ofPair(final byte[] storeKey, final byte[] value) {
        return new Crc64().update(storeKey).update(value).value();
    }

    private static long[] table() {
        final long[] table = new long[256];
        for (int i = 0; i < table.length; i++) {
            long crc = i;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) * REFLECTED_POLYNOMIAL);
            }
            table[i] = crc;
        }
        return table;
    }
}
