package io.tikvdirect.codec.grpc;

import io.netty.buffer.ByteBuf;

/** Stateless: the header of a gzip member (RFC 1952, 2.3), which is checked for form and otherwise of no interest. */
final class GzipHeader {
    private static final int FIXED_LENGTH = 10;
    private static final int MAGIC = 0x1F8B;
    private static final int DEFLATE = 8;
    private static final int FLAG_HEADER_CRC = 1 << 1;
    private static final int FLAG_EXTRA = 1 << 2;
    private static final int FLAG_NAME = 1 << 3;
    private static final int FLAG_COMMENT = 1 << 4;
    private static final int RESERVED_FLAGS = 0xE0;
    private static final int TIME_XFL_OS = 6;

    private GzipHeader() {}

    /** Moves the reader index behind the header. */
    static void skip(final ByteBuf input) throws GrpcFramingException {
        require(input, FIXED_LENGTH);
        if (input.readUnsignedShort() != MAGIC || input.readUnsignedByte() != DEFLATE) {
            throw GzipInflater.corrupt("not a gzip member");
        }
        final int flags = input.readUnsignedByte();
        if ((flags & RESERVED_FLAGS) != 0) {
            throw GzipInflater.corrupt("reserved gzip flags are set");
        }
        input.skipBytes(TIME_XFL_OS);
        skipOptional(input, flags);
    }

    private static void skipOptional(final ByteBuf input, final int flags) throws GrpcFramingException {
        if ((flags & FLAG_EXTRA) != 0) {
            require(input, Short.BYTES);
            skipBytes(input, input.readUnsignedShortLE());
        }
        if ((flags & FLAG_NAME) != 0) {
            skipText(input);
        }
        if ((flags & FLAG_COMMENT) != 0) {
            skipText(input);
        }
        if ((flags & FLAG_HEADER_CRC) != 0) {
            skipBytes(input, Short.BYTES);
        }
    }

    private static void skipText(final ByteBuf input) throws GrpcFramingException {
        final int length = input.bytesBefore((byte) 0);
        if (length < 0) {
            throw GzipInflater.corrupt("gzip header is cut");
        }
        input.skipBytes(length + 1);
    }

    private static void skipBytes(final ByteBuf input, final int count) throws GrpcFramingException {
        require(input, count);
        input.skipBytes(count);
    }

    private static void require(final ByteBuf input, final int count) throws GrpcFramingException {
        if (input.readableBytes() < count) {
            throw GzipInflater.corrupt("gzip header is cut");
        }
    }
}
