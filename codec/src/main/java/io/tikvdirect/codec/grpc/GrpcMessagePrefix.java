package io.tikvdirect.codec.grpc;

import io.netty.buffer.ByteBuf;

/**
 * Stateless: the five bytes before every gRPC message: a flag that says whether it is compressed, and its length as four
 * bytes, big endian ("Length-Prefixed-Message" of gRPC over HTTP/2).
 */
public final class GrpcMessagePrefix {
    /** Bytes of the prefix. */
    public static final int LENGTH = 5;

    /** Flag of a message that is as it is. */
    public static final byte IDENTITY = 0;

    /** Flag of a message that is compressed with the call's {@code grpc-encoding}. */
    public static final byte COMPRESSED = 1;

    private GrpcMessagePrefix() {}

    /**
     * Writes the prefix of an uncompressed message at the writer index.
     *
     * @param out destination, borrowed
     * @param messageLength bytes of the message that follows
     */
    public static void write(final ByteBuf out, final int messageLength) {
        out.writeByte(IDENTITY);
        out.writeInt(messageLength);
    }

    /**
     * Sets the prefix of an uncompressed message in room that was left for it.
     *
     * @param buffer borrowed; its indexes do not move
     * @param index absolute index of the prefix
     * @param messageLength bytes of the message that follows
     */
    public static void set(final ByteBuf buffer, final int index, final int messageLength) {
        buffer.setByte(index, IDENTITY);
        buffer.setInt(index + 1, messageLength);
    }
}
