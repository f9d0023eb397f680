package io.tikvdirect.client.internal.memory;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import io.tikvdirect.transport.EventLoops;
import io.tikvdirect.transport.LastingBuffers;
import java.util.ArrayList;
import java.util.List;

/**
 * Thread-safe. Every byte of direct memory of one client: pooled while the client is open, given back to the system when it
 * is closed.
 *
 * <p>Netty's pooled allocator never gives all of its memory back before a garbage collection: an arena keeps a page of each
 * small size it has ever served, and with the page the whole chunk; and threads that have called it keep the arena itself
 * reachable for as long as they live. So Netty's arenas serve here only what they can let go of: buffers of
 * {@value #SMALL_BYTES} bytes and more, from one arena for each event loop, with a cache that ends with its thread, and a
 * few for all other threads, without any cache. Smaller ones come in two kinds. Those of a fixed size (bodies of requests, frames)
 * are {@link Pieces pieces} of larger buffers. Those that may grow are short-lived, few and the event loops' own: they get
 * {@value #SMALL_BYTES} bytes at once.
 *
 * <p>A buffer that is still in use at close keeps what it lies in, and gives it back with its release.
 */
public class ClientMemory extends AbstractByteBufAllocator implements LastingBuffers.Source, AutoCloseable {

    /** The smallest size that Netty's arenas serve from whole pages of 8 KiB, rather than from parts of a page. */
    static final int SMALL_BYTES = 32 << 10;

    private static final int MAX_CALLER_ARENAS = 8;

    private final List<Arena> ofLoops = new ArrayList<>();
    private final List<Arena> ofCallers = new ArrayList<>();
    private final FastThreadLocal<Arena> own = new FastThreadLocal<>();
    /** Counts what it has given out. */
    private final UnpooledByteBufAllocator unpooled = new UnpooledByteBufAllocator(true);

    private final PieceSizes pieces = new PieceSizes(this);

    /**
     * Memory that is taken from the system when it is first needed.
     *
     * @param loops how many event loops will have an arena of their own
     */
    public ClientMemory(int loops) {
        super(true);
        for (int i = 0; i < loops; i++) {
            ofLoops.add(Arena.ofOneLoop(this));
        }
        int callers = Math.min(MAX_CALLER_ARENAS, Integer.highestOneBit(2 * loops - 1));
        for (int i = 0; i < callers; i++) {
            ofCallers.add(Arena.ofManyThreads(this));
        }
    }

    /**
     * Gives each loop its arena; until then loops use the others'.
     *
     * @param loops as many as this was made for
     */
    public void serve(EventLoops loops) {
        for (int i = 0; i < ofLoops.size(); i++) {
            Arena arena = ofLoops.get(i);
            loops.loop(i).execute(() -> own.set(arena));
        }
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        if (initialCapacity >= SMALL_BYTES) {
            return arena().allocate(initialCapacity, maxCapacity);
        }
        if (initialCapacity == maxCapacity || maxCapacity < SMALL_BYTES) {
            return toLeakAwareBuffer(pieces.take(maxCapacity).capacity(initialCapacity));
        }
        return arena().allocate(SMALL_BYTES, maxCapacity);
    }

    /** A buffer to be cut into pieces (<i>gives</i>). */
    ByteBuf newPage(int bytes) {
        return arena().allocate(bytes, bytes);
    }

    /**
     * A buffer that lasts (<i>gives</i>): for a thread of the application directly from the system, because a chunk of an
     * arena is resident as a whole, and a client whose callers never send large bodies then needs none for them.
     */
    @Override
    public ByteBuf newLastingBuffer(int initialCapacity, int maxCapacity) {
        return own.getIfExists() == null && initialCapacity == maxCapacity
                ? newUnpooledBuffer(initialCapacity)
                : directBuffer(initialCapacity, maxCapacity);
    }

    /** A buffer of fixed size, directly from the system (<i>gives</i>). */
    protected ByteBuf newUnpooledBuffer(int bytes) {
        return unpooled.directBuffer(bytes, bytes);
    }

    private Arena arena() {
        Arena mine = own.getIfExists();
        return mine == null ? ofCallers.get(stripe(ofCallers.size())) : mine;
    }

    /** Threads that were started one after the other get different arenas. */
    private static int stripe(int count) {
        return (int) Thread.currentThread().getId() & (count - 1);
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
    }

    /** {@return the bytes taken from the system now, in use or not} */
    public long reservedBytes() {
        long sum = unpooled.metric().usedDirectMemory();
        for (Arena arena : ofLoops) {
            sum += arena.reservedBytes();
        }
        for (Arena arena : ofCallers) {
            sum += arena.reservedBytes();
        }
        return sum;
    }

    /**
     * Gives back all memory that is not in use, and that in use when it is released. After the threads of the loops have
     * ended. Idempotent.
     */
    @Override
    public void close() {
        pieces.close();
        ofLoops.forEach(Arena::trim);
        ofCallers.forEach(Arena::trim);
    }
}
