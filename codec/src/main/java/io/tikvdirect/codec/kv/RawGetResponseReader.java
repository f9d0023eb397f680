package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.WireType;

/** Confined to one thread at a time: reads a {@code RawGetResponse}. */
public final class RawGetResponseReader extends RawResponseReader {
    private static final int VALUE = 3;
    private static final int NOT_FOUND = 4;

    private int valueOffset;
    private int valueLength;
    private boolean notFound;

    /** Makes a reader. */
    public RawGetResponseReader() {}

    /**
     * Reads an answer in place. <em>Borrows</em> the buffer until wrapped again.
     *
     * @param message buffer with the answer
     * @param offset absolute index of its first byte
     * @param length its bytes
     * @return this
     * @throws MalformedMessageException if it is no such message
     */
    public RawGetResponseReader wrap(final ByteBuf message, final int offset, final int length)
            throws MalformedMessageException {
        begin(message, offset, length);
        valueOffset = offset;
        valueLength = 0;
        notFound = false;
        while (cursor.next()) {
            switch (cursor.fieldNumber()) {
                case VALUE -> readValue();
                case NOT_FOUND -> notFound = cursor.expectBool();
                default -> readErrors();
            }
        }
        return this;
    }

    private void readValue() throws MalformedMessageException {
        cursor.expect(WireType.LENGTH_DELIMITED);
        valueOffset = cursor.dataOffset();
        valueLength = cursor.dataLength();
    }

    /**
     * Whether the key is absent. A present key may well have an empty value.
     *
     * @return true if it is absent
     */
    public boolean notFound() {
        return notFound;
    }

    /**
     * Where the value begins.
     *
     * @return absolute index
     */
    public int valueOffset() {
        return valueOffset;
    }

    /**
     * Length of the value.
     *
     * @return bytes
     */
    public int valueLength() {
        return valueLength;
    }
}
