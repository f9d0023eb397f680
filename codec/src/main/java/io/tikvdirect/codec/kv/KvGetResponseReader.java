package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.WireType;

/** Confined to one thread at a time: reads a {@code GetResponse}. */
public final class KvGetResponseReader extends KvResponseReader {
    private static final int ERROR = 2;
    private static final int VALUE = 3;
    private static final int NOT_FOUND = 4;
    private static final int COMMIT_TS = 7;

    private int valueOffset;
    private int valueLength;
    private boolean notFound;
    private long commitTs;

    /** Makes a reader. */
    public KvGetResponseReader() {}

    /**
     * Reads an answer in place. <em>Borrows</em> the buffer until wrapped again.
     *
     * @param message buffer with the answer
     * @param offset absolute index of its first byte
     * @param length its bytes
     * @return this
     * @throws MalformedMessageException if it is no such message
     */
    public KvGetResponseReader wrap(final ByteBuf message, final int offset, final int length)
            throws MalformedMessageException {
        begin(message, offset, length);
        valueOffset = offset;
        valueLength = 0;
        notFound = false;
        commitTs = 0;
        while (cursor.next()) {
            switch (cursor.fieldNumber()) {
                case VALUE -> readValue();
                case NOT_FOUND -> notFound = cursor.expectBool();
                case COMMIT_TS -> commitTs = cursor.expectVarint();
                default -> readErrors(ERROR);
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

    /**
     * Whether the key is absent at the version asked for.
     *
     * @return true if it is absent
     */
    public boolean notFound() {
        return notFound;
    }

    /**
     * When the value was committed, if that was asked for.
     *
     * @return commit timestamp; 0 if unknown
     */
    public long commitTs() {
        return commitTs;
    }
}
