package io.tikvdirect.transport.internal.http2;

import io.netty.buffer.ByteBuf;

/**
 * Confined to its event loop: what {@link Http2FrameParser} reads, in wire order. Lengths and flags are already
 * verified; whether the stream may receive the frame is the listener's to judge. Every method may end the connection
 * by throwing.
 */
public interface Http2FrameListener {
    /**
     * A DATA frame begins.
     *
     * @param streamId never 0
     * @param payloadLength what counts for flow control: pad length, data and padding
     * @param flags as received
     * @throws ConnectionErrorException to end the connection
     */
    void onDataFrame(int streamId, int payloadLength, int flags) throws ConnectionErrorException;

    /**
     * Some bytes of the DATA frame that began last. The listener need not move the reader index.
     *
     * @param streamId of the frame
     * @param in borrows; the bytes start at its reader index
     * @param length number of bytes, at least 1
     * @throws ConnectionErrorException to end the connection
     */
    void onDataBytes(int streamId, ByteBuf in, int length) throws ConnectionErrorException;

    /**
     * The DATA frame that began last is complete, padding included.
     *
     * @param streamId of the frame
     * @param paddingLength bytes of the payload that were no data, the pad length itself included
     * @param endStream whether it ends the stream
     * @throws ConnectionErrorException to end the connection
     */
    void onDataEnd(int streamId, int paddingLength, boolean endStream) throws ConnectionErrorException;

    /**
     * A header block begins with a HEADERS frame.
     *
     * @param streamId never 0
     * @param endStream whether the block ends the stream
     * @throws ConnectionErrorException to end the connection
     */
    void onHeadersBegin(int streamId, boolean endStream) throws ConnectionErrorException;

    /**
     * A CONTINUATION frame of the header block that began last.
     *
     * @throws ConnectionErrorException to end the connection
     */
    void onContinuation() throws ConnectionErrorException;

    /**
     * Some bytes of the header block that began last.
     *
     * @param in borrows; the bytes start at its reader index
     * @param length number of bytes, at least 1
     * @throws ConnectionErrorException to end the connection
     */
    void onHeaderFragment(ByteBuf in, int length) throws ConnectionErrorException;

    /**
     * The header block that began last is complete.
     *
     * @throws ConnectionErrorException to end the connection
     */
    void onHeadersEnd() throws ConnectionErrorException;

    /**
     * RST_STREAM.
     *
     * @param streamId never 0
     * @param errorCode any value
     * @throws ConnectionErrorException to end the connection
     */
    void onRstStream(int streamId, int errorCode) throws ConnectionErrorException;

    /**
     * One entry of a SETTINGS frame.
     *
     * @param identifier of the setting, known or not
     * @param value unsigned 32 bits
     * @throws ConnectionErrorException to end the connection
     */
    void onSetting(int identifier, long value) throws ConnectionErrorException;

    /**
     * All entries of a SETTINGS frame were seen; it is to be acknowledged.
     *
     * @throws ConnectionErrorException to end the connection
     */
    void onSettingsEnd() throws ConnectionErrorException;

    /**
     * The peer acknowledges our SETTINGS.
     *
     * @throws ConnectionErrorException to end the connection
     */
    void onSettingsAck() throws ConnectionErrorException;

    /**
     * PING, to be answered.
     *
     * @param payload opaque
     * @throws ConnectionErrorException to end the connection
     */
    void onPing(long payload) throws ConnectionErrorException;

    /**
     * The answer to a PING.
     *
     * @param payload opaque
     * @throws ConnectionErrorException to end the connection
     */
    void onPingAck(long payload) throws ConnectionErrorException;

    /**
     * GOAWAY.
     *
     * @param lastStreamId streams above it were not processed
     * @param errorCode any value
     * @param debug the beginning of the debug data, printable
     * @throws ConnectionErrorException to end the connection
     */
    void onGoAway(int lastStreamId, int errorCode, String debug) throws ConnectionErrorException;

    /**
     * WINDOW_UPDATE.
     *
     * @param streamId 0 = the connection
     * @param increment 0 included, which is the listener's to refuse
     * @throws ConnectionErrorException to end the connection
     */
    void onWindowUpdate(int streamId, int increment) throws ConnectionErrorException;

    /**
     * PRIORITY or a frame of unknown type, skipped.
     *
     * @param type the type byte
     * @throws ConnectionErrorException to end the connection
     */
    void onIgnoredFrame(int type) throws ConnectionErrorException;

    /**
     * A frame that is wrong in a way that only concerns its stream.
     *
     * @param streamId never 0
     * @param errorCode for RST_STREAM
     * @param message what was wrong
     * @throws ConnectionErrorException to end the connection
     */
    void onStreamError(int streamId, int errorCode, String message) throws ConnectionErrorException;
}
