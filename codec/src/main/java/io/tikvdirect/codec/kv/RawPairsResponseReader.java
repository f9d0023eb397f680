package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.WireType;

/**
 * Confined to one thread at a time: reads the answers that are lists of pairs: {@code RawBatchGetResponse},
 * {@code RawScanResponse}, {@code RawBatchScanResponse}.
 *
 * <p>Wrapping walks every pair once and notes where its parts are in an array of ints that is kept and grows to the largest
 * answer seen, up to a bound; so a malformed answer is known before its first pair is handed out, and pairs can be read in
 * any order.
 */
public final class RawPairsResponseReader extends RawResponseReader {
    /** Default bound of pairs: above the largest limit of a scan (10,240). */
    public static final int DEFAULT_MAX_PAIRS = 1 << 14;

    private static final int PAIRS = 2;
    private final PairList pairs;

    /** Makes a reader for up to {@link #DEFAULT_MAX_PAIRS} pairs. */
    public RawPairsResponseReader() {
        this(DEFAULT_MAX_PAIRS);
    }

    /**
     * Makes a reader.
     *
     * @param maxPairs pairs in an answer at most; it bounds the memory that a peer's answer can make this reader take, 24
     *     bytes per pair
     */
    public RawPairsResponseReader(final int maxPairs) {
        this.pairs = new PairList(maxPairs);
    }

    /**
     * Reads an answer in place. <em>Borrows</em> the buffer until wrapped again.
     *
     * @param message buffer with the answer
     * @param offset absolute index of its first byte
     * @param length its bytes
     * @return this
     * @throws MalformedMessageException if it is no such message, or has more pairs than allowed
     */
    public RawPairsResponseReader wrap(final ByteBuf message, final int offset, final int length)
            throws MalformedMessageException {
        begin(message, offset, length);
        pairs.clear();
        while (cursor.next()) {
            if (cursor.fieldNumber() == PAIRS) {
                cursor.expect(WireType.LENGTH_DELIMITED);
                pairs.read(message, cursor.dataOffset(), cursor.dataLength());
            } else {
                readRegionError();
            }
        }
        return this;
    }

    /**
     * The pairs of the answer wrapped last.
     *
     * @return this reader's own list, filled anew by each {@link #wrap}
     */
    public PairList pairs() {
        return pairs;
    }
}
