package io.tikvdirect.transport.internal.http2;

import static io.tikvdirect.transport.internal.http2.Http2ErrorCode.ENHANCE_YOUR_CALM;
import static io.tikvdirect.transport.internal.http2.Http2ErrorCode.FRAME_SIZE_ERROR;
import static io.tikvdirect.transport.internal.http2.Http2ErrorCode.PROTOCOL_ERROR;

/** Confined to its event loop: the nine header bytes of the frame that is being read (RFC 9113 4.1), used again for each. */
final class FrameHeader {
    int type;
    int flags;
    int streamId;

    /** Bytes of the payload that are not read yet. */
    int remaining;

    void begin(final int length, final int frameType, final int frameFlags, final int rawStreamId) {
        type = frameType;
        flags = frameFlags;
        streamId = rawStreamId & 0x7fffffff;
        remaining = length;
    }

    boolean isAck() {
        return FrameFlags.isSet(flags, FrameFlags.ACK);
    }

    boolean isPadded() {
        return FrameFlags.isSet(flags, FrameFlags.PADDED);
    }

    boolean hasPriority() {
        return FrameFlags.isSet(flags, FrameFlags.PRIORITY);
    }

    boolean endsStream() {
        return FrameFlags.isSet(flags, FrameFlags.END_STREAM);
    }

    boolean endsHeaders() {
        return FrameFlags.isSet(flags, FrameFlags.END_HEADERS);
    }

    void requireStream() throws ConnectionErrorException {
        if (streamId == 0) {
            throw error(PROTOCOL_ERROR, "must belong to a stream (RFC 9113 6)");
        }
    }

    void requireConnection() throws ConnectionErrorException {
        if (streamId != 0) {
            throw error(PROTOCOL_ERROR, "must not belong to a stream (RFC 9113 6)");
        }
    }

    void requireLength(final int length) throws ConnectionErrorException {
        if (remaining != length) {
            throw error(FRAME_SIZE_ERROR, "must have " + length + " bytes (RFC 9113 6)");
        }
    }

    void requireRoom(final int bytes, final String what) throws ConnectionErrorException {
        if (remaining < bytes) {
            throw error(FRAME_SIZE_ERROR, "has no room for its " + what);
        }
    }

    void requireSettingsLength(final int entryLength) throws ConnectionErrorException {
        if (isAck() ? remaining != 0 : remaining % entryLength != 0) {
            throw error(FRAME_SIZE_ERROR, "has an illegal length (RFC 9113 6.5)");
        }
        if (remaining > Http2Limits.MAX_SETTINGS_ENTRIES * entryLength) {
            throw error(ENHANCE_YOUR_CALM, "has more than " + Http2Limits.MAX_SETTINGS_ENTRIES + " entries");
        }
    }

    ConnectionErrorException error(final int errorCode, final String what) {
        return new ConnectionErrorException(errorCode, describe() + " " + what);
    }

    String describe() {
        return FrameType.name(type) + " frame of " + remaining + " bytes on stream " + streamId;
    }
}
