package io.tikvdirect.transport.internal.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its event loop: gathers the fragments of one header block and decodes it with Netty's HPACK decoder. Size
 * and number of fragments are bounded before anything is decoded; the decoded list is bounded while it grows. Every
 * block is decoded, also those of streams that are gone, because the dynamic table is the connection's.
 */
public final class HeaderBlockReader {
    private final ByteBufAllocator allocator;
    private final DefaultHttp2HeadersDecoder decoder;
    private @Nullable ByteBuf block;
    private int streamId;
    private boolean endStream;
    private int fragments;

    /**
     * A reader with an empty dynamic table.
     *
     * @param allocator of the connection
     */
    public HeaderBlockReader(final ByteBufAllocator allocator) {
        this.allocator = allocator;
        decoder = new DefaultHttp2HeadersDecoder(true, true, Http2Limits.MAX_HEADER_LIST_SIZE);
        try {
            decoder.configuration().maxHeaderTableSize(Http2Limits.DECODER_TABLE_SIZE);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A block begins.
     *
     * @param newStreamId its stream
     * @param newEndStream whether it ends the stream
     */
    public void begin(final int newStreamId, final boolean newEndStream) {
        streamId = newStreamId;
        endStream = newEndStream;
        fragments = 1;
    }

    /**
     * A CONTINUATION frame begins.
     *
     * @throws ConnectionErrorException after too many of them
     */
    public void continueBlock() throws ConnectionErrorException {
        if (++fragments > Http2Limits.MAX_HEADER_FRAGMENTS) {
            throw new ConnectionErrorException(
                    Http2ErrorCode.ENHANCE_YOUR_CALM,
                    "header block in more than " + Http2Limits.MAX_HEADER_FRAGMENTS + " fragments");
        }
    }

    /**
     * Adds bytes.
     *
     * @param in borrows; the bytes start at its reader index, which is not moved
     * @param length number of bytes
     * @throws ConnectionErrorException when the block becomes too long
     */
    public void append(final ByteBuf in, final int length) throws ConnectionErrorException {
        ByteBuf target = block;
        if (target == null) {
            target = allocator.buffer(Math.max(256, length));
            block = target;
        }
        if (target.readableBytes() + length > Http2Limits.MAX_HEADER_BLOCK) {
            throw new ConnectionErrorException(
                    Http2ErrorCode.ENHANCE_YOUR_CALM,
                    "header block longer than " + Http2Limits.MAX_HEADER_BLOCK + " bytes");
        }
        target.writeBytes(in, in.readerIndex(), length);
    }

    /**
     * Decodes the complete block.
     *
     * @return its headers, values not yet judged beyond what HTTP/2 demands of names
     * @throws ConnectionErrorException when the compression state is lost (RFC 7541) or the list is a bomb
     * @throws StreamErrorException when the headers are malformed (RFC 9113 section 8.1.1) or too many
     */
    public Http2Headers decode() throws ConnectionErrorException, StreamErrorException {
        final ByteBuf input = block == null ? allocator.buffer(0, 0) : block;
        block = null;
        try {
            return decoder.decodeHeaders(streamId, input);
        } catch (Http2Exception e) {
            if (Http2Exception.isStreamError(e)) {
                throw new StreamErrorException((int) e.error().code(), String.valueOf(e.getMessage()));
            }
            throw new ConnectionErrorException((int) e.error().code(), String.valueOf(e.getMessage()));
        } finally {
            input.release();
        }
    }

    /**
     * The stream of the block that began last.
     *
     * @return stream id
     */
    public int streamId() {
        return streamId;
    }

    /**
     * Whether the block that began last ends its stream.
     *
     * @return true when it does
     */
    public boolean isEndStream() {
        return endStream;
    }

    /** Gives back the memory of an unfinished block. */
    public void release() {
        if (block != null) {
            block.release();
            block = null;
        }
    }
}
