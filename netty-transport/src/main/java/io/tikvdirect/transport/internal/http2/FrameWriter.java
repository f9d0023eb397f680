package io.tikvdirect.transport.internal.http2;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Immutable: writes frames of RFC 9113 section 6 into a buffer. Buffers are borrowed. */
public final class FrameWriter {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private FrameWriter() {}

    /**
     * Writes the client's connection preface (RFC 9113 section 3.4), without the SETTINGS that follow it.
     *
     * @param out appended to
     */
    public static void writePreface(final ByteBuf out) {
        out.writeBytes(PREFACE);
    }

    /**
     * Writes a frame header.
     *
     * @param out appended to
     * @param length of the payload
     * @param type one of {@link FrameType}
     * @param flags of {@link FrameFlags}
     * @param streamId 0 = the connection
     */
    public static void writeHeader(
            final ByteBuf out, final int length, final int type, final int flags, final int streamId) {
        out.writeLong((long) length << 40 | (long) type << 32 | (long) flags << 24 | streamId >>> 8);
        out.writeByte(streamId);
    }

    /**
     * Writes a frame header over existing bytes, such as the head room in front of a message.
     *
     * @param out changed at {@code index}
     * @param index of the first header byte
     * @param length of the payload
     * @param type one of {@link FrameType}
     * @param flags of {@link FrameFlags}
     * @param streamId 0 = the connection
     */
    public static void setHeader(
            final ByteBuf out, final int index, final int length, final int type, final int flags, final int streamId) {
        out.setLong(index, (long) length << 40 | (long) type << 32 | (long) flags << 24 | streamId >>> 8);
        out.setByte(index + 8, streamId);
    }

    /**
     * Writes one SETTINGS entry; the frame header is the caller's.
     *
     * @param out appended to
     * @param identifier one of the constants of {@link PeerSettings}
     * @param value unsigned 32 bits
     */
    public static void writeSetting(final ByteBuf out, final int identifier, final int value) {
        out.writeShort(identifier).writeInt(value);
    }

    /**
     * Writes RST_STREAM.
     *
     * @param out appended to
     * @param streamId never 0
     * @param errorCode one of {@link Http2ErrorCode}
     */
    public static void writeRstStream(final ByteBuf out, final int streamId, final int errorCode) {
        writeHeader(out, 4, FrameType.RST_STREAM, FrameFlags.NONE, streamId);
        out.writeInt(errorCode);
    }

    /**
     * Writes PING or its answer.
     *
     * @param out appended to
     * @param payload opaque
     * @param flags {@link FrameFlags#ACK} for an answer
     */
    public static void writePing(final ByteBuf out, final long payload, final int flags) {
        writeHeader(out, 8, FrameType.PING, flags, 0);
        out.writeLong(payload);
    }

    /**
     * Writes WINDOW_UPDATE.
     *
     * @param out appended to
     * @param streamId 0 = the connection
     * @param increment at least 1
     */
    public static void writeWindowUpdate(final ByteBuf out, final int streamId, final int increment) {
        writeHeader(out, 4, FrameType.WINDOW_UPDATE, FrameFlags.NONE, streamId);
        out.writeInt(increment);
    }

    /**
     * Writes GOAWAY. A client accepts no streams, so the last stream id is 0.
     *
     * @param out appended to
     * @param errorCode one of {@link Http2ErrorCode}
     * @param debug cut to {@link Http2Limits#MAX_GOAWAY_DEBUG} bytes
     */
    public static void writeGoAway(final ByteBuf out, final int errorCode, final String debug) {
        final byte[] text = debug.getBytes(StandardCharsets.UTF_8);
        final int length = Math.min(text.length, Http2Limits.MAX_GOAWAY_DEBUG);
        writeHeader(out, 8 + length, FrameType.GOAWAY, FrameFlags.NONE, 0);
        out.writeInt(0).writeInt(errorCode).writeBytes(text, 0, length);
    }
}
