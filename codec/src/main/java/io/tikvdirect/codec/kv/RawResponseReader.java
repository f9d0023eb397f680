package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.WireType;
import java.nio.charset.StandardCharsets;

/** Confined to one thread at a time: what the readers of all raw answers share, which report errors in words. */
public abstract sealed class RawResponseReader extends ResponseReader
        permits RawCasResponseReader,
                RawChecksumResponseReader,
                RawCoprocessorResponseReader,
                RawGetResponseReader,
                RawKeyTtlResponseReader,
                RawPairsResponseReader,
                RawWriteResponseReader {
    static final int ERROR = 2;

    private int errorOffset;
    private int errorLength;

    RawResponseReader() {}

    final void begin(final ByteBuf message, final int offset, final int length) {
        beginAnswer(message, offset, length);
        errorOffset = 0;
        errorLength = 0;
    }

    /** Takes the current field if it is the region error or the error text; all other fields are unknown. */
    final void readErrors() throws MalformedMessageException {
        if (cursor.fieldNumber() == ERROR) {
            cursor.expect(WireType.LENGTH_DELIMITED);
            errorOffset = cursor.dataOffset();
            errorLength = cursor.dataLength();
        } else {
            readRegionError();
        }
    }

    /**
     * Whether the store reports an error in words. Scans and batch gets never do; their errors are in the pairs.
     *
     * @return true if there is a text
     */
    public final boolean hasError() {
        return errorLength != 0;
    }

    /**
     * Where the error text begins.
     *
     * @return absolute index; 0 if there is none
     */
    public final int errorOffset() {
        return errorOffset;
    }

    /**
     * Length of the error text.
     *
     * @return bytes of UTF-8
     */
    public final int errorLength() {
        return errorLength;
    }

    /**
     * Copies the error text. Allocates.
     *
     * @return the text, with replacement characters for what is not UTF-8; empty for none
     */
    public final String error() {
        return buffer().toString(errorOffset, errorLength, StandardCharsets.UTF_8);
    }
}
