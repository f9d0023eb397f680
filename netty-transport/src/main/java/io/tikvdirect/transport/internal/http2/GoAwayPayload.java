package io.tikvdirect.transport.internal.http2;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Confined to its event loop: what a GOAWAY frame says (RFC 9113 6.8), with the front of its debug data. */
final class GoAwayPayload {
    static final int FIXED_LENGTH = 8;

    private final byte[] debug = new byte[Http2Limits.MAX_GOAWAY_DEBUG];
    private int debugLength;
    private int lastStreamId;
    private int errorCode;

    void begin(final long fixed) {
        lastStreamId = (int) (fixed >>> 32) & 0x7fffffff;
        errorCode = (int) fixed;
        debugLength = 0;
    }

    /** Reads {@code length} bytes, keeping as many as are worth keeping. */
    void readDebug(final ByteBuf in, final int length) {
        final int kept = Math.min(length, debug.length - debugLength);
        in.getBytes(in.readerIndex(), debug, debugLength, kept);
        debugLength += kept;
        in.skipBytes(length);
    }

    void tell(final Http2FrameListener listener) throws ConnectionErrorException {
        final String text = new String(debug, 0, debugLength, StandardCharsets.UTF_8);
        listener.onGoAway(lastStreamId, errorCode, text.replaceAll("\\p{Cntrl}", "?"));
    }
}
