package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;

/**
 * Confined to one thread at a time: reads the answers that consist of errors only: {@code RawPutResponse},
 * {@code RawDeleteResponse}, {@code RawBatchPutResponse}, {@code RawBatchDeleteResponse}, {@code RawDeleteRangeResponse}.
 */
public final class RawWriteResponseReader extends RawResponseReader {
    /** Makes a reader. */
    public RawWriteResponseReader() {}

    /**
     * Reads an answer in place. <em>Borrows</em> the buffer until wrapped again.
     *
     * @param message buffer with the answer
     * @param offset absolute index of its first byte
     * @param length its bytes
     * @return this
     * @throws MalformedMessageException if it is no such message
     */
    public RawWriteResponseReader wrap(final ByteBuf message, final int offset, final int length)
            throws MalformedMessageException {
        begin(message, offset, length);
        while (cursor.next()) {
            readErrors();
        }
        return this;
    }
}
