package io.tikvdirect.transport;

/**
 * Immutable: how many event loops, and of which kind.
 *
 * @param kind way to wait for the network
 * @param loops number of threads, 1 to 1,024
 * @param namePrefix of the threads, which are named {@code prefix-0}, {@code prefix-1}...
 */
public record EventLoopOptions(EventLoopKind kind, int loops, String namePrefix) {
    /** Most loops that make sense on any machine. */
    private static final int MAX_LOOPS = 1_024;

    /** Verifies the number of loops. */
    public EventLoopOptions {
        if (loops < 1 || loops > MAX_LOOPS) {
            throw new IllegalArgumentException("loops must be between 1 and " + MAX_LOOPS + ": " + loops);
        }
    }

    /**
     * The best kind there is.
     *
     * @param loops number of threads
     * @return options
     */
    public static EventLoopOptions auto(final int loops) {
        return new EventLoopOptions(EventLoopKind.AUTO, loops, "tikv-direct-loop");
    }
}
