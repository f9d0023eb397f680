package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;

/** Confined to one thread at a time: reads a {@code PrewriteResponse}; it may have several key errors. */
public final class KvPrewriteResponseReader extends KvResponseReader {
    private static final int ERRORS = 2;
    private static final int MIN_COMMIT_TS = 3;
    private static final int ONE_PC_COMMIT_TS = 4;

    private long minCommitTs;
    private long onePcCommitTs;

    /** Makes a reader. */
    public KvPrewriteResponseReader() {}

    /**
     * Reads an answer in place. <em>Borrows</em> the buffer until wrapped again.
     *
     * @param message buffer with the answer
     * @param offset absolute index of its first byte
     * @param length its bytes
     * @return this
     * @throws MalformedMessageException if it is no such message
     */
    public KvPrewriteResponseReader wrap(final ByteBuf message, final int offset, final int length)
            throws MalformedMessageException {
        begin(message, offset, length);
        minCommitTs = 0;
        onePcCommitTs = 0;
        while (cursor.next()) {
            switch (cursor.fieldNumber()) {
                case MIN_COMMIT_TS -> minCommitTs = cursor.expectVarint();
                case ONE_PC_COMMIT_TS -> onePcCommitTs = cursor.expectVarint();
                case ERRORS -> noteKeyError();
                default -> readRegionError();
            }
        }
        return this;
    }

    /**
     * The smallest commit timestamp that this part of an async commit allows.
     *
     * @return timestamp; 0 if the store does not take part in an async commit
     */
    public long minCommitTs() {
        return minCommitTs;
    }

    /**
     * When the transaction was committed in one phase.
     *
     * @return commit timestamp; 0 if it was not
     */
    public long onePcCommitTs() {
        return onePcCommitTs;
    }
}
