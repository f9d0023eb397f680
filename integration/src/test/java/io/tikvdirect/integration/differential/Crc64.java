package io.tikvdirect.integration.differential;

/** Stateless. CRC-64/XZ (ECMA-182, reflected), which TiKV's raw checksum uses. */
final class Crc64 {
    private static final long POLYNOMIAL = 0xC96C_5795_D787_0F42L;

    private Crc64() {}

    /** Of several byte strings, one behind the other. */
    static long of(byte[]... parts) {
        long crc = ~0L;
        for (byte[] part : parts) {
            for (byte b : part) {
                crc ^= b & 0xff;
                for (int bit = 0; bit < 8; bit++) {
                    crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
                }
            }
        }
        return ~crc;
    }
}
