package io.tikvdirect.codec.wire;

import io.netty.buffer.ByteBuf;

/**
 * Stateless: writes the protobuf wire format at a buffer's writer index, and says beforehand how long it will be.
 *
 * <p>The {@code ...Field} methods follow proto3: a number that is 0, a bool that is false and bytes that are empty are the
 * default and are left out. Their {@code ...FieldSize} twins return exactly the number of bytes written. Where presence
 * matters (a sub-message, an element of a repeated field), write the tag and the length yourself.
 *
 * <p>All methods <em>borrow</em> their buffers. A destination grows as far as its maximum capacity allows.
 */
public final class WireWriter {
    /** The longest varint: ten bytes of seven bits hold 64 bits. */
    public static final int MAX_VARINT_SIZE = 10;

    private static final int CONTINUATION = 0x80;
    private static final int SEVEN_BITS = 0x7F;

    private WireWriter() {}

    /**
     * The tag of a field.
     *
     * @param fieldNumber 1 to 2^29 - 1
     * @param wireType one of {@link WireType}
     * @return the tag as it is written, before varint encoding
     */
    public static int tag(final int fieldNumber, final int wireType) {
        return (fieldNumber << 3) | wireType;
    }

    /**
     * Size of a tag.
     *
     * @param fieldNumber 1 to 2^29 - 1
     * @return its bytes
     */
    public static int tagSize(final int fieldNumber) {
        return varintSize(fieldNumber << 3);
    }

    /**
     * Writes a tag.
     *
     * @param out destination
     * @param fieldNumber 1 to 2^29 - 1
     * @param wireType one of {@link WireType}
     */
    public static void writeTag(final ByteBuf out, final int fieldNumber, final int wireType) {
        writeVarint(out, tag(fieldNumber, wireType));
    }

    /**
     * Size of an unsigned 32-bit number as a varint.
     *
     * @param value unsigned
     * @return 1 to 5
     */
    public static int varintSize(final int value) {
        // ceil(bits / 7), with at least one bit, without a division
        return ((38 - Integer.numberOfLeadingZeros(value | 1)) * 37) >>> 8;
    }

    /**
     * Size of a 64-bit number as a varint.
     *
     * @param value unsigned; a negative {@code int64} takes ten bytes
     * @return 1 to 10
     */
    public static int varintSize(final long value) {
        return ((70 - Long.numberOfLeadingZeros(value | 1)) * 37) >>> 8;
    }

    /**
     * Writes an unsigned 32-bit number as a varint.
     *
     * @param out destination
     * @param value unsigned
     */
    public static void writeVarint(final ByteBuf out, final int value) {
        int rest = value;
        while ((rest & ~SEVEN_BITS) != 0) {
            out.writeByte(rest | CONTINUATION);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    /**
     * Writes a 64-bit number as a varint.
     *
     * @param out destination
     * @param value any
     */
    public static void writeVarint(final ByteBuf out, final long value) {
        long rest = value;
        while ((rest & ~(long) SEVEN_BITS) != 0) {
            out.writeByte((int) rest | CONTINUATION);
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    /**
     * Maps a signed number to an unsigned one so that small magnitudes stay short ({@code sint64}).
     *
     * @param value any
     * @return to be written as a varint
     */
    public static long zigZag(final long value) {
        return (value << 1) ^ (value >> 63);
    }

    /**
     * The inverse of {@link #zigZag}.
     *
     * @param encoded as read from a varint
     * @return the signed number
     */
    public static long unZigZag(final long encoded) {
        return (encoded >>> 1) ^ -(encoded & 1);
    }

    /**
     * Writes four bytes, little endian.
     *
     * @param out destination
     * @param value any
     */
    public static void writeFixed32(final ByteBuf out, final int value) {
        out.writeIntLE(value);
    }

    /**
     * Writes eight bytes, little endian.
     *
     * @param out destination
     * @param value any
     */
    public static void writeFixed64(final ByteBuf out, final long value) {
        out.writeLongLE(value);
    }

    /**
     * Size of a number field, 0 for the default.
     *
     * @param fieldNumber 1 to 2^29 - 1
     * @param value any
     * @return bytes with the tag
     */
    public static int varintFieldSize(final int fieldNumber, final long value) {
        return value == 0 ? 0 : tagSize(fieldNumber) + varintSize(value);
    }

    /**
     * Writes a number field ({@code uint64, uint32, int64, enum}) unless it is 0.
     *
     * @param out destination
     * @param fieldNumber 1 to 2^29 - 1
     * @param value any
     */
    public static void writeVarintField(final ByteBuf out, final int fieldNumber, final long value) {
        if (value != 0) {
            writeTag(out, fieldNumber, WireType.VARINT);
            writeVarint(out, value);
        }
    }

    /**
     * Size of a bool field, 0 for false.
     *
     * @param fieldNumber 1 to 2^29 - 1
     * @param value any
     * @return bytes with the tag
     */
    public static int boolFieldSize(final int fieldNumber, final boolean value) {
        return value ? tagSize(fieldNumber) + 1 : 0;
    }

    /**
     * Writes a bool field unless it is false.
     *
     * @param out destination
     * @param fieldNumber 1 to 2^29 - 1
     * @param value any
     */
    public static void writeBoolField(final ByteBuf out, final int fieldNumber, final boolean value) {
        if (value) {
            writeTag(out, fieldNumber, WireType.VARINT);
            out.writeByte(1);
        }
    }

    /**
     * Size of a length-delimited field with its tag and length, present even if empty.
     *
     * @param fieldNumber 1 to 2^29 - 1
     * @param length bytes of its content
     * @return bytes with tag and length
     */
    public static int lengthDelimitedSize(final int fieldNumber, final int length) {
        return tagSize(fieldNumber) + varintSize(length) + length;
    }

    /**
     * Writes tag and length of a length-delimited field; the content is to follow.
     *
     * @param out destination
     * @param fieldNumber 1 to 2^29 - 1
     * @param length bytes of the content to follow
     */
    public static void writeLengthDelimitedHead(final ByteBuf out, final int fieldNumber, final int length) {
        final int tag = tag(fieldNumber, WireType.LENGTH_DELIMITED);
        if (tag >>> 7 != 0 || length >>> 14 != 0) {
            writeVarint(out, tag);
            writeVarint(out, length);
        } else if (length <= SEVEN_BITS) {
            out.writeShortLE(tag | (length << 8));
        } else {
            out.writeMediumLE(tag | (((length & SEVEN_BITS) | CONTINUATION) << 8) | ((length >>> 7) << 16));
        }
    }

    /**
     * Size of a bytes or string field, 0 if empty.
     *
     * @param fieldNumber 1 to 2^29 - 1
     * @param length bytes of its content
     * @return bytes with tag and length
     */
    public static int bytesFieldSize(final int fieldNumber, final int length) {
        return length == 0 ? 0 : lengthDelimitedSize(fieldNumber, length);
    }

    /**
     * Writes a bytes or string field unless it is empty.
     *
     * @param out destination
     * @param fieldNumber 1 to 2^29 - 1
     * @param value bytes, or UTF-8 of a string
     */
    public static void writeBytesField(final ByteBuf out, final int fieldNumber, final byte[] value) {
        if (value.length != 0) {
            writeLengthDelimitedHead(out, fieldNumber, value.length);
            out.writeBytes(value);
        }
    }

    /**
     * Size of the content of a packed field: its numbers without tag and length.
     *
     * @param values numbers
     * @param count how many of them, from the first on
     * @return bytes
     */
    public static int packedContentSize(final long[] values, final int count) {
        int size = 0;
        for (int i = 0; i < count; i++) {
            size += varintSize(values[i]);
        }
        return size;
    }

    /**
     * Size of a packed repeated number field, 0 for no numbers.
     *
     * @param fieldNumber 1 to 2^29 - 1
     * @param values numbers
     * @param count how many of them, from the first on
     * @return bytes with tag and length
     */
    public static int packedFieldSize(final int fieldNumber, final long[] values, final int count) {
        return bytesFieldSize(fieldNumber, packedContentSize(values, count));
    }

    /**
     * Writes a packed repeated number field unless there are no numbers.
     *
     * @param out destination
     * @param fieldNumber 1 to 2^29 - 1
     * @param values numbers
     * @param count how many of them, from the first on
     */
    public static void writePackedField(
            final ByteBuf out, final int fieldNumber, final long[] values, final int count) {
        if (count == 0) {
            return;
        }
        writeLengthDelimitedHead(out, fieldNumber, packedContentSize(values, count));
        for (int i = 0; i < count; i++) {
            writeVarint(out, values[i]);
        }
    }
}
