package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.WireType;

/**
 * Confined to one thread at a time: reads the transactional answers that are lists of pairs: {@code ScanResponse} and
 * {@code BatchGetResponse}. A pair may be an error instead, in most cases a lock that was met.
 */
public final class KvPairsResponseReader extends KvResponseReader {
    private static final int PAIRS = 2;
    private static final int SCAN_ERROR = 3;
    private static final int BATCH_GET_ERROR = 5;

    private final PairList pairs;
    private final int errorField;

    private KvPairsResponseReader(final int errorField, final int maxPairs) {
        this.errorField = errorField;
        this.pairs = new PairList(maxPairs);
    }

    /**
     * Makes a reader of {@code ScanResponse}.
     *
     * @param maxPairs pairs in an answer at most; it bounds the memory that a peer's answer can make this reader take
     * @return a reader
     */
    public static KvPairsResponseReader ofScan(final int maxPairs) {
        return new KvPairsResponseReader(SCAN_ERROR, maxPairs);
    }

    /**
     * Makes a reader of {@code BatchGetResponse}.
     *
     * @param maxPairs pairs in an answer at most; it bounds the memory that a peer's answer can make this reader take
     * @return a reader
     */
    public static KvPairsResponseReader ofBatchGet(final int maxPairs) {
        return new KvPairsResponseReader(BATCH_GET_ERROR, maxPairs);
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
    public KvPairsResponseReader wrap(final ByteBuf message, final int offset, final int length)
            throws MalformedMessageException {
        begin(message, offset, length);
        pairs.clear();
        while (cursor.next()) {
            if (cursor.fieldNumber() == PAIRS) {
                cursor.expect(WireType.LENGTH_DELIMITED);
                pairs.read(message, cursor.dataOffset(), cursor.dataLength());
            } else {
                readErrors(errorField);
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
