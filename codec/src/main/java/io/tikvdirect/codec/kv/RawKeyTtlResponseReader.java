package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;

/** Confined to one thread at a time: reads a {@code RawGetKeyTTLResponse}. */
public final class RawKeyTtlResponseReader extends RawResponseReader {
    private static final int TTL = 3;
    private static final int NOT_FOUND = 4;

    private long ttlSeconds;
    private boolean notFound;

    /** Makes a reader. */
    public RawKeyTtlResponseReader() {}

    /**
     * Reads an answer in place. <em>Borrows</em> the buffer until wrapped again.
     *
     * @param message buffer with the answer
     * @param offset absolute index of its first byte
     * @param length its bytes
     * @return this
     * @throws MalformedMessageException if it is no such message
     */
    public RawKeyTtlResponseReader wrap(final ByteBuf message, final int offset, final int length)
            throws MalformedMessageException {
        begin(message, offset, length);
        ttlSeconds = 0;
        notFound = false;
        while (cursor.next()) {
            switch (cursor.fieldNumber()) {
                case TTL -> ttlSeconds = cursor.expectVarint();
                case NOT_FOUND -> notFound = cursor.expectBool();
                default -> readErrors();
            }
        }
        return this;
    }

    /**
     * Whether the key is absent.
     *
     * @return true if it is absent
     */
    public boolean notFound() {
        return notFound;
    }

    /**
     * Remaining time to live.
     *
     * @return seconds, unsigned; 0 if the key never expires
     */
    public long ttlSeconds() {
        return ttlSeconds;
    }
}
