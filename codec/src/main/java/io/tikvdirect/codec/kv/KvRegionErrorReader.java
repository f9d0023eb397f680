package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;

/** Confined to one thread at a time: reads whether any transactional answer is a region error, and nothing else; the rest is for protobuf-java. */
public final class KvRegionErrorReader extends KvResponseReader {

    /** Makes a reader. */
    public KvRegionErrorReader() {}

    /**
     * Reads an answer in place. <em>Borrows</em> the buffer until wrapped again.
     *
     * @param message buffer with the answer
     * @param offset absolute index of its first byte
     * @param length its bytes
     * @return this
     * @throws MalformedMessageException if it is no such message
     */
    public KvRegionErrorReader wrap(final ByteBuf message, final int offset, final int length)
            throws MalformedMessageException {
        begin(message, offset, length);
        while (cursor.next()) {
            readRegionError();
        }
        return this;
    }
}
