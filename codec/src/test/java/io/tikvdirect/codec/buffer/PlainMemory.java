package io.tikvdirect.codec.buffer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/** An Agrona buffer that shows neither an array nor a byte buffer, as one over plain memory does. */
final class PlainMemory extends ReadableBytes {
    private final ByteBuffer bytes;

    PlainMemory(final byte[] bytes) {
        this.bytes = ByteBuffer.allocateDirect(bytes.length).put(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public int capacity() {
        return bytes.capacity();
    }

    @Override
    public byte getByte(final int index) {
        return bytes.get(index);
    }

    @Override
    public void getBytes(final int index, final byte[] dst, final int offset, final int length) {
        bytes.get(index, dst, offset, length);
    }

    @Override
    public void getBytes(final int index, final MutableDirectBuffer dst, final int dstIndex, final int length) {
        dst.putBytes(dstIndex, bytes, index, length);
    }

    @Override
    public void getBytes(final int index, final ByteBuffer dst, final int length) {
        getBytes(index, dst, dst.position(), length);
        dst.position(dst.position() + length);
    }

    @Override
    public void getBytes(final int index, final ByteBuffer dst, final int dstOffset, final int length) {
        dst.put(/* index= */ dstOffset, bytes, /* offset= */ index, length);
    }

    @Override
    long longLittleEndian(final int index) {
        return bytes.getLong(index);
    }

    @Override
    int intLittleEndian(final int index) {
        return bytes.getInt(index);
    }

    @Override
    short shortLittleEndian(final int index) {
        return bytes.getShort(index);
    }

    @Override
    public byte @Nullable [] byteArray() {
        return null;
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
    public long addressOffset() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void wrap(final byte[] source) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void wrap(final byte[] source, final int offset, final int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void wrap(final ByteBuffer source) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void wrap(final ByteBuffer source, final int offset, final int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void wrap(final DirectBuffer source) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void wrap(final DirectBuffer source, final int offset, final int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void wrap(final long address, final int length) {
        throw new UnsupportedOperationException();
    }
}
