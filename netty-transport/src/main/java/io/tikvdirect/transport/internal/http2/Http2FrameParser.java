package io.tikvdirect.transport.internal.http2;

import static io.tikvdirect.transport.internal.http2.Http2ErrorCode.ENHANCE_YOUR_CALM;
import static io.tikvdirect.transport.internal.http2.Http2ErrorCode.FRAME_SIZE_ERROR;
import static io.tikvdirect.transport.internal.http2.Http2ErrorCode.PROTOCOL_ERROR;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Confined to its event loop: reads HTTP/2 frames from whatever bytes there are and can stop and go on at every byte.
 *
 * <p>No frame is assembled. DATA and header fragments go to the listener in pieces, straight from the receive buffer;
 * the few fixed bytes of other frames gather in one {@code long}. So memory does not depend on the peer's frame sizes
 * and a warm parser allocates nothing. Verification comes before action: a frame's length, flags and position are
 * judged from its nine header bytes (RFC 9113 section 4.1), before its payload is touched.
 */
public final class Http2FrameParser {
    private enum State {
        HEADER,
        DATA_PAD_LENGTH,
        DATA,
        DATA_PADDING,
        HEADERS_PAD_LENGTH,
        HEADERS_PRIORITY,
        FRAGMENT,
        HEADERS_PADDING,
        FIXED,
        SETTINGS,
        GOAWAY,
        GOAWAY_DEBUG,
        SKIP
    }

    private static final int SETTING_LENGTH = 6;
    private static final int GOAWAY_FIXED_LENGTH = 8;
    private static final int PRIORITY_LENGTH = 5;

    private final int maxFrameSize;
    private final FrameLog frameLog;
    private State state = State.HEADER;
    private boolean stopped;
    private boolean settingsSeen;

    // The frame being read
    private int type;
    private int flags;
    private int streamId;
    private int remaining;
    private int padding;
    private int paddedBytes;

    // Bytes of a fixed-length piece that came so far
    private long register;
    private int registerBytes;

    // Stream of a header block that is not complete, 0 when none is open
    private int openHeaderBlock;

    private final byte[] goAwayDebug = new byte[Http2Limits.MAX_GOAWAY_DEBUG];
    private int goAwayDebugLength;
    private int goAwayLastStreamId;
    private int goAwayErrorCode;

    /**
     * A parser at the start of a connection.
     *
     * @param maxFrameSize the SETTINGS_MAX_FRAME_SIZE that this side advertises
     * @param frameLog records every frame
     */
    public Http2FrameParser(final int maxFrameSize, final FrameLog frameLog) {
        this.maxFrameSize = maxFrameSize;
        this.frameLog = frameLog;
    }

    /** Makes {@link #parse} return after the listener call that is running; nothing more is read. */
    public void stop() {
        stopped = true;
    }

    /**
     * Whether the peer's first SETTINGS frame has begun, in other words whether it speaks HTTP/2.
     *
     * @return true from then on
     */
    public boolean isSettingsSeen() {
        return settingsSeen;
    }

    /**
     * Reads all there is.
     *
     * @param in borrows; read to its end unless stopped
     * @param listener told of every frame
     * @throws ConnectionErrorException when the peer breaks a rule or a limit; the parser must not be used again
     */
    public void parse(final ByteBuf in, final Http2FrameListener listener) throws ConnectionErrorException {
        while (!stopped && step(in, listener)) {
            // each step makes progress or asks for more bytes
        }
    }

    private boolean step(final ByteBuf in, final Http2FrameListener listener) throws ConnectionErrorException {
        return switch (state) {
            case HEADER -> readFrameHeader(in, listener);
            case DATA_PAD_LENGTH, HEADERS_PAD_LENGTH -> readPadLength(in);
            case DATA -> readData(in, listener);
            case HEADERS_PRIORITY -> readHeadersPriority(in);
            case FRAGMENT -> readFragment(in, listener);
            case DATA_PADDING, HEADERS_PADDING, SKIP -> skip(in, listener);
            case FIXED -> readFixed(in, listener);
            case SETTINGS -> readSetting(in, listener);
            case GOAWAY -> readGoAway(in);
            case GOAWAY_DEBUG -> readGoAwayDebug(in, listener);
        };
    }

    // ---- frame header ----

    private boolean readFrameHeader(final ByteBuf in, final Http2FrameListener listener)
            throws ConnectionErrorException {
        if (registerBytes == 0 && in.readableBytes() >= Http2Limits.FRAME_HEADER_LENGTH) {
            final int index = in.readerIndex();
            in.readerIndex(index + Http2Limits.FRAME_HEADER_LENGTH);
            beginFrame(
                    in.getUnsignedMedium(index),
                    in.getUnsignedByte(index + 3),
                    in.getUnsignedByte(index + 4),
                    in.getInt(index + 5),
                    listener);
            return true;
        }
        return gatherFrameHeader(in, listener);
    }

    /** The header in two registers: length, type and flags (five bytes) in one, the stream id in what follows. */
    private boolean gatherFrameHeader(final ByteBuf in, final Http2FrameListener listener)
            throws ConnectionErrorException {
        while (in.isReadable()) {
            final int next = in.readUnsignedByte();
            if (registerBytes < 5) {
                register = register << 8 | next;
            } else {
                streamId = streamId << 8 | next;
            }
            if (++registerBytes == Http2Limits.FRAME_HEADER_LENGTH) {
                final long head = register;
                final int rawStreamId = streamId;
                clearRegister();
                beginFrame((int) (head >>> 16), (int) (head >>> 8) & 0xff, (int) head & 0xff, rawStreamId, listener);
                return true;
            }
        }
        return false;
    }

    private void beginFrame(
            final int length,
            final int frameType,
            final int frameFlags,
            final int rawStreamId,
            final Http2FrameListener listener)
            throws ConnectionErrorException {
        type = frameType;
        flags = frameFlags;
        streamId = rawStreamId & 0x7fffffff;
        remaining = length;
        padding = 0;
        paddedBytes = 0;
        frameLog.received(frameType, frameFlags, streamId, length);
        verifyPosition();
        if (length > maxFrameSize) {
            throw error(FRAME_SIZE_ERROR, "is longer than " + maxFrameSize + " (RFC 9113 4.2)");
        }
        beginPayload(listener);
    }

    private void verifyPosition() throws ConnectionErrorException {
        if (!settingsSeen) {
            if (type != FrameType.SETTINGS || FrameFlags.isSet(flags, FrameFlags.ACK)) {
                throw error(PROTOCOL_ERROR, "comes before the peer's SETTINGS (RFC 9113 3.4)");
            }
            settingsSeen = true;
        }
        if (openHeaderBlock != 0 && (type != FrameType.CONTINUATION || streamId != openHeaderBlock)) {
            throw error(PROTOCOL_ERROR, "interrupts the header block of stream " + openHeaderBlock + " (RFC 9113 6.2)");
        }
    }

    private void beginPayload(final Http2FrameListener listener) throws ConnectionErrorException {
        switch (type) {
            case FrameType.DATA -> beginData(listener);
            case FrameType.HEADERS -> beginHeaders(listener);
            case FrameType.CONTINUATION -> beginContinuation(listener);
            case FrameType.SETTINGS -> beginSettings(listener);
            case FrameType.PRIORITY -> beginPriority(listener);
            case FrameType.RST_STREAM -> beginFixed(4, true);
            case FrameType.PING -> beginFixed(8, false);
            case FrameType.WINDOW_UPDATE -> beginFixedOnAnyStream(4);
            case FrameType.GOAWAY -> beginGoAway();
            case FrameType.PUSH_PROMISE ->
                throw error(PROTOCOL_ERROR, "although SETTINGS_ENABLE_PUSH is 0 (RFC 9113 6.6)");
            default -> {
                listener.onIgnoredFrame(type);
                state = State.SKIP;
            }
        }
    }

    // ---- DATA ----

    private void beginData(final Http2FrameListener listener) throws ConnectionErrorException {
        requireStream();
        if (isPadded() && remaining < 1) {
            throw error(FRAME_SIZE_ERROR, "has no room for its pad length (RFC 9113 6.1)");
        }
        listener.onDataFrame(streamId, remaining, flags);
        state = isPadded() ? State.DATA_PAD_LENGTH : State.DATA;
    }

    private boolean readData(final ByteBuf in, final Http2FrameListener listener) throws ConnectionErrorException {
        final int length = Math.min(in.readableBytes(), remaining - padding);
        if (length > 0) {
            final int end = in.readerIndex() + length;
            remaining -= length;
            listener.onDataBytes(streamId, in, length);
            in.readerIndex(end);
        }
        if (remaining > padding) {
            return false;
        }
        state = State.DATA_PADDING;
        return true;
    }

    private boolean readPadLength(final ByteBuf in) throws ConnectionErrorException {
        if (!in.isReadable()) {
            return false;
        }
        padding = in.readUnsignedByte();
        paddedBytes = padding + 1;
        remaining--;
        final int needed = type == FrameType.HEADERS && hasPriority() ? PRIORITY_LENGTH : 0;
        if (padding + needed > remaining) {
            throw error(PROTOCOL_ERROR, "is padded by its whole payload or more (RFC 9113 6.1)");
        }
        state = state == State.DATA_PAD_LENGTH ? State.DATA : afterHeadersPadLength();
        return true;
    }

    // ---- HEADERS and CONTINUATION ----

    private void beginHeaders(final Http2FrameListener listener) throws ConnectionErrorException {
        requireStream();
        final int fixed = (isPadded() ? 1 : 0) + (hasPriority() ? PRIORITY_LENGTH : 0);
        if (remaining < fixed) {
            throw error(FRAME_SIZE_ERROR, "has no room for its fixed fields (RFC 9113 6.2)");
        }
        openHeaderBlock = streamId;
        listener.onHeadersBegin(streamId, FrameFlags.isSet(flags, FrameFlags.END_STREAM));
        state = isPadded() ? State.HEADERS_PAD_LENGTH : afterHeadersPadLength();
    }

    private State afterHeadersPadLength() {
        return hasPriority() ? State.HEADERS_PRIORITY : State.FRAGMENT;
    }

    private boolean readHeadersPriority(final ByteBuf in) {
        if (!gather(in, PRIORITY_LENGTH)) {
            return false;
        }
        clearRegister();
        remaining -= PRIORITY_LENGTH;
        state = State.FRAGMENT;
        return true;
    }

    private void beginContinuation(final Http2FrameListener listener) throws ConnectionErrorException {
        if (openHeaderBlock == 0) {
            throw error(PROTOCOL_ERROR, "continues no header block (RFC 9113 6.10)");
        }
        listener.onContinuation();
        state = State.FRAGMENT;
    }

    private boolean readFragment(final ByteBuf in, final Http2FrameListener listener) throws ConnectionErrorException {
        final int length = Math.min(in.readableBytes(), remaining - padding);
        if (length > 0) {
            final int end = in.readerIndex() + length;
            remaining -= length;
            listener.onHeaderFragment(in, length);
            in.readerIndex(end);
        }
        if (remaining > padding) {
            return false;
        }
        state = State.HEADERS_PADDING;
        return true;
    }

    // ---- SETTINGS ----

    private void beginSettings(final Http2FrameListener listener) throws ConnectionErrorException {
        requireConnection();
        final boolean ack = FrameFlags.isSet(flags, FrameFlags.ACK);
        if (ack ? remaining != 0 : remaining % SETTING_LENGTH != 0) {
            throw error(FRAME_SIZE_ERROR, "has an illegal length (RFC 9113 6.5)");
        }
        if (remaining > Http2Limits.MAX_SETTINGS_ENTRIES * SETTING_LENGTH) {
            throw error(ENHANCE_YOUR_CALM, "has more than " + Http2Limits.MAX_SETTINGS_ENTRIES + " entries");
        }
        state = State.HEADER;
        if (ack) {
            listener.onSettingsAck();
        } else if (remaining == 0) {
            listener.onSettingsEnd();
        } else {
            state = State.SETTINGS;
        }
    }

    private boolean readSetting(final ByteBuf in, final Http2FrameListener listener) throws ConnectionErrorException {
        if (!gather(in, SETTING_LENGTH)) {
            return false;
        }
        final long entry = register;
        clearRegister();
        remaining -= SETTING_LENGTH;
        listener.onSetting((int) (entry >>> 32), entry & 0xffffffffL);
        if (remaining == 0) {
            state = State.HEADER;
            listener.onSettingsEnd();
        }
        return true;
    }

    // ---- frames of fixed length ----

    private void beginPriority(final Http2FrameListener listener) throws ConnectionErrorException {
        requireStream();
        if (remaining == PRIORITY_LENGTH) {
            listener.onIgnoredFrame(type);
        } else {
            listener.onStreamError(streamId, FRAME_SIZE_ERROR, describe() + " has an illegal length (RFC 9113 6.3)");
        }
        state = State.SKIP;
    }

    private void beginFixed(final int length, final boolean onStream) throws ConnectionErrorException {
        if (onStream) {
            requireStream();
        } else {
            requireConnection();
        }
        beginFixedOnAnyStream(length);
    }

    private void beginFixedOnAnyStream(final int length) throws ConnectionErrorException {
        if (remaining != length) {
            throw error(FRAME_SIZE_ERROR, "must have " + length + " bytes (RFC 9113 6)");
        }
        state = State.FIXED;
    }

    private boolean readFixed(final ByteBuf in, final Http2FrameListener listener) throws ConnectionErrorException {
        if (!gather(in, remaining)) {
            return false;
        }
        final long value = register;
        clearRegister();
        state = State.HEADER;
        if (type == FrameType.RST_STREAM) {
            listener.onRstStream(streamId, (int) value);
        } else if (type == FrameType.WINDOW_UPDATE) {
            listener.onWindowUpdate(streamId, (int) value & 0x7fffffff);
        } else if (FrameFlags.isSet(flags, FrameFlags.ACK)) {
            listener.onPingAck(value);
        } else {
            listener.onPing(value);
        }
        return true;
    }

    // ---- GOAWAY ----

    private void beginGoAway() throws ConnectionErrorException {
        requireConnection();
        if (remaining < GOAWAY_FIXED_LENGTH) {
            throw error(FRAME_SIZE_ERROR, "is too short (RFC 9113 6.8)");
        }
        goAwayDebugLength = 0;
        state = State.GOAWAY;
    }

    private boolean readGoAway(final ByteBuf in) {
        if (!gather(in, GOAWAY_FIXED_LENGTH)) {
            return false;
        }
        goAwayLastStreamId = (int) (register >>> 32) & 0x7fffffff;
        goAwayErrorCode = (int) register;
        clearRegister();
        remaining -= GOAWAY_FIXED_LENGTH;
        state = State.GOAWAY_DEBUG;
        return true;
    }

    private boolean readGoAwayDebug(final ByteBuf in, final Http2FrameListener listener)
            throws ConnectionErrorException {
        final int length = Math.min(in.readableBytes(), remaining);
        final int kept = Math.min(length, goAwayDebug.length - goAwayDebugLength);
        in.getBytes(in.readerIndex(), goAwayDebug, goAwayDebugLength, kept);
        goAwayDebugLength += kept;
        in.skipBytes(length);
        remaining -= length;
        if (remaining > 0) {
            return false;
        }
        state = State.HEADER;
        listener.onGoAway(goAwayLastStreamId, goAwayErrorCode, printable(goAwayDebug, goAwayDebugLength));
        return true;
    }

    private static String printable(final byte[] bytes, final int length) {
        final String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    // ---- what is skipped ----

    private boolean skip(final ByteBuf in, final Http2FrameListener listener) throws ConnectionErrorException {
        final int length = Math.min(in.readableBytes(), remaining);
        in.skipBytes(length);
        remaining -= length;
        if (remaining > 0) {
            return false;
        }
        final State skipped = state;
        state = State.HEADER;
        if (skipped == State.DATA_PADDING) {
            listener.onDataEnd(streamId, paddedBytes, FrameFlags.isSet(flags, FrameFlags.END_STREAM));
        } else if (skipped == State.HEADERS_PADDING && FrameFlags.isSet(flags, FrameFlags.END_HEADERS)) {
            openHeaderBlock = 0;
            listener.onHeadersEnd();
        }
        return true;
    }

    // ---- small things ----

    /** Collects big-endian bytes until {@code length} of them are in the register. */
    private boolean gather(final ByteBuf in, final int length) {
        while (registerBytes < length && in.isReadable()) {
            register = register << 8 | in.readUnsignedByte();
            registerBytes++;
        }
        return registerBytes == length;
    }

    private void clearRegister() {
        register = 0;
        registerBytes = 0;
    }

    private boolean isPadded() {
        return FrameFlags.isSet(flags, FrameFlags.PADDED);
    }

    private boolean hasPriority() {
        return FrameFlags.isSet(flags, FrameFlags.PRIORITY);
    }

    private void requireStream() throws ConnectionErrorException {
        if (streamId == 0) {
            throw error(PROTOCOL_ERROR, "must belong to a stream (RFC 9113 6)");
        }
    }

    private void requireConnection() throws ConnectionErrorException {
        if (streamId != 0) {
            throw error(PROTOCOL_ERROR, "must not belong to a stream (RFC 9113 6)");
        }
    }

    private ConnectionErrorException error(final int errorCode, final String what) {
        return new ConnectionErrorException(errorCode, describe() + " " + what);
    }

    private String describe() {
        return FrameType.name(type) + " frame of " + remaining + " bytes on stream " + streamId;
    }
}
