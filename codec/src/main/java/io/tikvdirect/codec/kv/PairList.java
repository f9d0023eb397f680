package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.FieldCursor;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;
import io.tikvdirect.codec.wire.WireType;
import java.util.Arrays;
import java.util.Objects;

/**
 * Confined to one thread at a time: where the parts of each {@code kvrpcpb.KvPair} of an answer are, as absolute indexes
 * into the answer's buffer, in an array of ints that is kept and grows to the largest answer seen, up to a bound. Filled
 * anew with each answer that its reader wraps.
 */
public final class PairList {
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

    PairList(final int maxPairs) {
        if (maxPairs < 1 || maxPairs > Integer.MAX_VALUE / STRIDE / 2) {
            throw new IllegalArgumentException("maxPairs " + maxPairs);
        }
        this.maxPairs = maxPairs;
    }

    void clear() {
        count = 0;
    }

    void read(final ByteBuf message, final int offset, final int length) throws MalformedMessageException {
        final int base = addPair(offset);
        pairCursor.wrap(message, offset, length);
        while (pairCursor.next()) {
            switch (pairCursor.fieldNumber()) {
                case PAIR_KEY -> note(base + KEY_OFFSET);
                case PAIR_VALUE -> note(base + VALUE_OFFSET);
                case PAIR_ERROR -> noteError(base);
                default -> {} // the commit timestamp of a pair is not asked for
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
    public int count() {
        return count;
    }

    /**
     * Where a pair's key (a store key) begins.
     *
     * @param pair 0 to {@link #count} - 1
     * @return absolute index
     */
    public int keyOffset(final int pair) {
        return index[base(pair) + KEY_OFFSET];
    }

    /**
     * Length of a pair's key.
     *
     * @param pair 0 to {@link #count} - 1
     * @return bytes
     */
    public int keyLength(final int pair) {
        return index[base(pair) + KEY_LENGTH];
    }

    /**
     * Where a pair's value begins.
     *
     * @param pair 0 to {@link #count} - 1
     * @return absolute index
     */
    public int valueOffset(final int pair) {
        return index[base(pair) + VALUE_OFFSET];
    }

    /**
     * Length of a pair's value.
     *
     * @param pair 0 to {@link #count} - 1
     * @return bytes
     */
    public int valueLength(final int pair) {
        return index[base(pair) + VALUE_LENGTH];
    }

    /**
     * Whether a pair is an error instead: a lock that a read meets is reported this way, and raw answers report errors of
     * single keys and of whole scans so.
     *
     * @param pair 0 to {@link #count} - 1
     * @return true if it has an error
     */
    public boolean hasError(final int pair) {
        return errorLength(pair) >= 0;
    }

    /**
     * Where a pair's {@code kvrpcpb.KeyError} begins.
     *
     * @param pair 0 to {@link #count} - 1
     * @return absolute index; 0 if there is none
     */
    public int errorOffset(final int pair) {
        return index[base(pair) + ERROR_OFFSET];
    }

    /**
     * Length of a pair's {@code kvrpcpb.KeyError}.
     *
     * @param pair 0 to {@link #count} - 1
     * @return bytes; -1 if there is none
     */
    public int errorLength(final int pair) {
        return index[base(pair) + ERROR_LENGTH];
    }

    private int base(final int pair) {
        return Objects.checkIndex(pair, count) * STRIDE;
    }
}
