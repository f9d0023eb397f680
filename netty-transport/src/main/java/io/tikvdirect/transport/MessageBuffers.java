package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its connection's event loop: memory of outgoing messages, used again as soon as the socket has taken it.
 *
 * <p>A message usually leaves in the flush that follows it, so the same buffer serves message after message, stays in the
 * processor's cache and costs no allocator work. It also keeps Netty's leak detector, which by default follows one buffer
 * in 128 with a stack trace of some kilobytes, from producing the only garbage of the hot path. A buffer that is still
 * on its way is left alone; when all are, or for a large message, the allocator gives one that is not kept.
 */
final class MessageBuffers {
    private static final int KEPT = 4;
    private static final int SMALLEST = 4 * 1024;

    /** Larger ones go back to the allocator: a single large batch must not be paid for until the connection ends. */
    static final int LARGEST = 256 * 1024;

    private final ByteBufAllocator allocator;
    private final @Nullable ByteBuf[] kept = new ByteBuf[KEPT];
    private boolean released;

    MessageBuffers(final ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Gives an empty buffer with at least this capacity. */
    ByteBuf take(final int capacity) {
        if (released || capacity > LARGEST) {
            return allocator.directBuffer(capacity);
        }
        for (int i = 0; i < KEPT; i++) {
            final ByteBuf buffer = kept[i];
            if (buffer == null || isFree(buffer)) {
                return usable(i, buffer, capacity).retain();
            }
        }
        return allocator.directBuffer(capacity);
    }

    private static boolean isFree(final ByteBuf buffer) {
        return buffer.refCnt() == 1;
    }

    private ByteBuf usable(final int index, final @Nullable ByteBuf old, final int capacity) {
        if (old != null && old.capacity() >= capacity && old.capacity() <= LARGEST) {
            return old.clear();
        }
        kept[index] = null;
        if (old != null) {
            old.release();
        }
        final ByteBuf made = LastingBuffers.take(allocator, Math.max(SMALLEST, capacity), Integer.MAX_VALUE);
        kept[index] = made;
        return made;
    }

    /** Gives the memory back; what is on its way is given back when it has gone. */
    void release() {
        released = true;
        for (int i = 0; i < KEPT; i++) {
            final ByteBuf buffer = kept[i];
            if (buffer != null) {
                kept[i] = null;
                buffer.release();
            }
        }
    }
}
