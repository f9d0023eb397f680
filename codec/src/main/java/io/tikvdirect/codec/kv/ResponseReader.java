package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tikvdirect.codec.wire.FieldCursor;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;
import io.tikvdirect.codec.wire.WireType;

/**
 * Confined to one thread at a time: what the readers of all answers of a store share. A reader is reusable, walks a whole
 * answer when it is wrapped and then only hands out where things are; nothing is copied or allocated.
 *
 * <p>A reader <em>borrows</em> the buffer from wrapping until it is wrapped again. All offsets are absolute indexes in that
 * buffer. When wrapping has thrown, the other methods' results mean nothing.
 *
 * <p>The last occurrence of a singular field wins, as protobuf demands. Stricter than protobuf-java: a known field with
 * another wire type is malformed instead of unknown, and a singular sub-message that comes twice is malformed instead of
 * merged. More lenient: strings are not checked to be UTF-8, and the inside of error messages is not walked.
 */
public abstract sealed class ResponseReader permits RawResponseReader, KvResponseReader {
    private static final int REGION_ERROR = 1;

    final FieldCursor cursor = new FieldCursor();

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private boolean regionErrorSeen;
    private int regionErrorOffset;
    private int regionErrorLength;

    ResponseReader() {}

    final void beginAnswer(final ByteBuf message, final int offset, final int length) {
        cursor.wrap(message, offset, length);
        buffer = message;
        regionErrorSeen = false;
        regionErrorOffset = 0;
        regionErrorLength = 0;
    }

    /** Takes the current field if it is the region error; all other fields are unknown. */
    final void readRegionError() throws MalformedMessageException {
        if (cursor.fieldNumber() == REGION_ERROR) {
            cursor.expect(WireType.LENGTH_DELIMITED);
            if (regionErrorSeen) {
                throw MalformedMessageException.at(
                        Reason.REPEATED_MESSAGE, "a second region_error", cursor.dataOffset());
            }
            regionErrorSeen = true;
            regionErrorOffset = cursor.dataOffset();
            regionErrorLength = cursor.dataLength();
        }
    }

    /**
     * The buffer that all offsets are of.
     *
     * @return the buffer, borrowed
     */
    public final ByteBuf buffer() {
        return buffer;
    }

    /**
     * Whether the region could not serve the request, so that nothing else in the answer means anything.
     *
     * @return true if there is a region error
     */
    public final boolean hasRegionError() {
        return regionErrorSeen;
    }

    /**
     * Where the {@code errorpb.Error} begins.
     *
     * @return absolute index; 0 if there is none
     */
    public final int regionErrorOffset() {
        return regionErrorOffset;
    }

    /**
     * Length of the {@code errorpb.Error}.
     *
     * @return bytes; 0 is a region error without details
     */
    public final int regionErrorLength() {
        return regionErrorLength;
    }
}
