package io.tikvdirect.codec.buffer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.AsciiEncoding;
import org.agrona.AsciiNumberFormatException;
import org.agrona.DirectBuffer;

/**
 * Confined to one thread at a time: what every Agrona buffer can derive from a few primitive reads, so that the views of
 * this package differ only in where their bytes are.
 *
 * <p>Subclasses' little-endian reads check bounds. Numbers without an explicit order have the machine's, as Agrona has it.
 * Strings allocate; they are for cold paths.
 */
abstract class ReadableBytes implements DirectBuffer {
    private static final boolean NATIVE_LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    abstract long longLittleEndian(int index);

    abstract int intLittleEndian(int index);

    abstract short shortLittleEndian(int index);

    static boolean isLittle(final ByteOrder order) {
        return order == ByteOrder.LITTLE_ENDIAN;
    }

    @Override
    public void checkLimit(final int limit) {
        if (limit < 0 || limit > capacity()) {
            throw new IndexOutOfBoundsException("limit=" + limit + " is beyond capacity=" + capacity());
        }
    }

    @Override
    public void boundsCheck(final int index, final int length) {
        final int capacity = capacity();
        if ((index | length) < 0 || index > capacity - length) {
            throw new IndexOutOfBoundsException("index=" + index + " length=" + length + " capacity=" + capacity);
        }
    }

    @Override
    public long getLong(final int index, final ByteOrder byteOrder) {
        final long value = longLittleEndian(index);
        return isLittle(byteOrder) ? value : Long.reverseBytes(value);
    }

    @Override
    public long getLong(final int index) {
        final long value = longLittleEndian(index);
        return NATIVE_LITTLE ? value : Long.reverseBytes(value);
    }

    @Override
    public int getInt(final int index, final ByteOrder byteOrder) {
        final int value = intLittleEndian(index);
        return isLittle(byteOrder) ? value : Integer.reverseBytes(value);
    }

    @Override
    public int getInt(final int index) {
        final int value = intLittleEndian(index);
        return NATIVE_LITTLE ? value : Integer.reverseBytes(value);
    }

    @Override
    public short getShort(final int index, final ByteOrder byteOrder) {
        final short value = shortLittleEndian(index);
        return isLittle(byteOrder) ? value : Short.reverseBytes(value);
    }

    @Override
    public short getShort(final int index) {
        final short value = shortLittleEndian(index);
        return NATIVE_LITTLE ? value : Short.reverseBytes(value);
    }

    @Override
    public char getChar(final int index, final ByteOrder byteOrder) {
        return (char) getShort(index, byteOrder);
    }

    @Override
    public char getChar(final int index) {
        return (char) getShort(index);
    }

    @Override
    public double getDouble(final int index, final ByteOrder byteOrder) {
        return Double.longBitsToDouble(getLong(index, byteOrder));
    }

    @Override
    public double getDouble(final int index) {
        return Double.longBitsToDouble(getLong(index));
    }

    @Override
    public float getFloat(final int index, final ByteOrder byteOrder) {
        return Float.intBitsToFloat(getInt(index, byteOrder));
    }

    @Override
    public float getFloat(final int index) {
        return Float.intBitsToFloat(getInt(index));
    }

    @Override
    public void getBytes(final int index, final byte[] dst) {
        getBytes(index, dst, 0, dst.length);
    }

    @Override
    public int parseNaturalIntAscii(final int index, final int length) {
        return AsciiEncoding.parseIntAscii(natural(index, length), 0, length);
    }

    @Override
    public long parseNaturalLongAscii(final int index, final int length) {
        return AsciiEncoding.parseLongAscii(natural(index, length), 0, length);
    }

    @Override
    public int parseIntAscii(final int index, final int length) {
        return AsciiEncoding.parseIntAscii(ascii(index, length), 0, length);
    }

    @Override
    public long parseLongAscii(final int index, final int length) {
        return AsciiEncoding.parseLongAscii(ascii(index, length), 0, length);
    }

    @Override
    public String getStringAscii(final int index) {
        return getStringAscii(index, getInt(index));
    }

    @Override
    public String getStringAscii(final int index, final ByteOrder byteOrder) {
        return getStringAscii(index, getInt(index, byteOrder));
    }

    @Override
    public String getStringAscii(final int index, final int length) {
        return ascii(index + STR_HEADER_LEN, length);
    }

    @Override
    public String getStringWithoutLengthAscii(final int index, final int length) {
        return ascii(index, length);
    }

    @Override
    public int getStringAscii(final int index, final Appendable appendable) {
        return getStringAscii(index, getInt(index), appendable);
    }

    @Override
    public int getStringAscii(final int index, final Appendable appendable, final ByteOrder byteOrder) {
        return getStringAscii(index, getInt(index, byteOrder), appendable);
    }

    @Override
    public int getStringAscii(final int index, final int length, final Appendable appendable) {
        return getStringWithoutLengthAscii(index + STR_HEADER_LEN, length, appendable);
    }

    @Override
    public int getStringWithoutLengthAscii(final int index, final int length, final Appendable appendable) {
        boundsCheck(index, length);
        try {
            for (int i = index; i < index + length; i++) {
                final byte b = getByte(i);
                appendable.append(b < 0 ? '?' : (char) b);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return length;
    }

    @Override
    public String getStringUtf8(final int index) {
        return getStringUtf8(index, getInt(index));
    }

    @Override
    public String getStringUtf8(final int index, final ByteOrder byteOrder) {
        return getStringUtf8(index, getInt(index, byteOrder));
    }

    @Override
    public String getStringUtf8(final int index, final int length) {
        return getStringWithoutLengthUtf8(index + STR_HEADER_LEN, length);
    }

    @Override
    public String getStringWithoutLengthUtf8(final int index, final int length) {
        return new String(bytes(index, length), StandardCharsets.UTF_8);
    }

    /** Order of unsigned bytes, the order of TiKV's keys. */
    @Override
    public int compareTo(final DirectBuffer that) {
        final int common = Math.min(capacity(), that.capacity());
        for (int i = 0; i < common; i++) {
            final int order = Byte.compareUnsigned(getByte(i), that.getByte(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(capacity(), that.capacity());
    }

    /** Equal bytes are equal buffers. */
    @Override
    public boolean equals(final Object that) {
        return that == this || (that instanceof ReadableBytes other && compareTo(other) == 0);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = 0; i < capacity(); i++) {
            hash = 31 * hash + getByte(i);
        }
        return hash;
    }

    private String natural(final int index, final int length) {
        final String text = ascii(index, length);
        if (text.startsWith("-")) {
            throw new AsciiNumberFormatException("not a natural number: " + text);
        }
        return text;
    }

    private String ascii(final int index, final int length) {
        return new String(bytes(index, length), StandardCharsets.US_ASCII);
    }

    private byte[] bytes(final int index, final int length) {
        boundsCheck(index, length);
        final byte[] copy = new byte[length];
        getBytes(index, copy, 0, length);
        return copy;
    }
}
