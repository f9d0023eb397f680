package io.tikvdirect.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Thread-safe: owns the event loop threads of a client, and a few more for what blocks while connecting (name
 * resolution, certificate files). All are daemons, named, and gone when {@link #close()} returns.
 */
public final class EventLoops implements AutoCloseable {
    /** Connections that may wait for name resolution at once; stores and PD members of a big cluster fit. */
    private static final int MAX_WAITING_CONNECTS = 4_096;

    private static final int BACKGROUND_THREADS = 4;
    private static final long BACKGROUND_IDLE_S = 10;
    private static final long CLOSE_TIMEOUT_S = 5;

    private final EventLoopKind kind;
    private final NamedDaemons loopThreads;
    private final NamedDaemons backgroundThreads;
    private final MultiThreadIoEventLoopGroup group;
    private final ThreadPoolExecutor background;
    private final List<TransportLoop> loops;
    private final AtomicInteger next = new AtomicInteger();

    private EventLoops(final EventLoopOptions options) {
        final LoopTransport transport = LoopTransport.of(options.kind());
        kind = transport.kind();
        loopThreads = new NamedDaemons(options.namePrefix());
        backgroundThreads = new NamedDaemons(options.namePrefix() + "-connect");
        group = new MultiThreadIoEventLoopGroup(options.loops(), loopThreads, transport.handlers());
        background = new ThreadPoolExecutor(
                BACKGROUND_THREADS,
                BACKGROUND_THREADS,
                BACKGROUND_IDLE_S,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MAX_WAITING_CONNECTS),
                backgroundThreads);
        background.allowCoreThreadTimeOut(true);
        final List<TransportLoop> created = new ArrayList<>();
        for (final EventExecutor executor : group) {
            created.add(new TransportLoop((EventLoop) executor, transport.channels(), background));
        }
        loops = List.copyOf(created);
    }

    /**
     * Starts event loops.
     *
     * @param options kind and number
     * @return loops to be closed
     * @throws IllegalStateException when the asked kind is not available here; the cause says why
     */
    public static EventLoops open(final EventLoopOptions options) {
        return new EventLoops(options);
    }

    /**
     * The kind in use, never AUTO.
     *
     * @return what AUTO became, or what was asked for
     */
    public EventLoopKind kind() {
        return kind;
    }

    /**
     * Whether a kind can be used in this JVM.
     *
     * @param kind to try
     * @return true for NIO and AUTO, for others when their native library loads
     */
    public static boolean isAvailable(final EventLoopKind kind) {
        return LoopTransport.unavailability(kind) == null;
    }

    /**
     * The loops in turn.
     *
     * @return the next one
     */
    public TransportLoop next() {
        return loop(Math.floorMod(next.getAndIncrement(), loops.size()));
    }

    /**
     * One loop.
     *
     * @param index 0 to {@link #size()} - 1
     * @return always the same for an index
     */
    public TransportLoop loop(final int index) {
        return loops.get(index);
    }

    /**
     * Number of loops.
     *
     * @return at least 1
     */
    public int size() {
        return loops.size();
    }

    /**
     * Ends all threads; connections that are still open end with it. Waits for the threads, at most a few seconds and
     * not when called from one of them. Idempotent.
     */
    @Override
    public void close() {
        background.shutdownNow();
        final Future<?> unused = group.shutdownGracefully(0, CLOSE_TIMEOUT_S, TimeUnit.SECONDS);
        for (final TransportLoop loop : loops) {
            if (loop.inEventLoop()) {
                return;
            }
        }
        awaitThreads();
    }

    private void awaitThreads() {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_TIMEOUT_S);
        try {
            final boolean ended = group.awaitTermination(CLOSE_TIMEOUT_S, TimeUnit.SECONDS)
                    && loopThreads.join(deadlineNs)
                    && backgroundThreads.join(deadlineNs);
            if (!ended) {
                Log.LOGGER.warn("threads of the event loops did not end within {} s", CLOSE_TIMEOUT_S);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Thread-safe: makes daemon threads {@code prefix-0}, {@code prefix-1}... */
    private static final class NamedDaemons implements ThreadFactory {
        private final String prefix;
        private final AtomicInteger number = new AtomicInteger();
        private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

        NamedDaemons(final String prefix) {
            this.prefix = prefix;
        }

        @Override
        public Thread newThread(final Runnable task) {
            final Thread thread =
                    new io.netty.util.concurrent.FastThreadLocalThread(task, prefix + "-" + number.getAndIncrement());
            thread.setDaemon(true);
            threads.removeIf(known -> known.getState() == Thread.State.TERMINATED);
            threads.add(thread);
            return thread;
        }

        /** Waits until every thread is gone, which is a little after its executor says so; false = some are not. */
        boolean join(final long deadlineNs) throws InterruptedException {
            for (final Thread thread : threads) {
                final long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
                thread.join(Math.max(1, leftMs));
                if (thread.isAlive()) {
                    return false;
                }
            }
            return true;
        }
    }
}
