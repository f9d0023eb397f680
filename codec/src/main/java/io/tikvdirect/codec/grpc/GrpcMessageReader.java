package io.tikvdirect.codec.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.grpc.GrpcFramingException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its event loop: cuts what arrives on one direction of a call into messages, resumable at any byte.
 *
 * <pre>{@code
 * // for each DATA frame
 * while (demand > 0 && reader.next(data)) {
 *     listener.onMessage(reader.buffer(), reader.offset(), reader.length());
 * }
 * // at the end of the stream
 * reader.finish();
 * }</pre>
 *
 * <p>A message that lies wholly within the input is handed out where it is, without a copy; one that comes in pieces is
 * assembled once, in a buffer of its length. A length above the maximum is refused before anything is allocated. Either
 * way the message is valid until the next call of {@link #next} or {@link #close}, unless whoever gets it retains
 * {@link #buffer}. As long as messages come whole and uncompressed nothing is allocated.
 *
 * <p>After a failure the reader stays failed: it throws the same exception again.
 */
public final class GrpcMessageReader implements AutoCloseable {
    /** What calls usually allow as the largest message: 64 MiB. TiKV splits scans well below it. */
    public static final int DEFAULT_MAX_MESSAGE_SIZE = 64 * 1024 * 1024;

    private final ByteBufAllocator allocator;
    private final int maxMessageSize;
    private final boolean gzipNegotiated;

    private int prefixBytes;
    private boolean compressed;
    private long messageLength;
    private @Nullable ByteBuf partial;
    private @Nullable GzipInflater inflater;
    private @Nullable GrpcFramingException failure;

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private @Nullable ByteBuf owned;
    private int offset;
    private int length;

    /**
     * Makes a reader.
     *
     * @param allocator of assembled and inflated messages
     * @param maxMessageSize bytes of a message at most, before and after decompression
     * @param gzipNegotiated whether the call's {@code grpc-encoding} is gzip; if not, compressed messages are refused
     */
    public GrpcMessageReader(final ByteBufAllocator allocator, final int maxMessageSize, final boolean gzipNegotiated) {
        if (maxMessageSize < 0) {
            throw new IllegalArgumentException("maxMessageSize " + maxMessageSize);
        }
        this.allocator = allocator;
        this.maxMessageSize = maxMessageSize;
        this.gzipNegotiated = gzipNegotiated;
    }

    /**
     * Goes to the next message, as far as the input has it. Invalidates the message before.
     *
     * @param input what arrived; its reader index moves over what was taken. <em>Borrowed</em> until the next call: the
     *     message may be a part of it.
     * @return true if there is a message; false if the input is used up
     * @throws GrpcFramingException if the bytes are not acceptable
     */
    public boolean next(final ByteBuf input) throws GrpcFramingException {
        dropMessage();
        if (failure != null) {
            throw failure;
        }
        if (!readPrefix(input) || !readMessage(input)) {
            return false;
        }
        prefixBytes = 0;
        if (compressed) {
            inflate();
        }
        return true;
    }

    /**
     * Says that the stream has ended.
     *
     * @throws GrpcFramingException if it ended within a message
     */
    public void finish() throws GrpcFramingException {
        if (isWithinMessage()) {
            throw fail(new GrpcFramingException(Reason.TRUNCATED_MESSAGE, "the stream ended within a message"));
        }
    }

    /**
     * Whether a message has begun and not ended.
     *
     * @return true if more bytes must follow
     */
    public boolean isWithinMessage() {
        return prefixBytes != 0;
    }

    /**
     * Where the current message lies.
     *
     * @return the buffer, borrowed until the next call of {@link #next} or {@link #close}; may be retained
     */
    public ByteBuf buffer() {
        return buffer;
    }

    /**
     * Where the current message begins.
     *
     * @return absolute index in {@link #buffer}
     */
    public int offset() {
        return offset;
    }

    /**
     * Length of the current message.
     *
     * @return bytes
     */
    public int length() {
        return length;
    }

    /** Releases what is held; the reader is of no further use. May be called again. */
    @Override
    public void close() {
        dropMessage();
        dropPartial();
        if (inflater != null) {
            inflater.close();
            inflater = null;
        }
    }

    private boolean readPrefix(final ByteBuf input) throws GrpcFramingException {
        if (prefixBytes == GrpcMessagePrefix.LENGTH) {
            return true;
        }
        if (prefixBytes == 0 && input.readableBytes() >= GrpcMessagePrefix.LENGTH) {
            readFlag(input.readByte());
            messageLength = input.readUnsignedInt();
            prefixBytes = GrpcMessagePrefix.LENGTH;
            checkLength();
            return true;
        }
        return readPrefixInPieces(input);
    }

    private boolean readPrefixInPieces(final ByteBuf input) throws GrpcFramingException {
        while (prefixBytes < GrpcMessagePrefix.LENGTH) {
            if (!input.isReadable()) {
                return false;
            }
            if (prefixBytes == 0) {
                readFlag(input.readByte());
                messageLength = 0;
            } else {
                messageLength = messageLength << 8 | input.readUnsignedByte();
            }
            prefixBytes++;
        }
        checkLength();
        return true;
    }

    private void readFlag(final byte flag) throws GrpcFramingException {
        if (flag != GrpcMessagePrefix.IDENTITY && flag != GrpcMessagePrefix.COMPRESSED) {
            throw fail(new GrpcFramingException(Reason.INVALID_FLAG, "message flag " + (flag & 0xFF)));
        }
        compressed = flag == GrpcMessagePrefix.COMPRESSED;
        if (compressed && !gzipNegotiated) {
            throw fail(new GrpcFramingException(
                    Reason.COMPRESSION_NOT_NEGOTIATED, "a compressed message on a call without grpc-encoding"));
        }
    }

    private void checkLength() throws GrpcFramingException {
        if (messageLength > maxMessageSize) {
            throw fail(new GrpcFramingException(
                    Reason.MESSAGE_TOO_LARGE, "message of " + messageLength + " bytes, maximum " + maxMessageSize));
        }
    }

    private boolean readMessage(final ByteBuf input) {
        final int total = (int) messageLength;
        if (partial == null && input.readableBytes() >= total) {
            show(input, input.readerIndex(), total);
            input.skipBytes(total);
            return true;
        }
        return assemble(input, total);
    }

    private boolean assemble(final ByteBuf input, final int total) {
        if (!input.isReadable()) {
            return false;
        }
        ByteBuf whole = partial;
        if (whole == null) {
            whole = allocator.directBuffer(total, total);
            partial = whole;
        }
        final int piece = Math.min(input.readableBytes(), total - whole.writerIndex());
        Bytes.writeConfined(whole, input, input.readerIndex(), piece);
        input.skipBytes(piece);
        if (whole.writerIndex() < total) {
            return false;
        }
        partial = null;
        owned = whole;
        show(whole, 0, total);
        return true;
    }

    private void inflate() throws GrpcFramingException {
        if (inflater == null) {
            inflater = new GzipInflater(allocator, maxMessageSize);
        }
        final ByteBuf inflated;
        try {
            inflated = inflater.inflate(buffer, offset, length);
        } catch (final GrpcFramingException e) {
            throw fail(e);
        }
        dropMessage();
        owned = inflated;
        show(inflated, inflated.readerIndex(), inflated.readableBytes());
    }

    private void show(final ByteBuf message, final int messageOffset, final int messageBytes) {
        buffer = message;
        offset = messageOffset;
        length = messageBytes;
    }

    private void dropMessage() {
        show(Unpooled.EMPTY_BUFFER, 0, 0);
        if (owned != null) {
            owned.release();
            owned = null;
        }
    }

    private void dropPartial() {
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }

    private GrpcFramingException fail(final GrpcFramingException cause) {
        failure = cause;
        dropMessage();
        dropPartial();
        return cause;
    }
}
