package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;

/**
 * Stateless. Takes buffers that serve for as long as a connection or a client, and of which slices are made.
 *
 * <p>At its default level Netty's leak detector follows one buffer in 128, and then every slice of that buffer too, each
 * with a stack trace of some kilobytes. That is cheap for buffers that come and go, but one connection in 128 would make
 * garbage with every message for as long as it lives. At the levels that follow everything, these buffers are followed
 * like all others.
 */
public final class LastingBuffers {

    /** Chances are one in 128 for each; an allocator that wraps all its buffers for reasons of its own ends this. */
    private static final int ATTEMPTS = 8;

    private LastingBuffers() {}

    /** Thread-safe. An allocator that keeps apart what lasts. */
    public interface Source {

        /**
         * Gives a buffer that will be in use for as long as a connection or a client.
         *
         * @param initialCapacity in bytes
         * @param maxCapacity in bytes
         * @return an empty direct buffer, to be released by the caller
         */
        ByteBuf newLastingBuffer(int initialCapacity, int maxCapacity);
    }

    /**
     * Gives a buffer that the leak detector does not follow by chance.
     *
     * @param allocator where it comes from
     * @param initialCapacity in bytes
     * @param maxCapacity in bytes
     * @return an empty direct buffer, to be released by the caller
     */
    public static ByteBuf take(final ByteBufAllocator allocator, final int initialCapacity, final int maxCapacity) {
        ByteBuf buffer = once(allocator, initialCapacity, maxCapacity);
        for (int attempt = 1; attempt < ATTEMPTS && isFollowedByChance(buffer); attempt++) {
            buffer.release();
            buffer = once(allocator, initialCapacity, maxCapacity);
        }
        return buffer;
    }

    private static ByteBuf once(final ByteBufAllocator allocator, final int initialCapacity, final int maxCapacity) {
        return allocator instanceof Source source
                ? source.newLastingBuffer(initialCapacity, maxCapacity)
                : allocator.directBuffer(initialCapacity, maxCapacity);
    }

    private static boolean isFollowedByChance(final ByteBuf buffer) {
        return buffer.unwrap() != null && ResourceLeakDetector.getLevel() == Level.SIMPLE;
    }
}
