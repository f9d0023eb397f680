package io.tikvdirect.client.internal.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tikvdirect.transport.LastingBuffers;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Memory for request bodies that do not fit into an operation's part of a slab, such as those of batches: a few
 * buffers that are used again and again, for Netty's leak detector would follow one of 128 new ones with some kilobytes of
 * garbage. Larger bodies, and those that find no spare one, are allocated.
 *
 * <p>A buffer that somebody else still holds when its operation ends, because a part of it is on its way to the socket, is
 * left to them.
 */
final class SpareBodies {
    /** Up to this size a body is written into a spare one. */
    static final int BYTES = 16 << 10;

    /** Spare bodies at most: one MiB. */
    private static final int MOST = 64;

    private final ByteBufAllocator allocator;
    private final MpmcVarHandleArrayQueue<ByteBuf> free = new MpmcVarHandleArrayQueue<>(MOST);
    private final AtomicInteger made = new AtomicInteger();

    /** None yet. */
    SpareBodies(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /**
     * Gives room for a body.
     *
     * @param bytes how many will be written
     * @return a buffer to be given back by {@link #giveBack}; null for a large body, and when all spare ones are in use
     * @throws OutOfMemoryError without direct memory
     */
    @Nullable
    ByteBuf take(int bytes) {
        ByteBuf spare = bytes > BYTES ? null : free.poll();
        return spare == null && bytes <= BYTES ? make() : spare;
    }

    private @Nullable ByteBuf make() {
        if (made.incrementAndGet() > MOST) {
            made.decrementAndGet();
            return null;
        }
        try {
            return LastingBuffers.take(allocator, BYTES, BYTES);
        } catch (OutOfMemoryError exhausted) {
            made.decrementAndGet();
            throw exhausted;
        }
    }

    /**
     * Ends the use of a body.
     *
     * @param body takes it; one that {@link #take} gave
     */
    void giveBack(ByteBuf body) {
        if (body.refCnt() > 1 || !free.offer(body)) {
            made.decrementAndGet();
            body.release();
        }
    }

    /** Releases those that nobody uses. */
    void releaseFree() {
        for (ByteBuf spare = free.poll(); spare != null; spare = free.poll()) {
            made.decrementAndGet();
            spare.release();
        }
    }
}
