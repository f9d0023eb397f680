package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.WireType;

/** Confined to one thread at a time: reads a {@code RawCoprocessorResponse}. */
public final class RawCoprocessorResponseReader extends RawResponseReader {
    private static final int DATA = 3;

    private int dataOffset;
    private int dataLength;

    /** Makes a reader. */
    public RawCoprocessorResponseReader() {}

    /**
     * Reads an answer in place. <em>Borrows</em> the buffer until wrapped again.
     *
     * @param message buffer with the answer
     * @param offset absolute index of its first byte
     * @param length its bytes
     * @return this
     * @throws MalformedMessageException if it is no such message
     */
    public RawCoprocessorResponseReader wrap(final ByteBuf message, final int offset, final int length)
            throws MalformedMessageException {
        begin(message, offset, length);
        dataOffset = offset;
        dataLength = 0;
        while (cursor.next()) {
            if (cursor.fieldNumber() == DATA) {
                cursor.expect(WireType.LENGTH_DELIMITED);
                dataOffset = cursor.dataOffset();
                dataLength = cursor.dataLength();
            } else {
                readErrors();
            }
        }
        return this;
    }

    /**
     * Where the plugin's answer begins.
     *
     * @return absolute index
     */
    public int dataOffset() {
        return dataOffset;
    }

    /**
     * Length of the plugin's answer.
     *
     * @return bytes
     */
    public int dataLength() {
        return dataLength;
    }
}
