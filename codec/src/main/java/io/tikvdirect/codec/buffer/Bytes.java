package io.tikvdirect.codec.buffer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.agrona.DirectBuffer;

/**
 * Stateless: copies between the kinds of memory and compares them in the order of unsigned bytes, which is the order of
 * TiKV's keys. Copies into existing memory and comparisons allocate nothing. All methods <em>borrow</em> their buffers.
 */
public final class Bytes {
    /** No bytes. */
    public static final byte[] EMPTY = {};

    /**
     * Below this, words are copied one by one. Above, a bulk copy is worth its preparation, which costs a small object
     * where Netty does without {@code Unsafe} and the buffer was not copied to before.
     */
    private static final int WORD_COPY_MAX = 256;

    /** Whether Netty copies between direct buffers without making an object. */
    private static final boolean BY_ADDRESS = hasUnsafe();

    private static final VarHandle LONG_BIG_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Bytes() {}

    /**
     * Appends bytes to a buffer.
     *
     * @param out destination; its writer index moves
     * @param src source
     * @param offset first byte in the source
     * @param length bytes
     */
    public static void write(final ByteBuf out, final DirectBuffer src, final int offset, final int length) {
        src.boundsCheck(offset, length);
        if (src instanceof BufferView view) {
            write(out, view.buffer(), view.offset() + offset, length);
        } else if (src.byteArray() != null) {
            out.writeBytes(src.byteArray(), src.wrapAdjustment() + offset, length);
        } else if (length < WORD_COPY_MAX || out.nioBufferCount() != 1) {
            writeWords(out, src, offset, length);
        } else {
            out.ensureWritable(length);
            final ByteBuffer target = out.internalNioBuffer(out.writerIndex(), length);
            src.getBytes(offset, target, target.position(), length);
            out.writerIndex(out.writerIndex() + length);
        }
    }

    /**
     * Appends bytes of a Netty buffer that other threads may be reading too.
     *
     * <p>Netty's own copy between direct buffers makes garbage where it does without {@code Unsafe}, as it does on newer
     * JDKs. This makes none below 256 bytes; above, a small object where Netty cannot do without. Where Netty
     * copies by address it is one copy, which takes fewer instructions than words from two of them on.
     *
     * @param out destination; its writer index moves
     * @param src source; its indexes are neither moved nor looked at
     * @param offset absolute index of the first byte in the source
     * @param length bytes
     */
    public static void write(final ByteBuf out, final ByteBuf src, final int offset, final int length) {
        if (src.hasArray()) {
            Objects.checkFromIndexSize(offset, length, src.capacity());
            out.writeBytes(src.array(), src.arrayOffset() + offset, length);
        } else if (length < WORD_COPY_MAX && !(BY_ADDRESS && src.hasMemoryAddress() && out.hasMemoryAddress())) {
            Objects.checkFromIndexSize(offset, length, src.capacity());
            writeWords(out, src, offset, length);
        } else {
            out.writeBytes(src, offset, length);
        }
    }

    /**
     * Appends bytes of a Netty buffer that nobody else is using meanwhile, such as a request's body on its way out. Makes
     * no garbage, however long the copy, once the two buffers have been copied between before.
     *
     * @param out destination; its writer index moves
     * @param src source, confined to the calling thread; its indexes are neither moved nor looked at
     * @param offset absolute index of the first byte in the source
     * @param length bytes
     */
    public static void writeConfined(final ByteBuf out, final ByteBuf src, final int offset, final int length) {
        if (src.hasArray() || length < WORD_COPY_MAX || src.nioBufferCount() != 1 || out.nioBufferCount() != 1) {
            write(out, src, offset, length);
            return;
        }
        Objects.checkFromIndexSize(offset, length, src.capacity());
        out.ensureWritable(length);
        final ByteBuffer source = src.internalNioBuffer(offset, length);
        final ByteBuffer target = out.internalNioBuffer(out.writerIndex(), length);
        target.put(target.position(), source, source.position(), length);
        out.writerIndex(out.writerIndex() + length);
    }

    /**
     * Appends bytes to a buffer.
     *
     * @param out destination; its writer index moves
     * @param src source; its position and limit are neither moved nor looked at, except that the range must be within the
     *     limit
     * @param offset absolute index of the first byte in the source
     * @param length bytes
     */
    public static void write(final ByteBuf out, final ByteBuffer src, final int offset, final int length) {
        Objects.checkFromIndexSize(offset, length, src.limit());
        if (src.hasArray()) {
            out.writeBytes(src.array(), src.arrayOffset() + offset, length);
        } else if (out.nioBufferCount() == 1) {
            out.ensureWritable(length);
            final ByteBuffer target = out.internalNioBuffer(out.writerIndex(), length);
            target.put(target.position(), src, offset, length);
            out.writerIndex(out.writerIndex() + length);
        } else {
            for (int i = offset; i < offset + length; i++) {
                out.writeByte(src.get(i));
            }
        }
    }

    /**
     * Copies a region of a buffer to a byte buffer.
     *
     * @param src source
     * @param offset absolute index of the first byte
     * @param dst destination; its position and limit stay as they are
     * @param dstOffset absolute index there
     * @param length bytes
     */
    public static void copy(
            final ByteBuf src, final int offset, final ByteBuffer dst, final int dstOffset, final int length) {
        final int position = dst.position();
        final int limit = dst.limit();
        dst.limit(dstOffset + length).position(dstOffset);
        try {
            src.getBytes(offset, dst);
        } finally {
            dst.limit(limit).position(position);
        }
    }

    /**
     * Copies a region of a buffer.
     *
     * @param src source
     * @param offset absolute index of the first byte
     * @param length bytes
     * @return a new array
     */
    public static byte[] copy(final ByteBuf src, final int offset, final int length) {
        Objects.checkFromIndexSize(offset, length, src.capacity());
        if (length == 0) {
            return EMPTY;
        }
        final byte[] copy = new byte[length];
        src.getBytes(offset, copy);
        return copy;
    }

    /**
     * Copies a region of a buffer that nobody else is using meanwhile, and allocates nothing but the array, also where
     * Netty does without {@code Unsafe}.
     *
     * @param src source, confined to the calling thread
     * @param offset absolute index of the first byte
     * @param length bytes
     * @return a new array
     */
    public static byte[] copyConfined(final ByteBuf src, final int offset, final int length) {
        if (length == 0 || src.hasArray() || src.hasMemoryAddress() || src.nioBufferCount() != 1) {
            return copy(src, offset, length);
        }
        Objects.checkFromIndexSize(offset, length, src.capacity());
        final byte[] copy = new byte[length];
        final ByteBuffer source = src.internalNioBuffer(offset, length);
        source.get(source.position(), copy);
        return copy;
    }

    /**
     * Copies a region of a buffer.
     *
     * @param src source
     * @param offset first byte
     * @param length bytes
     * @return a new array
     */
    public static byte[] copy(final DirectBuffer src, final int offset, final int length) {
        src.boundsCheck(offset, length);
        final byte[] copy = new byte[length];
        src.getBytes(offset, copy, 0, length);
        return copy;
    }

    /**
     * Compares in the order of unsigned bytes.
     *
     * @param a first
     * @param offset of its first byte
     * @param length its bytes
     * @param b second
     * @return negative, zero or positive as a is before, equal to or after b
     */
    public static int compare(final byte[] a, final int offset, final int length, final byte[] b) {
        return Arrays.compareUnsigned(a, offset, offset + length, b, 0, b.length);
    }

    /**
     * Compares in the order of unsigned bytes.
     *
     * @param a first
     * @param offset of its first byte
     * @param length its bytes
     * @param b second
     * @return negative, zero or positive as a is before, equal to or after b
     */
    public static int compare(final DirectBuffer a, final int offset, final int length, final byte[] b) {
        a.boundsCheck(offset, length);
        final int common = Math.min(length, b.length);
        int i = 0;
        for (; i <= common - Long.BYTES; i += Long.BYTES) {
            final long left = a.getLong(offset + i, ByteOrder.BIG_ENDIAN);
            final long right = (long) LONG_BIG_ENDIAN.get(b, i);
            if (left != right) {
                return Long.compareUnsigned(left, right);
            }
        }
        for (; i < common; i++) {
            final int order = Byte.compareUnsigned(a.getByte(offset + i), b[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(length, b.length);
    }

    /**
     * Compares in the order of unsigned bytes.
     *
     * @param a first
     * @param offset absolute index of its first byte
     * @param length its bytes
     * @param b second
     * @return negative, zero or positive as a is before, equal to or after b
     */
    public static int compare(final ByteBuf a, final int offset, final int length, final byte[] b) {
        Objects.checkFromIndexSize(offset, length, a.capacity());
        final int common = Math.min(length, b.length);
        int i = 0;
        for (; i <= common - Long.BYTES; i += Long.BYTES) {
            final long left = a.getLong(offset + i);
            final long right = (long) LONG_BIG_ENDIAN.get(b, i);
            if (left != right) {
                return Long.compareUnsigned(left, right);
            }
        }
        for (; i < common; i++) {
            final int order = Byte.compareUnsigned(a.getByte(offset + i), b[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(length, b.length);
    }

    /**
     * Whether a region begins with some bytes.
     *
     * @param a buffer
     * @param offset absolute index of the region's first byte
     * @param length bytes of the region
     * @param prefix what it should begin with
     * @return true if it does
     */
    public static boolean startsWith(final ByteBuf a, final int offset, final int length, final byte[] prefix) {
        return length >= prefix.length && compare(a, offset, prefix.length, prefix) == 0;
    }

    private static boolean hasUnsafe() {
        final ByteBuf sample = new UnpooledByteBufAllocator(true, true).directBuffer(1);
        try {
            return sample instanceof UnpooledUnsafeDirectByteBuf;
        } finally {
            sample.release();
        }
    }

    /**
     * Appends once more what a buffer holds already. Makes no garbage.
     *
     * @param out source and destination; its writer index moves
     * @param offset absolute index of the first byte
     * @param length bytes
     */
    public static void writeAgain(final ByteBuf out, final int offset, final int length) {
        Objects.checkFromIndexSize(offset, length, out.writerIndex());
        if (BY_ADDRESS && out.hasMemoryAddress()) {
            out.writeBytes(out, offset, length);
        } else {
            writeWords(out, out, offset, length);
        }
    }

    /** From eight bytes on the last word overlaps the one before it, instead of one byte after another. */
    private static void writeWords(final ByteBuf out, final ByteBuf src, final int offset, final int length) {
        out.ensureWritable(length);
        final int end = offset + length;
        int i = offset;
        for (; i <= end - Long.BYTES; i += Long.BYTES) {
            out.writeLong(src.getLong(i));
        }
        if (i < end && length > Long.BYTES) {
            final int target = out.writerIndex() + end - i;
            out.setLong(target - Long.BYTES, src.getLong(end - Long.BYTES));
            out.writerIndex(target);
            return;
        }
        for (; i < end; i++) {
            out.writeByte(src.getByte(i));
        }
    }

    private static void writeWords(final ByteBuf out, final DirectBuffer src, final int offset, final int length) {
        out.ensureWritable(length);
        final int end = offset + length;
        int i = offset;
        for (; i <= end - Long.BYTES; i += Long.BYTES) {
            out.writeLong(src.getLong(i, ByteOrder.BIG_ENDIAN));
        }
        for (; i < end; i++) {
            out.writeByte(src.getByte(i));
        }
    }
}
