package io.tikvdirect.codec.buffer;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.MutableDirectBuffer;

/**
 * Confined to one thread at a time: what every writable Agrona buffer can derive from a few primitive writes.
 *
 * <p>Writing numbers as text and strings goes through a temporary; it is for cold paths.
 */
abstract class WritableBytes extends ReadableBytes implements MutableDirectBuffer {
    private static final boolean NATIVE_LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    abstract void putLongLittleEndian(int index, long value);

    abstract void putIntLittleEndian(int index, int value);

    abstract void putShortLittleEndian(int index, short value);

    @Override
    public void putLong(final int index, final long value, final ByteOrder byteOrder) {
        putLongLittleEndian(index, isLittle(byteOrder) ? value : Long.reverseBytes(value));
    }

    @Override
    public void putLong(final int index, final long value) {
        putLongLittleEndian(index, NATIVE_LITTLE ? value : Long.reverseBytes(value));
    }

    @Override
    public void putInt(final int index, final int value, final ByteOrder byteOrder) {
        putIntLittleEndian(index, isLittle(byteOrder) ? value : Integer.reverseBytes(value));
    }

    @Override
    public void putInt(final int index, final int value) {
        putIntLittleEndian(index, NATIVE_LITTLE ? value : Integer.reverseBytes(value));
    }

    @Override
    public void putShort(final int index, final short value, final ByteOrder byteOrder) {
        putShortLittleEndian(index, isLittle(byteOrder) ? value : Short.reverseBytes(value));
    }

    @Override
    public void putShort(final int index, final short value) {
        putShortLittleEndian(index, NATIVE_LITTLE ? value : Short.reverseBytes(value));
    }

    @Override
    public void putChar(final int index, final char value, final ByteOrder byteOrder) {
        putShort(index, (short) value, byteOrder);
    }

    @Override
    public void putChar(final int index, final char value) {
        putShort(index, (short) value);
    }

    @Override
    public void putDouble(final int index, final double value, final ByteOrder byteOrder) {
        putLong(index, Double.doubleToRawLongBits(value), byteOrder);
    }

    @Override
    public void putDouble(final int index, final double value) {
        putLong(index, Double.doubleToRawLongBits(value));
    }

    @Override
    public void putFloat(final int index, final float value, final ByteOrder byteOrder) {
        putInt(index, Float.floatToRawIntBits(value), byteOrder);
    }

    @Override
    public void putFloat(final int index, final float value) {
        putInt(index, Float.floatToRawIntBits(value));
    }

    @Override
    public void putBytes(final int index, final byte[] src) {
        putBytes(index, src, 0, src.length);
    }

    @Override
    public int putIntAscii(final int index, final int value) {
        return putStringWithoutLengthAscii(index, Integer.toString(value));
    }

    @Override
    public int putLongAscii(final int index, final long value) {
        return putStringWithoutLengthAscii(index, Long.toString(value));
    }

    @Override
    public int putNaturalIntAscii(final int index, final int value) {
        return putNaturalLongAscii(index, value);
    }

    @Override
    public int putNaturalLongAscii(final int index, final long value) {
        if (value < 0) {
            throw new IllegalArgumentException("not a natural number: " + value);
        }
        return putLongAscii(index, value);
    }

    @Override
    public void putNaturalPaddedIntAscii(final int index, final int length, final int value) {
        final String digits = Integer.toString(value);
        if (value < 0 || digits.length() > length) {
            throw new NumberFormatException(value + " is not a natural number of at most " + length + " digits");
        }
        putStringWithoutLengthAscii(index, "0".repeat(length - digits.length()) + digits);
    }

    @Override
    public int putNaturalIntAsciiFromEnd(final int value, final int endExclusive) {
        if (value < 0) {
            throw new IllegalArgumentException("not a natural number: " + value);
        }
        final String digits = Integer.toString(value);
        final int start = endExclusive - digits.length();
        putStringWithoutLengthAscii(start, digits);
        return start;
    }

    @Override
    public int putStringAscii(final int index, final String value) {
        return putStringAscii(index, (CharSequence) value);
    }

    @Override
    public int putStringAscii(final int index, final CharSequence value) {
        return putStringAscii(index, value, ByteOrder.nativeOrder());
    }

    @Override
    public int putStringAscii(final int index, final String value, final ByteOrder byteOrder) {
        return putStringAscii(index, (CharSequence) value, byteOrder);
    }

    @Override
    public int putStringAscii(final int index, final CharSequence value, final ByteOrder byteOrder) {
        final int length = putStringWithoutLengthAscii(index + STR_HEADER_LEN, value);
        putInt(index, length, byteOrder);
        return STR_HEADER_LEN + length;
    }

    @Override
    public int putStringWithoutLengthAscii(final int index, final String value) {
        return putStringWithoutLengthAscii(index, (CharSequence) value);
    }

    @Override
    public int putStringWithoutLengthAscii(final int index, final CharSequence value) {
        return putStringWithoutLengthAscii(index, value, 0, value.length());
    }

    @Override
    public int putStringWithoutLengthAscii(
            final int index, final String value, final int valueOffset, final int length) {
        return putStringWithoutLengthAscii(index, (CharSequence) value, valueOffset, length);
    }

    @Override
    public int putStringWithoutLengthAscii(
            final int index, final CharSequence value, final int valueOffset, final int length) {
        final int count = Math.min(length, value.length() - valueOffset);
        for (int i = 0; i < count; i++) {
            final char c = value.charAt(valueOffset + i);
            putByte(index + i, (byte) (c > 0x7F ? '?' : c));
        }
        return count;
    }

    @Override
    public int putStringUtf8(final int index, final String value) {
        return putStringUtf8(index, value, ByteOrder.nativeOrder(), Integer.MAX_VALUE);
    }

    @Override
    public int putStringUtf8(final int index, final String value, final ByteOrder byteOrder) {
        return putStringUtf8(index, value, byteOrder, Integer.MAX_VALUE);
    }

    @Override
    public int putStringUtf8(final int index, final String value, final int maxEncodedLength) {
        return putStringUtf8(index, value, ByteOrder.nativeOrder(), maxEncodedLength);
    }

    @Override
    public int putStringUtf8(
            final int index, final String value, final ByteOrder byteOrder, final int maxEncodedLength) {
        final byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        if (encoded.length > maxEncodedLength) {
            throw new IllegalArgumentException(
                    "encoded length " + encoded.length + " is above the maximum " + maxEncodedLength);
        }
        putInt(index, encoded.length, byteOrder);
        putBytes(index + STR_HEADER_LEN, encoded);
        return STR_HEADER_LEN + encoded.length;
    }

    @Override
    public int putStringWithoutLengthUtf8(final int index, final String value) {
        final byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        putBytes(index, encoded);
        return encoded.length;
    }
}
