package io.tikvdirect.client.internal.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thread-safe. One arena of Netty's for large buffers, which can be made to give its chunks back. */
final class Arena {

    private static final Logger LOG = LoggerFactory.getLogger(Arena.class);
    private static final int PAGE_BYTES = 8 << 10;
    /** 2 MiB: a chunk is resident as a whole from the start, since the JDK clears direct memory, and each loop has one. */
    private static final int CHUNK_ORDER = 8;

    private static final int CHUNK_BYTES = PAGE_BYTES << CHUNK_ORDER;
    private static final int NORMAL_CACHE = 64;

    private final PooledByteBufAllocator netty;

    private Arena(ClientMemory memory, int normalCache) {
        this.netty = new LargeBuffers(memory, normalCache);
    }

    /** With a cache for the thread of one loop, which ends with it. */
    static Arena ofOneLoop(ClientMemory memory) {
        return new Arena(memory, NORMAL_CACHE);
    }

    /** Without any cache: threads of the application live longer than the client. */
    static Arena ofManyThreads(ClientMemory memory) {
        return new Arena(memory, 0);
    }

    /** A buffer that lies in whole pages (<i>gives</i>). */
    ByteBuf allocate(int initialCapacity, int maxCapacity) {
        return netty.directBuffer(initialCapacity, maxCapacity);
    }

    /** The bytes of all chunks. */
    long reservedBytes() {
        return netty.metric().usedDirectMemory();
    }

    /**
     * Gives the chunks back that nobody uses, now, and the others when they are no longer used. Netty does that by itself
     * for a chunk that has once been filled by more than a quarter: so all are filled, and emptied again.
     */
    void trim() {
        long chunks = reservedBytes() / CHUNK_BYTES;
        List<ByteBuf> fillers = new ArrayList<>();
        try {
            for (long i = 0; i < 2 * chunks; i++) {
                fillers.add(netty.directBuffer(CHUNK_BYTES / 2, CHUNK_BYTES / 2));
            }
        } catch (OutOfMemoryError exhausted) {
            LOG.debug("chunks in use go back with their last buffer", exhausted); // a filler had no room in the others
        } finally {
            fillers.forEach(ByteBuf::release);
        }
    }

    /** Thread-safe. Netty's allocator, which who asks a large buffer for its allocator must not ask for small ones. */
    private static final class LargeBuffers extends PooledByteBufAllocator {
        private final ClientMemory memory;

        LargeBuffers(ClientMemory memory, int normalCache) {
            super(true, 0, 1, PAGE_BYTES, CHUNK_ORDER, 0, normalCache, false);
            this.memory = memory;
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            return initialCapacity < ClientMemory.SMALL_BYTES
                    ? memory.newDirectBuffer(initialCapacity, maxCapacity)
                    : super.newDirectBuffer(initialCapacity, maxCapacity);
        }
    }
}
