package io.tikvdirect.codec.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tikvdirect.codec.grpc.GrpcFramingException.Reason;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Confined to its event loop: inflates gzip messages (RFC 1952) to at most a given size. Reusable; {@link #close} gives the
 * native memory back.
 *
 * <p>Output is produced piece by piece and checked against the maximum after each, so a small message that would inflate
 * to gigabytes ends after the maximum plus one piece. Several members in a row are one message, as in RFC 1952.
 */
final class GzipInflater implements AutoCloseable {
    private static final int PIECE = 16 * 1024;
    private static final int TRAILER = 8;

    private final ByteBufAllocator allocator;
    private final int maxSize;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();

    GzipInflater(final ByteBufAllocator allocator, final int maxSize) {
        this.allocator = allocator;
        this.maxSize = maxSize;
    }

    /** <em>Gives</em> the inflated message; <em>borrows</em> the compressed one. */
    ByteBuf inflate(final ByteBuf source, final int offset, final int length) throws GrpcFramingException {
        final ByteBuf input = source.slice(offset, length);
        final ByteBuf out = allocator.directBuffer(Math.min(maxSize, Math.max(PIECE, length)));
        try {
            do {
                GzipHeader.skip(input);
                inflateMember(input, out);
            } while (input.isReadable());
            return out;
        } catch (final DataFormatException e) {
            out.release();
            throw new GrpcFramingException(Reason.CORRUPT_COMPRESSION, "deflate data are corrupt", e);
        } catch (final GrpcFramingException e) {
            out.release();
            throw e;
        }
    }

    private void inflateMember(final ByteBuf input, final ByteBuf out)
            throws DataFormatException, GrpcFramingException {
        inflater.reset();
        crc.reset();
        inflater.setInput(input.nioBuffer());
        while (!inflater.finished()) {
            inflatePiece(out);
        }
        input.skipBytes((int) inflater.getBytesRead());
        checkTrailer(input);
    }

    private void inflatePiece(final ByteBuf out) throws DataFormatException, GrpcFramingException {
        // One byte above the maximum tells "too large" from "just fits"
        final int room = (int) Math.min(PIECE, maxSize + 1L - out.writerIndex());
        out.ensureWritable(room);
        final int produced = inflater.inflate(out.internalNioBuffer(out.writerIndex(), room));
        if (produced == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
            throw corrupt("deflate data end early or need a dictionary");
        }
        crc.update(out.internalNioBuffer(out.writerIndex(), produced));
        out.writerIndex(out.writerIndex() + produced);
        if (out.writerIndex() > maxSize) {
            throw new GrpcFramingException(
                    Reason.MESSAGE_TOO_LARGE, "message inflates to more than the maximum of " + maxSize + " bytes");
        }
    }

    private void checkTrailer(final ByteBuf input) throws GrpcFramingException {
        if (input.readableBytes() < TRAILER) {
            throw corrupt("gzip trailer is cut");
        }
        if (input.readUnsignedIntLE() != crc.getValue()) {
            throw corrupt("gzip checksum differs");
        }
        if (input.readUnsignedIntLE() != (inflater.getBytesWritten() & 0xFFFF_FFFFL)) {
            throw corrupt("gzip length differs");
        }
    }

    static GrpcFramingException corrupt(final String detail) {
        return new GrpcFramingException(Reason.CORRUPT_COMPRESSION, detail);
    }

    @Override
    public void close() {
        inflater.end();
    }
}
