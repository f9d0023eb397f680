package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;

/** Confined to one thread at a time: reads a {@code CommitResponse}. */
public final class KvCommitResponseReader extends KvResponseReader {
    private static final int ERROR = 2;
    private static final int COMMIT_VERSION = 3;

    private long commitVersion;

    /** Makes a reader. */
    public KvCommitResponseReader() {}

    /**
     * Reads an answer in place. <em>Borrows</em> the buffer until wrapped again.
     *
     * @param message buffer with the answer
     * @param offset absolute index of its first byte
     * @param length its bytes
     * @return this
     * @throws MalformedMessageException if it is no such message
     */
    public KvCommitResponseReader wrap(final ByteBuf message, final int offset, final int length)
            throws MalformedMessageException {
        begin(message, offset, length);
        commitVersion = 0;
        while (cursor.next()) {
            switch (cursor.fieldNumber()) {
                case COMMIT_VERSION -> commitVersion = cursor.expectVarint();
                default -> readErrors(ERROR);
            }
        }
        return this;
    }

    /**
     * When the keys were committed, where the store says so.
     *
     * @return commit timestamp; 0 if the store does not say
     */
    public long commitVersion() {
        return commitVersion;
    }
}
