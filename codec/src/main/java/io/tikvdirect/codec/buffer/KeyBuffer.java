package io.tikvdirect.codec.buffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Confined to one thread at a time: a reusable buffer to build keys and values in, an Agrona buffer that needs no JVM flag.
 *
 * <p>The {@code append...} methods write at the end of what was appended since {@link #clear}, and {@link #length} is how
 * much that is; pass {@code (buffer, 0, buffer.length())} to the direct face. The buffer grows on demand up to its maximum
 * and keeps its memory, so once it is large enough nothing is allocated. Numbers are appended big endian, which keeps
 * their order as keys; {@link #appendOrderedLong} keeps it for negative numbers too.
 */
public final class KeyBuffer extends WritableBytes {
    /** Default maximum: well above TiKV's 8 KiB key limit. */
    public static final int DEFAULT_MAX_CAPACITY = 64 * 1024;

    private static final int DEFAULT_INITIAL_CAPACITY = 64;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private final int maxCapacity;
    private byte[] bytes;
    private int length;

    /** Makes a buffer for keys of up to {@link #DEFAULT_MAX_CAPACITY} bytes. */
    public KeyBuffer() {
        this(DEFAULT_INITIAL_CAPACITY, DEFAULT_MAX_CAPACITY);
    }

    /**
     * Makes a buffer.
     *
     * @param initialCapacity bytes at first
     * @param maxCapacity bytes that it never exceeds
     */
    public KeyBuffer(final int initialCapacity, final int maxCapacity) {
        if (initialCapacity < 0 || initialCapacity > maxCapacity) {
            throw new IllegalArgumentException("initial " + initialCapacity + ", max " + maxCapacity);
        }
        this.maxCapacity = maxCapacity;
        this.bytes = new byte[initialCapacity];
    }

    /**
     * Bytes appended since {@link #clear}.
     *
     * @return length of the key so far
     */
    public int length() {
        return length;
    }

    /**
     * Begins a new key.
     *
     * @return this
     */
    public KeyBuffer clear() {
        length = 0;
        return this;
    }

    /**
     * Shortens the key, to build several with a common beginning.
     *
     * @param newLength at most {@link #length}
     * @return this
     */
    public KeyBuffer truncate(final int newLength) {
        if (newLength < 0 || newLength > length) {
            throw new IndexOutOfBoundsException("new length " + newLength + ", length " + length);
        }
        length = newLength;
        return this;
    }

    /**
     * Copies the key.
     *
     * @return a new array of {@link #length} bytes
     */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    /**
     * Appends a byte.
     *
     * @param value its low eight bits
     * @return this
     */
    public KeyBuffer appendByte(final int value) {
        putByte(length, (byte) value);
        length += 1;
        return this;
    }

    /**
     * Appends a number, big endian.
     *
     * @param value ordered as an unsigned number
     * @return this
     */
    public KeyBuffer appendInt(final int value) {
        putInt(length, value, ByteOrder.BIG_ENDIAN);
        length += Integer.BYTES;
        return this;
    }

    /**
     * Appends a number, big endian.
     *
     * @param value ordered as an unsigned number
     * @return this
     */
    public KeyBuffer appendLong(final long value) {
        putLong(length, value, ByteOrder.BIG_ENDIAN);
        length += Long.BYTES;
        return this;
    }

    /**
     * Appends a signed number so that keys are ordered as the numbers are: big endian with the sign bit inverted.
     *
     * @param value ordered as a signed number
     * @return this
     */
    public KeyBuffer appendOrderedLong(final long value) {
        return appendLong(value ^ Long.MIN_VALUE);
    }

    /**
     * Appends bytes.
     *
     * @param src all of it
     * @return this
     */
    public KeyBuffer append(final byte[] src) {
        return append(src, 0, src.length);
    }

    /**
     * Appends bytes.
     *
     * @param src source
     * @param offset first byte
     * @param count bytes
     * @return this
     */
    public KeyBuffer append(final byte[] src, final int offset, final int count) {
        putBytes(length, src, offset, count);
        length += count;
        return this;
    }

    /**
     * Appends bytes.
     *
     * @param src source, borrowed
     * @param offset first byte
     * @param count bytes
     * @return this
     */
    public KeyBuffer append(final DirectBuffer src, final int offset, final int count) {
        putBytes(length, src, offset, count);
        length += count;
        return this;
    }

    /**
     * Appends text of ASCII characters without allocating.
     *
     * @param text characters below 128
     * @return this
     * @throws IllegalArgumentException if a character is not ASCII; nothing is appended then
     */
    public KeyBuffer appendAscii(final CharSequence text) {
        final int count = text.length();
        ensureCapacity(length, count);
        for (int i = 0; i < count; i++) {
            final char c = text.charAt(i);
            if (c > 0x7F) {
                throw new IllegalArgumentException("not ASCII: character " + i);
            }
            bytes[length + i] = (byte) c;
        }
        length += count;
        return this;
    }

    /**
     * Appends text as UTF-8; allocates.
     *
     * @param text any
     * @return this
     */
    public KeyBuffer appendUtf8(final String text) {
        return append(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void wrap(final byte[] source) {
        wrap(source, 0, source.length);
    }

    /** Copies the source as this buffer's key: a key buffer always owns its memory. */
    @Override
    public void wrap(final byte[] source, final int offset, final int count) {
        clear().append(source, offset, count);
    }

    @Override
    public void wrap(final ByteBuffer source) {
        wrap(source, 0, source.capacity());
    }

    /** Copies the source as this buffer's key. */
    @Override
    public void wrap(final ByteBuffer source, final int offset, final int count) {
        putBytes(0, source, offset, count);
        length = count;
    }

    @Override
    public void wrap(final DirectBuffer source) {
        wrap(source, 0, source.capacity());
    }

    /** Copies the source as this buffer's key. */
    @Override
    public void wrap(final DirectBuffer source, final int offset, final int count) {
        clear().append(source, offset, count);
    }

    /**
     * Not possible without a JVM flag.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public void wrap(final long address, final int count) {
        throw new UnsupportedOperationException("a view of plain memory needs JVM flags");
    }

    /**
     * Not possible without a JVM flag.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public long addressOffset() {
        throw new UnsupportedOperationException("memory on the heap has no address");
    }

    @Override
    public byte[] byteArray() {
        return bytes;
    }

    @Override
    public @Nullable ByteBuffer byteBuffer() {
        return null;
    }

    @Override
    public int wrapAdjustment() {
        return 0;
    }

    @Override
    public int capacity() {
        return bytes.length;
    }

    @Override
    public boolean isExpandable() {
        return true;
    }

    @Override
    public byte getByte(final int index) {
        return bytes[index];
    }

    @Override
    public void getBytes(final int index, final byte[] dst, final int offset, final int count) {
        System.arraycopy(bytes, index, dst, offset, count);
    }

    @Override
    public void getBytes(final int index, final MutableDirectBuffer dst, final int dstIndex, final int count) {
        dst.putBytes(dstIndex, bytes, index, count);
    }

    @Override
    public void getBytes(final int index, final ByteBuffer dst, final int count) {
        dst.put(bytes, index, count);
    }

    @Override
    public void getBytes(final int index, final ByteBuffer dst, final int dstOffset, final int count) {
        dst.put(/* index= */ dstOffset, bytes, /* offset= */ index, count);
    }

    @Override
    public void setMemory(final int index, final int count, final byte value) {
        ensureCapacity(index, count);
        Arrays.fill(bytes, index, index + count, value);
    }

    @Override
    public void putByte(final int index, final byte value) {
        ensureCapacity(index, 1);
        bytes[index] = value;
    }

    @Override
    public void putBytes(final int index, final byte[] src, final int offset, final int count) {
        ensureCapacity(index, count);
        System.arraycopy(src, offset, bytes, index, count);
    }

    @Override
    public void putBytes(final int index, final ByteBuffer srcBuffer, final int count) {
        ensureCapacity(index, count);
        srcBuffer.get(bytes, index, count);
    }

    @Override
    public void putBytes(final int index, final ByteBuffer srcBuffer, final int srcIndex, final int count) {
        ensureCapacity(index, count);
        srcBuffer.get(srcIndex, bytes, index, count);
    }

    @Override
    public void putBytes(final int index, final DirectBuffer srcBuffer, final int srcIndex, final int count) {
        ensureCapacity(index, count);
        srcBuffer.getBytes(srcIndex, bytes, index, count);
    }

    @Override
    long longLittleEndian(final int index) {
        return (long) LONG.get(bytes, index);
    }

    @Override
    int intLittleEndian(final int index) {
        return (int) INT.get(bytes, index);
    }

    @Override
    short shortLittleEndian(final int index) {
        return (short) SHORT.get(bytes, index);
    }

    @Override
    void putLongLittleEndian(final int index, final long value) {
        ensureCapacity(index, Long.BYTES);
        LONG.set(bytes, index, value);
    }

    @Override
    void putIntLittleEndian(final int index, final int value) {
        ensureCapacity(index, Integer.BYTES);
        INT.set(bytes, index, value);
    }

    @Override
    void putShortLittleEndian(final int index, final short value) {
        ensureCapacity(index, Short.BYTES);
        SHORT.set(bytes, index, value);
    }

    private void ensureCapacity(final int index, final int count) {
        if ((index | count) < 0 || index > maxCapacity - count) {
            throw new IndexOutOfBoundsException("index=" + index + " length=" + count + " max=" + maxCapacity);
        }
        final int required = index + count;
        if (required > bytes.length) {
            final int doubled = (int) Math.min(maxCapacity, Math.max(required, bytes.length * 2L));
            bytes = Arrays.copyOf(bytes, doubled);
        }
    }
}
