package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.tikvdirect.transport.internal.http2.FrameType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Immutable: frames as bytes, written independently of the code under test. */
final class Wire {
    private Wire() {}

    /** One frame as seen on the wire. */
    record Frame(int type, int flags, int streamId, byte[] payload) {
        boolean is(final int expectedType, final int expectedFlags) {
            return type == expectedType && flags == expectedFlags;
        }

        /** Four bytes of the payload. */
        int intAt(final int index) {
            return Unpooled.wrappedBuffer(payload).getInt(index);
        }

        @Override
        public String toString() {
            return FrameType.name(type) + "[" + Integer.toHexString(flags) + "] " + streamId + " "
                    + ByteBufUtil.hexDump(payload, 0, Math.min(40, payload.length)) + " (" + payload.length + ")";
        }
    }

    static byte[] frame(final int type, final int flags, final int streamId, final byte... payload) {
        return frameOfLength(payload.length, type, flags, streamId, payload);
    }

    /** A frame whose length field may lie. */
    static byte[] frameOfLength(
            final int length, final int type, final int flags, final int streamId, final byte... payload) {
        final ByteBuf out = Unpooled.buffer();
        out.writeMedium(length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(streamId)
                .writeBytes(payload);
        return ByteBufUtil.getBytes(out);
    }

    static byte[] settings(final int... idsAndValues) {
        final ByteBuf out = Unpooled.buffer();
        for (int i = 0; i < idsAndValues.length; i += 2) {
            out.writeShort(idsAndValues[i]).writeInt(idsAndValues[i + 1]);
        }
        return frame(FrameType.SETTINGS, 0, 0, ByteBufUtil.getBytes(out));
    }

    static byte[] settingsAck() {
        return frame(FrameType.SETTINGS, 1, 0);
    }

    static byte[] ping(final long payload) {
        return frame(FrameType.PING, 0, 0, longs(payload));
    }

    static byte[] pingAck(final long payload) {
        return frame(FrameType.PING, 1, 0, longs(payload));
    }

    static byte[] windowUpdate(final int streamId, final int increment) {
        return frame(FrameType.WINDOW_UPDATE, 0, streamId, ints(increment));
    }

    static byte[] rst(final int streamId, final int errorCode) {
        return frame(FrameType.RST_STREAM, 0, streamId, ints(errorCode));
    }

    static byte[] goAway(final int lastStreamId, final int errorCode, final String debug) {
        return frame(FrameType.GOAWAY, 0, 0, concat(ints(lastStreamId, errorCode), debug.getBytes()));
    }

    static byte[] data(final int streamId, final boolean endStream, final byte... payload) {
        return frame(FrameType.DATA, endStream ? 1 : 0, streamId, payload);
    }

    static byte[] paddedData(final int streamId, final boolean endStream, final int padding, final byte... payload) {
        final byte[] all = concat(new byte[] {(byte) padding}, payload, new byte[padding]);
        return frame(FrameType.DATA, 8 | (endStream ? 1 : 0), streamId, all);
    }

    /** A gRPC message: prefix and bytes. */
    static byte[] message(final byte... bytes) {
        final ByteBuf out = Unpooled.buffer();
        out.writeByte(0).writeInt(bytes.length).writeBytes(bytes);
        return ByteBufUtil.getBytes(out);
    }

    static byte[] ints(final int... values) {
        final ByteBuf out = Unpooled.buffer();
        for (final int value : values) {
            out.writeInt(value);
        }
        return ByteBufUtil.getBytes(out);
    }

    static byte[] longs(final long value) {
        return ByteBufUtil.getBytes(Unpooled.buffer().writeLong(value));
    }

    static byte[] concat(final byte[]... parts) {
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(parts));
    }

    static byte[] repeat(final byte[] frame, final int times) {
        final byte[] all = new byte[frame.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(frame, 0, all, i * frame.length, frame.length);
        }
        return all;
    }

    /** Splits whole frames. */
    static List<Frame> parse(final byte[] bytes) {
        final List<Frame> frames = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            final int length = (bytes[at] & 0xff) << 16 | (bytes[at + 1] & 0xff) << 8 | bytes[at + 2] & 0xff;
            final int streamId = Unpooled.wrappedBuffer(bytes).getInt(at + 5);
            frames.add(new Frame(
                    bytes[at + 3], bytes[at + 4], streamId, Arrays.copyOfRange(bytes, at + 9, at + 9 + length)));
            at += 9 + length;
        }
        return frames;
    }
}
