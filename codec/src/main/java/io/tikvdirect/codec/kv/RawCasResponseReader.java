package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.WireType;

/** Confined to one thread at a time: reads a {@code RawCASResponse}. */
public final class RawCasResponseReader extends RawResponseReader {
    private static final int SUCCEED = 3;
    private static final int PREVIOUS_NOT_EXIST = 4;
    private static final int PREVIOUS_VALUE = 5;

    private boolean succeed;
    private boolean previousNotExist;
    private int previousValueOffset;
    private int previousValueLength;

    /** Makes a reader. */
    public RawCasResponseReader() {}

    /**
     * Reads an answer in place. <em>Borrows</em> the buffer until wrapped again.
     *
     * @param message buffer with the answer
     * @param offset absolute index of its first byte
     * @param length its bytes
     * @return this
     * @throws MalformedMessageException if it is no such message
     */
    public RawCasResponseReader wrap(final ByteBuf message, final int offset, final int length)
            throws MalformedMessageException {
        begin(message, offset, length);
        succeed = false;
        previousNotExist = false;
        previousValueOffset = offset;
        previousValueLength = 0;
        while (cursor.next()) {
            switch (cursor.fieldNumber()) {
                case SUCCEED -> succeed = cursor.expectBool();
                case PREVIOUS_NOT_EXIST -> previousNotExist = cursor.expectBool();
                case PREVIOUS_VALUE -> readPreviousValue();
                default -> readErrors();
            }
        }
        return this;
    }

    private void readPreviousValue() throws MalformedMessageException {
        cursor.expect(WireType.LENGTH_DELIMITED);
        previousValueOffset = cursor.dataOffset();
        previousValueLength = cursor.dataLength();
    }

    /**
     * Whether the expectation held and the write was done.
     *
     * @return true if it was done
     */
    public boolean succeed() {
        return succeed;
    }

    /**
     * Whether the key was absent before.
     *
     * @return true if it was
     */
    public boolean previousNotExist() {
        return previousNotExist;
    }

    /**
     * Where the value before begins.
     *
     * @return absolute index
     */
    public int previousValueOffset() {
        return previousValueOffset;
    }

    /**
     * Length of the value before.
     *
     * @return bytes
     */
    public int previousValueLength() {
        return previousValueLength;
    }
}
