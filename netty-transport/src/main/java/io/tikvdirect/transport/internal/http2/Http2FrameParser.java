package io.tikvdirect.transport.internal.http2;

import static io.tikvdirect.transport.internal.http2.Http2ErrorCode.FRAME_SIZE_ERROR;
import static io.tikvdirect.transport.internal.http2.Http2ErrorCode.PROTOCOL_ERROR;

import io.netty.buffer.ByteBuf;

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
    private static final int PRIORITY_LENGTH = 5;

    /** Length, type and flags of a frame header; the stream id follows. */
    private static final int HEAD_LENGTH = 5;

    private final int maxFrameSize;
    private final FrameLog frameLog;
    private State state = State.HEADER;
    private boolean stopped;
    private boolean settingsSeen;

    // The frame being read
    private final FrameHeader frame = new FrameHeader();
    private final ByteRegister register = new ByteRegister();
    private final GoAwayPayload goAway = new GoAwayPayload();
    private int padding;
    private int paddedBytes;

    // Of a frame header that comes in parts
    private boolean isHeadRead;
    private long head;

    // Stream of a header block that is not complete, 0 when none is open
    private int openHeaderBlock;

    /** A parser at the start of a connection, with this side's SETTINGS_MAX_FRAME_SIZE, that notes every frame. */
    public Http2FrameParser(final int maxFrameSize, final FrameLog frameLog) {
        this.maxFrameSize = maxFrameSize;
        this.frameLog = frameLog;
    }

    /** Makes {@link #parse} return after the listener call that is running; nothing more is read. */
    public void stop() {
        stopped = true;
    }

    /** {@return whether the peer's first SETTINGS frame has begun, in other words whether it speaks HTTP/2} */
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
        if (register.isEmpty() && !isHeadRead && in.readableBytes() >= Http2Limits.FRAME_HEADER_LENGTH) {
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

    /** The header in two parts, as it is longer than the register. */
    private boolean gatherFrameHeader(final ByteBuf in, final Http2FrameListener listener)
            throws ConnectionErrorException {
        if (!isHeadRead) {
            if (!register.gather(in, HEAD_LENGTH)) {
                return false;
            }
            head = register.take();
            isHeadRead = true;
        }
        if (!register.gather(in, Http2Limits.FRAME_HEADER_LENGTH - HEAD_LENGTH)) {
            return false;
        }
        isHeadRead = false;
        beginFrame((int) (head >>> 16), (int) (head >>> 8) & 0xff, (int) head & 0xff, (int) register.take(), listener);
        return true;
    }

    private void beginFrame(
            final int length,
            final int frameType,
            final int frameFlags,
            final int rawStreamId,
            final Http2FrameListener listener)
            throws ConnectionErrorException {
        frame.begin(length, frameType, frameFlags, rawStreamId);
        padding = 0;
        paddedBytes = 0;
        frameLog.received(frameType, frameFlags, frame.streamId, length);
        verifyPosition();
        if (length > maxFrameSize) {
            throw frame.error(FRAME_SIZE_ERROR, "is longer than " + maxFrameSize + " (RFC 9113 4.2)");
        }
        beginPayload(listener);
    }

    private void verifyPosition() throws ConnectionErrorException {
        if (!settingsSeen) {
            if (frame.type != FrameType.SETTINGS || frame.isAck()) {
                throw frame.error(PROTOCOL_ERROR, "comes before the peer's SETTINGS (RFC 9113 3.4)");
            }
            settingsSeen = true;
        }
        if (openHeaderBlock != 0 && (frame.type != FrameType.CONTINUATION || frame.streamId != openHeaderBlock)) {
            throw frame.error(
                    PROTOCOL_ERROR, "interrupts the header block of stream " + openHeaderBlock + " (RFC 9113 6.2)");
        }
    }

    private void beginPayload(final Http2FrameListener listener) throws ConnectionErrorException {
        switch (frame.type) {
            case FrameType.DATA -> beginData(listener);
            case FrameType.HEADERS -> beginHeaders(listener);
            case FrameType.CONTINUATION -> beginContinuation(listener);
            case FrameType.SETTINGS -> beginSettings(listener);
            case FrameType.PRIORITY -> beginPriority(listener);
            case FrameType.RST_STREAM -> {
                frame.requireStream();
                beginFixed(4);
            }
            case FrameType.PING -> {
                frame.requireConnection();
                beginFixed(8);
            }
            case FrameType.WINDOW_UPDATE -> beginFixed(4);
            case FrameType.GOAWAY -> beginGoAway();
            case FrameType.PUSH_PROMISE ->
                throw frame.error(PROTOCOL_ERROR, "although SETTINGS_ENABLE_PUSH is 0 (RFC 9113 6.6)");
            default -> {
                listener.onIgnoredFrame(frame.type);
                state = State.SKIP;
            }
        }
    }

    // ---- DATA ----

    private void beginData(final Http2FrameListener listener) throws ConnectionErrorException {
        frame.requireStream();
        frame.requireRoom(frame.isPadded() ? 1 : 0, "pad length (RFC 9113 6.1)");
        listener.onDataFrame(frame.streamId, frame.remaining, frame.flags);
        state = frame.isPadded() ? State.DATA_PAD_LENGTH : State.DATA;
    }

    private boolean readData(final ByteBuf in, final Http2FrameListener listener) throws ConnectionErrorException {
        final int length = Math.min(in.readableBytes(), frame.remaining - padding);
        if (length > 0) {
            final int end = in.readerIndex() + length;
            frame.remaining -= length;
            listener.onDataBytes(frame.streamId, in, length);
            in.readerIndex(end);
        }
        if (frame.remaining > padding) {
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
        frame.remaining--;
        final int needed = frame.type == FrameType.HEADERS && frame.hasPriority() ? PRIORITY_LENGTH : 0;
        if (padding + needed > frame.remaining) {
            throw frame.error(PROTOCOL_ERROR, "is padded by its whole payload or more (RFC 9113 6.1)");
        }
        state = state == State.DATA_PAD_LENGTH ? State.DATA : afterHeadersPadLength();
        return true;
    }

    // ---- HEADERS and CONTINUATION ----

    private void beginHeaders(final Http2FrameListener listener) throws ConnectionErrorException {
        frame.requireStream();
        final int fixed = (frame.isPadded() ? 1 : 0) + (frame.hasPriority() ? PRIORITY_LENGTH : 0);
        frame.requireRoom(fixed, "fixed fields (RFC 9113 6.2)");
        openHeaderBlock = frame.streamId;
        listener.onHeadersBegin(frame.streamId, frame.endsStream());
        state = frame.isPadded() ? State.HEADERS_PAD_LENGTH : afterHeadersPadLength();
    }

    private State afterHeadersPadLength() {
        return frame.hasPriority() ? State.HEADERS_PRIORITY : State.FRAGMENT;
    }

    private boolean readHeadersPriority(final ByteBuf in) {
        if (!register.gather(in, PRIORITY_LENGTH)) {
            return false;
        }
        register.take();
        frame.remaining -= PRIORITY_LENGTH;
        state = State.FRAGMENT;
        return true;
    }

    private void beginContinuation(final Http2FrameListener listener) throws ConnectionErrorException {
        if (openHeaderBlock == 0) {
            throw frame.error(PROTOCOL_ERROR, "continues no header block (RFC 9113 6.10)");
        }
        listener.onContinuation();
        state = State.FRAGMENT;
    }

    private boolean readFragment(final ByteBuf in, final Http2FrameListener listener) throws ConnectionErrorException {
        final int length = Math.min(in.readableBytes(), frame.remaining - padding);
        if (length > 0) {
            final int end = in.readerIndex() + length;
            frame.remaining -= length;
            listener.onHeaderFragment(in, length);
            in.readerIndex(end);
        }
        if (frame.remaining > padding) {
            return false;
        }
        state = State.HEADERS_PADDING;
        return true;
    }

    // ---- SETTINGS ----

    private void beginSettings(final Http2FrameListener listener) throws ConnectionErrorException {
        frame.requireConnection();
        frame.requireSettingsLength(SETTING_LENGTH);
        state = State.HEADER;
        if (frame.isAck()) {
            listener.onSettingsAck();
        } else if (frame.remaining == 0) {
            listener.onSettingsEnd();
        } else {
            state = State.SETTINGS;
        }
    }

    private boolean readSetting(final ByteBuf in, final Http2FrameListener listener) throws ConnectionErrorException {
        if (!register.gather(in, SETTING_LENGTH)) {
            return false;
        }
        final long entry = register.take();
        frame.remaining -= SETTING_LENGTH;
        listener.onSetting((int) (entry >>> 32), entry & 0xffffffffL);
        if (frame.remaining == 0) {
            state = State.HEADER;
            listener.onSettingsEnd();
        }
        return true;
    }

    // ---- frames of fixed length ----

    private void beginPriority(final Http2FrameListener listener) throws ConnectionErrorException {
        frame.requireStream();
        if (frame.remaining == PRIORITY_LENGTH) {
            listener.onIgnoredFrame(frame.type);
        } else {
            listener.onStreamError(
                    frame.streamId, FRAME_SIZE_ERROR, frame.describe() + " has an illegal length (RFC 9113 6.3)");
        }
        state = State.SKIP;
    }

    private void beginFixed(final int length) throws ConnectionErrorException {
        frame.requireLength(length);
        state = State.FIXED;
    }

    private boolean readFixed(final ByteBuf in, final Http2FrameListener listener) throws ConnectionErrorException {
        if (!register.gather(in, frame.remaining)) {
            return false;
        }
        final long value = register.take();
        state = State.HEADER;
        if (frame.type == FrameType.RST_STREAM) {
            listener.onRstStream(frame.streamId, (int) value);
        } else if (frame.type == FrameType.WINDOW_UPDATE) {
            listener.onWindowUpdate(frame.streamId, (int) value & 0x7fffffff);
        } else if (frame.isAck()) {
            listener.onPingAck(value);
        } else {
            listener.onPing(value);
        }
        return true;
    }

    // ---- GOAWAY ----

    private void beginGoAway() throws ConnectionErrorException {
        frame.requireConnection();
        frame.requireRoom(GoAwayPayload.FIXED_LENGTH, "fixed fields (RFC 9113 6.8)");
        state = State.GOAWAY;
    }

    private boolean readGoAway(final ByteBuf in) {
        if (!register.gather(in, GoAwayPayload.FIXED_LENGTH)) {
            return false;
        }
        goAway.begin(register.take());
        frame.remaining -= GoAwayPayload.FIXED_LENGTH;
        state = State.GOAWAY_DEBUG;
        return true;
    }

    private boolean readGoAwayDebug(final ByteBuf in, final Http2FrameListener listener)
            throws ConnectionErrorException {
        final int length = Math.min(in.readableBytes(), frame.remaining);
        goAway.readDebug(in, length);
        frame.remaining -= length;
        if (frame.remaining > 0) {
            return false;
        }
        state = State.HEADER;
        goAway.tell(listener);
        return true;
    }

    // ---- what is skipped ----

    private boolean skip(final ByteBuf in, final Http2FrameListener listener) throws ConnectionErrorException {
        final int length = Math.min(in.readableBytes(), frame.remaining);
        in.skipBytes(length);
        frame.remaining -= length;
        if (frame.remaining > 0) {
            return false;
        }
        final State skipped = state;
        state = State.HEADER;
        if (skipped == State.DATA_PADDING) {
            listener.onDataEnd(frame.streamId, paddedBytes, frame.endsStream());
        } else if (skipped == State.HEADERS_PADDING && frame.endsHeaders()) {
            openHeaderBlock = 0;
            listener.onHeadersEnd();
        }
        return true;
    }
}
