package io.tikvdirect.embedded.internal.serving;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Thread-safe. The threads of one cluster, all of them daemons whose names begin with the cluster's: event loops that
 * accept and serve for PD and every store, and a timer for what the fault plan delays.
 */
public final class ServingLoops implements AutoCloseable {
    private static final int MAX_WORKERS = 4;
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final EventLoopGroup acceptors;
    private final EventLoopGroup workers;
    private final ScheduledThreadPoolExecutor timer;

    /** Loops whose threads begin with {@code name}; threads start when they are needed. */
    public ServingLoops(String name) {
        int workerCount = Math.min(MAX_WORKERS, Runtime.getRuntime().availableProcessors());
        acceptors = group(1, name + "-accept");
        workers = group(workerCount, name + "-serve");
        timer = new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory(name + "-timer", true));
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    private static EventLoopGroup group(int threads, String name) {
        return new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
    }

    EventLoopGroup acceptors() {
        return acceptors;
    }

    EventLoopGroup workers() {
        return workers;
    }

    /** The timer for delayed requests. */
    public ScheduledExecutorService timer() {
        return timer;
    }

    /** Ends all threads and waits for them, a few seconds at most. */
    @Override
    public void close() {
        timer.shutdownNow();
        Future<?> noAcceptors = acceptors.shutdownGracefully(0, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        Future<?> noWorkers = workers.shutdownGracefully(0, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        try {
            boolean ended = timer.awaitTermination(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    && noAcceptors.await(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    && noWorkers.await(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
            if (!ended) {
                throw new IllegalStateException("the embedded cluster's threads did not end");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
