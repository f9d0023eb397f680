package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its connection's event loop: lets a connection read into the same memory again and again, which stays in
 * the processor's cache and costs no allocator work. When a listener has retained the buffer (it kept a message), the
 * buffer is left to it and a new one is taken for the next read.
 */
final class ReusableReceiveBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
    private final int size;
    private @Nullable ByteBuf kept;
    private boolean released;

    ReusableReceiveBuffer(final int size) {
        this.size = size;
    }

    /** Gives the memory back; reads that follow use buffers of their own. */
    void release() {
        released = true;
        letGo();
    }

    private void letGo() {
        if (kept != null) {
            kept.release();
            kept = null;
        }
    }

    private ByteBuf take(final ByteBufAllocator allocator) {
        if (released) {
            return allocator.directBuffer(size, size);
        }
        if (kept != null && kept.refCnt() > 1) {
            letGo();
        }
        if (kept == null) {
            kept = LastingBuffers.take(allocator, size, size);
        }
        return kept.clear().retain();
    }

    @Override
    @SuppressWarnings("deprecation") // the only type that Netty 4.2 asks for here
    public RecvByteBufAllocator.Handle newHandle() {
        return new ReusingHandle();
    }

    /** Confined to its connection's event loop: asks the owner for every buffer. */
    private final class ReusingHandle extends MaxMessageHandle {
        @Override
        public int guess() {
            return size;
        }

        @Override
        public ByteBuf allocate(final ByteBufAllocator allocator) {
            return take(allocator);
        }
    }
}
