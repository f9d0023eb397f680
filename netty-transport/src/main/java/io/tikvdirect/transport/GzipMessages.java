package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Immutable: compresses request messages. Not on the hot path: a call has to ask for it. */
final class GzipMessages {
    private GzipMessages() {}

    /** Takes both buffers and gives the second one, filled. */
    static ByteBuf compress(final ByteBuf message, final ByteBuf target) {
        try (GZIPOutputStream gzip = new GZIPOutputStream(new ByteBufOutputStream(target))) {
            message.readBytes(gzip, message.readableBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail this way
        } finally {
            message.release();
        }
        return target;
    }

    /** Copies parts into one buffer; takes all and gives that buffer. */
    static ByteBuf join(final ByteBuf[] parts, final int count, final ByteBuf target) {
        for (int i = 0; i < count; i++) {
            target.writeBytes(parts[i]);
            parts[i].release();
        }
        return target;
    }
}
