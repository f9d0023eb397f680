package io.tikvdirect.transport.internal.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.util.Map;

/**
 * Confined to its event loop: encodes request headers with Netty's HPACK encoder. The dynamic table is as large as the
 * peer allows, within {@link Http2Limits#MAX_ENCODER_TABLE_SIZE}.
 */
public final class HeaderBlockWriter implements AutoCloseable {
    /** What RFC 9113 section 10.5.1 adds to each field's length. */
    private static final int FIELD_OVERHEAD = 32;

    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder(
            Http2HeadersEncoder.NEVER_SENSITIVE, true, 16, Http2Limits.MAX_ENCODER_TABLE_SIZE);

    /**
     * Follows the peer's SETTINGS_HEADER_TABLE_SIZE.
     *
     * @param size unsigned 32 bits
     */
    public void maxTableSize(final long size) {
        try {
            encoder.configuration().maxHeaderTableSize(Math.min(size, Http2Limits.MAX_ENCODER_TABLE_SIZE));
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Encodes a header block.
     *
     * @param streamId its stream
     * @param headers names in lower case, pseudo headers first
     * @param out borrows; appended to
     * @throws OutOfMemoryError when it cannot grow; what is encoded afterwards is not what the peer will understand
     */
    public void encode(final int streamId, final Http2Headers headers, final ByteBuf out) {
        try {
            encoder.encodeHeaders(streamId, headers, out);
        } catch (Http2Exception e) {
            if (e.getCause() instanceof OutOfMemoryError exhausted) {
                throw exhausted;
            }
            throw new IllegalStateException(e);
        }
    }

    /**
     * The size of a header list as the peer's MAX_HEADER_LIST_SIZE counts it.
     *
     * @param headers to be sent
     * @return bytes
     */
    public static long listSize(final Http2Headers headers) {
        long size = 0;
        for (final Map.Entry<CharSequence, CharSequence> field : headers) {
            size += field.getKey().length() + field.getValue().length() + FIELD_OVERHEAD;
        }
        return size;
    }

    @Override
    public void close() {
        encoder.close();
    }
}
