package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/** Immutable: compresses request messages. Not on the hot path: a call has to ask for it. */
final class GzipMessages {
    private GzipMessages() {}

    /** Takes the message and gives the buffer that {@code room} made, filled; without memory for it, nothing is left. */
    static ByteBuf compress(final ByteBuf message, final Supplier<ByteBuf> room) {
        try {
            return filled(room.get(), target -> compressInto(target, message));
        } finally {
            message.release();
        }
    }

    private static void compressInto(final ByteBuf target, final ByteBuf message) {
        try (GZIPOutputStream gzip = new GZIPOutputStream(new ByteBufOutputStream(target))) {
            message.readBytes(gzip, message.readableBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail this way
        }
    }

    /** Takes the parts and gives the buffer that {@code room} made, with all of them; without memory nothing is left. */
    static ByteBuf join(final ByteBuf[] parts, final int count, final Supplier<ByteBuf> room) {
        try {
            return filled(room.get(), target -> {
                for (int i = 0; i < count; i++) {
                    target.writeBytes(parts[i]);
                }
            });
        } finally {
            OutboundMessages.releaseAll(parts, 0, count);
        }
    }

    private static ByteBuf filled(final ByteBuf target, final Consumer<ByteBuf> filler) {
        try {
            filler.accept(target);
            return target;
        } catch (OutOfMemoryError e) {
            target.release();
            throw e;
        }
    }
}
