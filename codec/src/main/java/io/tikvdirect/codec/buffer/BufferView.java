package io.tikvdirect.codec.buffer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Confined to one thread at a time: a reusable, read-only Agrona view of a region of a Netty buffer, which needs no JVM
 * flag.
 *
 * <p>{@link #wrap(ByteBuf, int, int)} allocates nothing. The view <em>borrows</em> the buffer: it neither retains nor
 * releases it and is valid only as long as its owner says. Index 0 is the first byte of the region and no access leaves
 * the region. {@link #addressOffset} works only where Netty knows the memory's address.
 */
public final class BufferView extends ReadableBytes {
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int offset;
    private int length;

    /** Makes a view of nothing. */
    public BufferView() {}

    /**
     * Views a region of a buffer, which the view <em>borrows</em>.
     *
     * @param source buffer
     * @param sourceOffset absolute index of the region's first byte
     * @param regionLength bytes
     * @return this
     * @throws IndexOutOfBoundsException if the region is not within the buffer's capacity
     */
    public BufferView wrap(final ByteBuf source, final int sourceOffset, final int regionLength) {
        Objects.checkFromIndexSize(sourceOffset, regionLength, source.capacity());
        buffer = source;
        offset = sourceOffset;
        length = regionLength;
        return this;
    }

    /** Forgets the buffer; the view is empty then. */
    public void reset() {
        buffer = Unpooled.EMPTY_BUFFER;
        offset = 0;
        length = 0;
    }

    /**
     * The buffer viewed.
     *
     * @return the buffer, borrowed
     */
    public ByteBuf buffer() {
        return buffer;
    }

    /**
     * Where the region begins in {@link #buffer}.
     *
     * @return absolute index
     */
    public int offset() {
        return offset;
    }

    @Override
    public void wrap(final byte[] source) {
        wrap(Unpooled.wrappedBuffer(source), 0, source.length);
    }

    @Override
    public void wrap(final byte[] source, final int sourceOffset, final int regionLength) {
        wrap(Unpooled.wrappedBuffer(source), sourceOffset, regionLength);
    }

    @Override
    public void wrap(final ByteBuffer source) {
        wrap(source, 0, source.capacity());
    }

    @Override
    public void wrap(final ByteBuffer source, final int sourceOffset, final int regionLength) {
        wrap(Unpooled.wrappedBuffer(source.duplicate().clear()), sourceOffset, regionLength);
    }

    @Override
    public void wrap(final DirectBuffer source) {
        wrap(source, 0, source.capacity());
    }

    /**
     * Views another buffer's memory, if that is a Netty buffer, an array or a byte buffer.
     *
     * @throws UnsupportedOperationException if the source is plain memory
     */
    @Override
    public void wrap(final DirectBuffer source, final int sourceOffset, final int regionLength) {
        source.boundsCheck(sourceOffset, regionLength);
        if (source instanceof BufferView view) {
            wrap(view.buffer, view.offset + sourceOffset, regionLength);
        } else if (source.byteArray() != null) {
            wrap(source.byteArray(), source.wrapAdjustment() + sourceOffset, regionLength);
        } else if (source.byteBuffer() != null) {
            wrap(source.byteBuffer(), source.wrapAdjustment() + sourceOffset, regionLength);
        } else {
            throw new UnsupportedOperationException("the source has neither an array nor a byte buffer");
        }
    }

    /**
     * Not possible without a JVM flag.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public void wrap(final long address, final int regionLength) {
        throw new UnsupportedOperationException("a view of plain memory needs JVM flags");
    }

    /**
     * Address of the region's first byte.
     *
     * @throws UnsupportedOperationException if Netty does not know it: a buffer on the heap, or one without {@code Unsafe}
     */
    @Override
    public long addressOffset() {
        if (!buffer.hasMemoryAddress()) {
            throw new UnsupportedOperationException("this buffer has no memory address");
        }
        return buffer.memoryAddress() + offset;
    }

    @Override
    public byte @Nullable [] byteArray() {
        return buffer.hasArray() ? buffer.array() : null;
    }

    /** Always null: the view does not expose a byte buffer, whose position and limit would be shared. */
    @Override
    public @Nullable ByteBuffer byteBuffer() {
        return null;
    }

    @Override
    public int wrapAdjustment() {
        return buffer.hasArray() ? buffer.arrayOffset() + offset : offset;
    }

    @Override
    public int capacity() {
        return length;
    }

    @Override
    public byte getByte(final int index) {
        boundsCheck(index, 1);
        return buffer.getByte(offset + index);
    }

    @Override
    public void getBytes(final int index, final byte[] dst, final int dstOffset, final int count) {
        boundsCheck(index, count);
        buffer.getBytes(offset + index, dst, dstOffset, count);
    }

    @Override
    public void getBytes(final int index, final MutableDirectBuffer dst, final int dstOffset, final int count) {
        dst.putBytes(dstOffset, this, index, count);
    }

    @Override
    public void getBytes(final int index, final ByteBuffer dst, final int count) {
        getBytes(index, dst, dst.position(), count);
        dst.position(dst.position() + count);
    }

    @Override
    public void getBytes(final int index, final ByteBuffer dst, final int dstOffset, final int count) {
        boundsCheck(index, count);
        Bytes.copy(buffer, offset + index, dst, dstOffset, count);
    }

    @Override
    long longLittleEndian(final int index) {
        boundsCheck(index, Long.BYTES);
        return buffer.getLongLE(offset + index);
    }

    @Override
    int intLittleEndian(final int index) {
        boundsCheck(index, Integer.BYTES);
        return buffer.getIntLE(offset + index);
    }

    @Override
    short shortLittleEndian(final int index) {
        boundsCheck(index, Short.BYTES);
        return buffer.getShortLE(offset + index);
    }
}
