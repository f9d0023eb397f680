package io.tikvdirect.codec.wire;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Confined to one thread at a time: walks the fields of one protobuf message in place, without copying and, once made,
 * without allocating.
 *
 * <pre>{@code
 * cursor.wrap(buffer, offset, length);
 * while (cursor.next()) {
 *     switch (cursor.fieldNumber()) {
 *         case 2 -> { cursor.expect(WireType.LENGTH_DELIMITED); keyOffset = cursor.dataOffset(); ... }
 *         default -> {} // unknown: already validated and skipped
 *     }
 * }
 * }</pre>
 *
 * <p>Every access is checked against the end of the message, not of the buffer. A group is one field here: {@link #next}
 * has walked it to its end, iteratively and to a bounded depth, when it returns.
 *
 * <p>Deliberately stricter than protobuf-java, which drops surplus bits silently: a tag or a length must fit 32 bits, a
 * varint must fit 64. Both refuse varints above ten bytes, field number 0, wire types 6 and 7, unbalanced groups, and
 * lengths that lead past the end.
 */
public final class FieldCursor {
    /** How deep groups may nest; protobuf implementations agree on this default. */
    public static final int MAX_GROUP_DEPTH = 100;

    private static final int MAX_FIELD_NUMBER = (1 << 29) - 1;

    private @Nullable ByteBuf buffer;
    private int position;
    private int end;

    private int fieldNumber;
    private int wireType;
    private long number;
    private int dataOffset;
    private int dataLength;

    /** Field numbers of the open groups; made when the first group ever arrives, which is never from a sound peer. */
    private int @Nullable [] openGroups;

    /** Makes a cursor over nothing. */
    public FieldCursor() {}

    /**
     * Sets the message to walk and goes before its first field. <em>Borrows</em> the buffer until the walk is over; its
     * indexes are not moved.
     *
     * @param message buffer with the message
     * @param offset absolute index of its first byte
     * @param length its length in bytes
     * @return this
     * @throws IndexOutOfBoundsException if the range does not lie within the written part of the buffer
     */
    public FieldCursor wrap(final ByteBuf message, final int offset, final int length) {
        if ((offset | length) < 0 || offset > message.writerIndex() - length) {
            throw new IndexOutOfBoundsException(
                    "offset " + offset + ", length " + length + ", written " + message.writerIndex());
        }
        buffer = message;
        position = offset;
        end = offset + length;
        fieldNumber = 0;
        return this;
    }

    /** Forgets the buffer. */
    public void reset() {
        buffer = null;
        position = 0;
        end = 0;
        fieldNumber = 0;
    }

    /**
     * Goes to the next field and validates it.
     *
     * @return false at the end of the message
     * @throws MalformedMessageException if the bytes are not a field; the cursor is then of no further use until wrapped
     *     again
     */
    public boolean next() throws MalformedMessageException {
        if (position == end) {
            return false;
        }
        if (end - position >= Integer.BYTES && nextShortHead(bytes().getIntLE(position))) {
            return true;
        }
        readTag();
        if (wireType == WireType.END_GROUP) {
            throw malformed(Reason.GROUP_MISMATCH, "end of a group that was not begun");
        }
        readValue();
        if (wireType == WireType.START_GROUP) {
            skipGroup();
        }
        return true;
    }

    /**
     * Number of the current field.
     *
     * @return 1 to 2^29 - 1
     */
    public int fieldNumber() {
        return fieldNumber;
    }

    /**
     * Wire type of the current field.
     *
     * @return one of {@link WireType}, never {@link WireType#END_GROUP}
     */
    public int wireType() {
        return wireType;
    }

    /**
     * Demands a wire type of the current field.
     *
     * @param expected one of {@link WireType}
     * @throws MalformedMessageException if it is another
     */
    public void expect(final int expected) throws MalformedMessageException {
        if (wireType != expected) {
            throw malformed(
                    Reason.WRONG_WIRE_TYPE,
                    "field " + fieldNumber + " has wire type " + wireType + " instead of " + expected);
        }
    }

    /**
     * Value of the current field if it is a varint; meaningless otherwise.
     *
     * @return its 64 bits
     */
    public long varint() {
        return number;
    }

    /**
     * Value of the current field if it is a {@link WireType#FIXED32}; meaningless otherwise.
     *
     * @return its 32 bits
     */
    public int fixed32() {
        return (int) number;
    }

    /**
     * Value of the current field if it is a {@link WireType#FIXED64}; meaningless otherwise.
     *
     * @return its 64 bits
     */
    public long fixed64() {
        return number;
    }

    /**
     * Where the content of the current length-delimited field (or group, without its end tag) begins.
     *
     * @return absolute index in the buffer
     */
    public int dataOffset() {
        return dataOffset;
    }

    /**
     * Length of the current length-delimited field's (or group's) content.
     *
     * @return bytes; it lies wholly within the message
     */
    public int dataLength() {
        return dataLength;
    }

    /**
     * Demands a varint and returns it.
     *
     * @return the current field's value
     * @throws MalformedMessageException if it has another wire type
     */
    public long expectVarint() throws MalformedMessageException {
        expect(WireType.VARINT);
        return number;
    }

    /**
     * Demands a varint and returns it as a bool.
     *
     * @return the current field's value: any bit set is true
     * @throws MalformedMessageException if it has another wire type
     */
    public boolean expectBool() throws MalformedMessageException {
        return expectVarint() != 0;
    }

    /**
     * Reads the next number of packed varints: a cursor wrapped over the content of a packed field yields numbers with
     * this method instead of fields with {@link #next}. The number is then {@link #varint}.
     *
     * @return false at the end of the content
     * @throws MalformedMessageException if the bytes are not a varint
     */
    public boolean nextPackedVarint() throws MalformedMessageException {
        if (position == end) {
            return false;
        }
        number = readVarint();
        return true;
    }

    /**
     * The usual field, with one look at the buffer: length-delimited, with a tag of one byte and a length of one or two.
     *
     * @param word the next four bytes, the first one lowest
     * @return false when the next field is another one, or none: then nothing has changed
     */
    private boolean nextShortHead(final int word) {
        final int number4 = (word & 0xFF) >>> 3;
        if ((word & 0x87) != WireType.LENGTH_DELIMITED || number4 == 0) {
            return false;
        }
        int length = (word >>> Byte.SIZE) & 0x7F;
        int start = position + 2;
        if ((word & 0x8000) != 0) {
            if ((word & 0x80_0000) != 0) {
                return false;
            }
            length |= (word >>> 9) & 0x3F80;
            start++;
        }
        if (length > end - start) {
            return false;
        }
        fieldNumber = number4;
        wireType = WireType.LENGTH_DELIMITED;
        dataOffset = start;
        dataLength = length;
        position = start + length;
        return true;
    }

    private void readTag() throws MalformedMessageException {
        final long tag = readVarint();
        final long number29 = tag >>> 3;
        if (number29 == 0 || number29 > MAX_FIELD_NUMBER) {
            throw malformed(Reason.INVALID_FIELD_NUMBER, "field number " + Long.toUnsignedString(number29));
        }
        fieldNumber = (int) number29;
        wireType = (int) tag & 7;
    }

    private void readValue() throws MalformedMessageException {
        switch (wireType) {
            case WireType.VARINT -> number = readVarint();
            case WireType.LENGTH_DELIMITED -> readLengthDelimited();
            case WireType.FIXED64 -> number = bytes().getLongLE(advance(Long.BYTES));
            case WireType.FIXED32 -> number = bytes().getIntLE(advance(Integer.BYTES));
            case WireType.START_GROUP, WireType.END_GROUP -> {}
            default -> throw malformed(Reason.WRONG_WIRE_TYPE, "wire type " + wireType + " does not exist");
        }
    }

    private void readLengthDelimited() throws MalformedMessageException {
        final long length = readVarint();
        if (length < 0 || length > end - position) {
            throw malformed(
                    Reason.LENGTH_OUT_OF_BOUNDS,
                    "length " + Long.toUnsignedString(length) + " of field " + fieldNumber + " with " + (end - position)
                            + " bytes left");
        }
        dataOffset = position;
        dataLength = (int) length;
        position += (int) length;
    }

    private int advance(final int count) throws MalformedMessageException {
        if (count > end - position) {
            throw truncated();
        }
        final int start = position;
        position += count;
        return start;
    }

    private long readVarint() throws MalformedMessageException {
        if (position < end) {
            final byte first = bytes().getByte(position);
            if (first >= 0) {
                position++;
                return first;
            }
        }
        return end - position >= Integer.BYTES ? readVarint(bytes().getIntLE(position)) : readLongVarint();
    }

    /** One of two or three bytes with one look at the buffer; longer ones byte by byte. */
    private long readVarint(final int word) throws MalformedMessageException {
        final int two = (word & 0x7F) | ((word >>> 1) & 0x3F80);
        if ((word & 0x8000) == 0) {
            position += 2;
            return two;
        }
        if ((word & 0x80_0000) == 0) {
            position += 3;
            return two | ((word >>> 2) & 0x1F_C000);
        }
        return readLongVarint();
    }

    private long readLongVarint() throws MalformedMessageException {
        final ByteBuf bytes = bytes();
        long result = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (position == end) {
                throw truncated();
            }
            final byte b = bytes.getByte(position++);
            result |= (b & 0x7FL) << shift;
            if (b >= 0) {
                if (shift == 63 && b > 1) {
                    throw malformed(Reason.VARINT_OVERFLOW, "varint above 64 bits");
                }
                return result;
            }
        }
        throw malformed(Reason.VARINT_OVERFLOW, "varint longer than 10 bytes");
    }

    /** Walks to the end of the group just begun and makes it the current field. Iterative: depth costs no stack. */
    private void skipGroup() throws MalformedMessageException {
        final int outermost = fieldNumber;
        final int start = position;
        final int[] open = openGroups();
        int depth = 0;
        open[depth++] = outermost;
        int contentEnd = start;
        while (depth > 0) {
            if (position == end) {
                throw malformed(Reason.GROUP_MISMATCH, "group " + open[depth - 1] + " is not ended");
            }
            contentEnd = position;
            readTag();
            readValue();
            if (wireType == WireType.START_GROUP) {
                if (depth == MAX_GROUP_DEPTH) {
                    throw malformed(Reason.NESTED_TOO_DEEP, "groups nested deeper than " + MAX_GROUP_DEPTH);
                }
                open[depth++] = fieldNumber;
            } else if (wireType == WireType.END_GROUP && open[--depth] != fieldNumber) {
                throw malformed(Reason.GROUP_MISMATCH, "group " + open[depth] + " ended as " + fieldNumber);
            }
        }
        fieldNumber = outermost;
        wireType = WireType.START_GROUP;
        dataOffset = start;
        dataLength = contentEnd - start;
    }

    private int[] openGroups() {
        int[] groups = openGroups;
        if (groups == null) {
            groups = new int[MAX_GROUP_DEPTH];
            openGroups = groups;
        }
        return groups;
    }

    private ByteBuf bytes() {
        final ByteBuf bytes = buffer;
        if (bytes == null) {
            throw new IllegalStateException("not wrapped");
        }
        return bytes;
    }

    private MalformedMessageException truncated() {
        return malformed(Reason.TRUNCATED, "message ends within a field");
    }

    private MalformedMessageException malformed(final Reason reason, final String detail) {
        return MalformedMessageException.at(reason, detail, position);
    }
}
