package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.FieldCursor;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;
import io.tikvdirect.codec.wire.WireType;
import java.util.Arrays;
import java.util.Objects;

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
    private static final int PAIR_ERROR = 1;
    private static final int PAIR_KEY = 2;
    private static final int PAIR_VALUE = 3;

    /** Six ints per pair: offset and length of key, value and error; -1 as the error's length stands for none. */
    private static final int STRIDE = 6;

    private static final int KEY_OFFSET = 0;
    private static final int KEY_LENGTH = 1;
    private static final int VALUE_OFFSET = 2;
    private static final int VALUE_LENGTH = 3;
    private static final int ERROR_OFFSET = 4;
    private static final int ERROR_LENGTH = 5;
    private static final int INITIAL_PAIRS = 16;

    private final FieldCursor pairCursor = new FieldCursor();
    private final int maxPairs;
    private int[] index = new int[INITIAL_PAIRS * STRIDE];
    private int count;

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
        if (maxPairs < 1 || maxPairs > Integer.MAX_VALUE / STRIDE / 2) {
            throw new IllegalArgumentException("maxPairs " + maxPairs);
        }
        this.maxPairs = maxPairs;
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
        count = 0;
        while (cursor.next()) {
            if (cursor.fieldNumber() == PAIRS) {
                cursor.expect(WireType.LENGTH_DELIMITED);
                readPair(message, cursor.dataOffset(), cursor.dataLength());
            } else {
                readRegionError();
            }
        }
        return this;
    }

    private void readPair(final ByteBuf message, final int offset, final int length) throws MalformedMessageException {
        final int base = addPair(offset);
        pairCursor.wrap(message, offset, length);
        while (pairCursor.next()) {
            switch (pairCursor.fieldNumber()) {
                case PAIR_KEY -> note(base + KEY_OFFSET);
                case PAIR_VALUE -> note(base + VALUE_OFFSET);
                case PAIR_ERROR -> noteError(base);
                default -> {} // commit_ts is of transactions
            }
        }
    }

    private int addPair(final int offset) throws MalformedMessageException {
        if (count == maxPairs) {
            throw MalformedMessageException.at(Reason.TOO_MANY_ELEMENTS, "more than " + maxPairs + " pairs", offset);
        }
        final int base = count++ * STRIDE;
        if (base == index.length) {
            index = Arrays.copyOf(index, (int) Math.min((long) maxPairs * STRIDE, index.length * 2L));
        }
        index[base + KEY_OFFSET] = offset;
        index[base + KEY_LENGTH] = 0;
        index[base + VALUE_OFFSET] = offset;
        index[base + VALUE_LENGTH] = 0;
        index[base + ERROR_OFFSET] = 0;
        index[base + ERROR_LENGTH] = -1;
        return base;
    }

    private void note(final int slot) throws MalformedMessageException {
        pairCursor.expect(WireType.LENGTH_DELIMITED);
        index[slot] = pairCursor.dataOffset();
        index[slot + 1] = pairCursor.dataLength();
    }

    private void noteError(final int base) throws MalformedMessageException {
        if (index[base + ERROR_LENGTH] >= 0) {
            throw MalformedMessageException.at(
                    Reason.REPEATED_MESSAGE, "a second error of a pair", pairCursor.dataOffset());
        }
        note(base + ERROR_OFFSET);
    }

    /**
     * Number of pairs.
     *
     * @return count
     */
    public int pairCount() {
        return count;
    }

    /**
     * Where a pair's key (a store key) begins.
     *
     * @param pair 0 to {@link #pairCount} - 1
     * @return absolute index
     */
    public int keyOffset(final int pair) {
        return index[base(pair) + KEY_OFFSET];
    }

    /**
     * Length of a pair's key.
     *
     * @param pair 0 to {@link #pairCount} - 1
     * @return bytes
     */
    public int keyLength(final int pair) {
        return index[base(pair) + KEY_LENGTH];
    }

    /**
     * Where a pair's value begins.
     *
     * @param pair 0 to {@link #pairCount} - 1
     * @return absolute index
     */
    public int valueOffset(final int pair) {
        return index[base(pair) + VALUE_OFFSET];
    }

    /**
     * Length of a pair's value.
     *
     * @param pair 0 to {@link #pairCount} - 1
     * @return bytes
     */
    public int valueLength(final int pair) {
        return index[base(pair) + VALUE_LENGTH];
    }

    /**
     * Whether a pair is an error instead. Raw answers report errors of single keys, and of whole scans, this way.
     *
     * @param pair 0 to {@link #pairCount} - 1
     * @return true if it has an error
     */
    public boolean hasPairError(final int pair) {
        return index[base(pair) + ERROR_LENGTH] >= 0;
    }

    /**
     * Where a pair's {@code kvrpcpb.KeyError} begins.
     *
     * @param pair 0 to {@link #pairCount} - 1
     * @return absolute index; 0 if there is none
     */
    public int pairErrorOffset(final int pair) {
        return index[base(pair) + ERROR_OFFSET];
    }

    /**
     * Length of a pair's {@code kvrpcpb.KeyError}.
     *
     * @param pair 0 to {@link #pairCount} - 1
     * @return bytes; -1 if there is none
     */
    public int pairErrorLength(final int pair) {
        return index[base(pair) + ERROR_LENGTH];
    }

    private int base(final int pair) {
        return Objects.checkIndex(pair, count) * STRIDE;
    }
}
