package io.tikvdirect.transport;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

/** Not thread-safe. Direct memory that comes to an end after so many buffers, and comes back when it is told to. */
final class ScarceMemory extends AbstractByteBufAllocator {
    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
    private int left = Integer.MAX_VALUE;
    private int refused;

    ScarceMemory() {
        super(true);
    }

    /** From now on there are so many buffers, then none. */
    void endAfter(final int buffers) {
        left = buffers;
    }

    void recover() {
        left = Integer.MAX_VALUE;
    }

    /** How many buffers could not be had. */
    int refused() {
        return refused;
    }

    /** Bytes that were not given back. */
    long used() {
        return memory.metric().usedDirectMemory();
    }

    @Override
    protected ByteBuf newDirectBuffer(final int initialCapacity, final int maxCapacity) {
        if (left == 0) {
            refused++;
            throw new OutOfMemoryError("direct memory has been made scarce");
        }
        left--;
        return memory.directBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newHeapBuffer(final int initialCapacity, final int maxCapacity) {
        return memory.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return false;
    }
}
