package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;

/** Confined to one thread at a time: reads a {@code RawChecksumResponse}. */
public final class RawChecksumResponseReader extends RawResponseReader {
    private static final int CHECKSUM = 3;
    private static final int TOTAL_KVS = 4;
    private static final int TOTAL_BYTES = 5;

    private long checksum;
    private long totalKvs;
    private long totalBytes;

    /** Makes a reader. */
    public RawChecksumResponseReader() {}

    /**
     * Reads an answer in place. <em>Borrows</em> the buffer until wrapped again.
     *
     * @param message buffer with the answer
     * @param offset absolute index of its first byte
     * @param length its bytes
     * @return this
     * @throws MalformedMessageException if it is no such message
     */
    public RawChecksumResponseReader wrap(final ByteBuf message, final int offset, final int length)
            throws MalformedMessageException {
        begin(message, offset, length);
        checksum = 0;
        totalKvs = 0;
        totalBytes = 0;
        while (cursor.next()) {
            switch (cursor.fieldNumber()) {
                case CHECKSUM -> checksum = cursor.expectVarint();
                case TOTAL_KVS -> totalKvs = cursor.expectVarint();
                case TOTAL_BYTES -> totalBytes = cursor.expectVarint();
                default -> readErrors();
            }
        }
        return this;
    }

    /**
     * XOR of {@link Crc64#ofPair} over the pairs of the range.
     *
     * @return 64 bits
     */
    public long checksum() {
        return checksum;
    }

    /**
     * Number of pairs in the range.
     *
     * @return unsigned
     */
    public long totalKvs() {
        return totalKvs;
    }

    /**
     * Bytes of all store keys (with their prefix) and values in the range.
     *
     * @return unsigned
     */
    public long totalBytes() {
        return totalBytes;
    }
}
