package io.tikvdirect.client.raw;

/**
 * Immutable. The checksum of a range.
 *
 * @param crc64Xor CRC64 (polynomial of ECMA-182) of each pair's key and value, XORed over all pairs
 * @param totalKvs number of pairs
 * @param totalBytes bytes of all keys and values; on API V2 each key counts with its 4-byte prefix
 */
public record RawChecksum(long crc64Xor, long totalKvs, long totalBytes) {

    /** The checksum of an empty range. */
    public static final RawChecksum EMPTY = new RawChecksum(0, 0, 0);

    /**
     * The checksum of two disjoint ranges together.
     *
     * @param other the checksum of the other range
     * @return the combination; the order does not matter
     */
    public RawChecksum and(RawChecksum other) {
        return new RawChecksum(crc64Xor ^ other.crc64Xor, totalKvs + other.totalKvs, totalBytes + other.totalBytes);
    }
}
