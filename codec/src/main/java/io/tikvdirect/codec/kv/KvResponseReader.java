package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;
import io.tikvdirect.codec.wire.WireType;

/**
 * Confined to one thread at a time: what the readers of all transactional answers share, which report errors as {@code
 * kvrpcpb.KeyError}. That there is one is seen in place; what it says is for protobuf-java, because a transaction that
 * meets one has left the fast path.
 */
public abstract sealed class KvResponseReader extends ResponseReader
        permits KvCommitResponseReader,
                KvGetResponseReader,
                KvPairsResponseReader,
                KvPrewriteResponseReader,
                KvRegionErrorReader {
    private boolean keyErrorSeen;
    private int keyErrorOffset;
    private int keyErrorLength;

    KvResponseReader() {}

    final void begin(final ByteBuf message, final int offset, final int length) {
        beginAnswer(message, offset, length);
        keyErrorSeen = false;
        keyErrorOffset = 0;
        keyErrorLength = 0;
    }

    /** Takes the current field if it is the region error or the one key error; all other fields are unknown. */
    final void readErrors(final int keyErrorField) throws MalformedMessageException {
        if (cursor.fieldNumber() == keyErrorField) {
            if (keyErrorSeen) {
                throw MalformedMessageException.at(Reason.REPEATED_MESSAGE, "a second error", cursor.dataOffset());
            }
            noteKeyError();
        } else {
            readRegionError();
        }
    }

    /** Takes the current field as a key error; of several the last one is kept. */
    final void noteKeyError() throws MalformedMessageException {
        cursor.expect(WireType.LENGTH_DELIMITED);
        keyErrorSeen = true;
        keyErrorOffset = cursor.dataOffset();
        keyErrorLength = cursor.dataLength();
    }

    /**
     * Whether the keys refuse: a lock, a conflict...
     *
     * @return true if there is a {@code KeyError}; errors of single pairs do not count
     */
    public final boolean hasKeyError() {
        return keyErrorSeen;
    }

    /**
     * Where the {@code kvrpcpb.KeyError} begins.
     *
     * @return absolute index; 0 if there is none
     */
    public final int keyErrorOffset() {
        return keyErrorOffset;
    }

    /**
     * Length of the {@code kvrpcpb.KeyError}.
     *
     * @return bytes
     */
    public final int keyErrorLength() {
        return keyErrorLength;
    }
}
