package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** Confined to its event loop: takes gRPC messages out of the bytes of a stream, resumable at every byte. */
final class MessageReader {
    static final int PREFIX_LENGTH = 5;

    private final ByteBufAllocator allocator;
    private final int maxMessageSize;
    private long prefix;
    private int prefixBytes;
    private @Nullable ByteBuf partial;

    MessageReader(final ByteBufAllocator allocator, final int maxMessageSize) {
        this.allocator = allocator;
        this.maxMessageSize = maxMessageSize;
    }

    /** Reads on; gives a message when one is complete, null when all bytes are used up before. */
    @Nullable
    ByteBuf read(final ByteBuf in) throws MessageException {
        while (prefixBytes < PREFIX_LENGTH) {
            if (!in.isReadable()) {
                return null;
            }
            prefix = prefix << 8 | in.readUnsignedByte();
            if (++prefixBytes == PREFIX_LENGTH) {
                verifyPrefix();
            }
        }
        final int length = (int) prefix;
        if (partial == null && in.readableBytes() >= length) {
            prefixBytes = 0;
            prefix = 0;
            return in.readRetainedSlice(length);
        }
        return assemble(in, length);
    }

    private @Nullable ByteBuf assemble(final ByteBuf in, final int length) {
        if (partial == null) {
            partial = allocator.directBuffer(length, length);
        }
        final ByteBuf message = partial;
        message.writeBytes(in, Math.min(in.readableBytes(), message.writableBytes()));
        if (message.isWritable()) {
            return null;
        }
        partial = null;
        prefixBytes = 0;
        prefix = 0;
        return message;
    }

    private void verifyPrefix() throws MessageException {
        final long length = prefix & 0xffffffffL;
        if (prefix >>> 32 != 0) {
            throw new MessageException(GrpcStatusCode.INTERNAL, "compressed message, but no encoding was negotiated");
        }
        if (length > maxMessageSize) {
            throw new MessageException(
                    GrpcStatusCode.RESOURCE_EXHAUSTED,
                    "message of " + length + " bytes exceeds the maximum of " + maxMessageSize);
        }
    }

    boolean isInsideMessage() {
        return prefixBytes > 0;
    }

    void release() {
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }
}
