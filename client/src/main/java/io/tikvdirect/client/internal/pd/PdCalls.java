package io.tikvdirect.client.internal.pd;

import io.netty.buffer.ByteBufAllocator;
import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.CircuitBreakerSettings;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.internal.time.EarliestDeadline;
import io.tikvdirect.client.internal.time.Punctuality;
import io.tikvdirect.transport.TransportLoop;
import io.tikvdirect.transport.TransportOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Confined to PD's event loop, except {@link #submit} and {@link #close}, which any thread may call. The calls to PD under
 * way and those that wait for their turn, both bounded, each ended by its deadline at the latest.
 */
final class PdCalls implements AutoCloseable {
    /** The calls that ask where regions are: what client-go's breaker guards (REG-13). */
    private static final Set<String> REGION_CALLS =
            Set.of("GetRegion", "GetPrevRegion", "GetRegionByID", "ScanRegions", "BatchScanRegions");

    private static final CircuitBreakerSettings NO_BREAKER =
            new CircuitBreakerSettings(0, Duration.ofSeconds(1), 0, Duration.ofSeconds(1), 1);

    private final TransportLoop loop;
    private final int maxRunning;
    private final int maxQueued;
    private final long attemptNs;
    private final Punctuality punctuality;
    private final PdConnections connections;
    private final PdDiscovery discovery;
    private final EarliestDeadline deadlines;
    private final CircuitBreaker breaker;
    private final CircuitBreaker noBreaker;
    private final AtomicInteger submitted = new AtomicInteger();
    private final Queue<PdCall<?, ?>> queued = new ArrayDeque<>();
    private final Set<PdCall<?, ?>> running = new LinkedHashSet<>();
    private volatile boolean closed;

    PdCalls(
            final Config config,
            final TransportLoop loop,
            final TransportOptions options,
            final RandomGenerator random,
            final Punctuality punctuality) {
        this.loop = loop;
        this.punctuality = punctuality;
        this.maxRunning = config.pdConcurrency();
        this.maxQueued = config.pdQueue();
        this.attemptNs = config.pdTimeout().toNanos();
        this.connections = new PdConnections(loop, options);
        this.discovery = new PdDiscovery(loop, connections, config, random);
        this.deadlines = new EarliestDeadline(loop.eventLoop(), this::expire);
        this.breaker = new CircuitBreaker(config.pdBreaker(), System.nanoTime());
        this.noBreaker = new CircuitBreaker(NO_BREAKER, System.nanoTime());
    }

    /** Runs a call now or in its turn. */
    <R> CompletableFuture<R> submit(final PdCall<?, R> call) {
        if (submitted.incrementAndGet() > maxRunning + maxQueued) {
            submitted.decrementAndGet();
            return CompletableFuture.failedFuture(new BackpressureException(
                    "too many calls wait for PD (pd.queue=" + maxQueued + ")", FailureDetails.NONE, null));
        }
        try {
            loop.execute(() -> accept(call));
        } catch (final RejectedExecutionException shutDown) {
            submitted.decrementAndGet();
            return CompletableFuture.failedFuture(closedFailure(shutDown));
        }
        return call.future();
    }

    private void accept(final PdCall<?, ?> call) {
        if (closed) {
            submitted.decrementAndGet();
            call.onNoLeader(closedFailure(null));
            return;
        }
        deadlines.add(call.deadlineNs());
        queued.add(call);
        final CompletableFuture<?> unused = call.future().whenComplete((result, failure) -> onLoop(() -> end(call)));
        runQueued();
    }

    private void runQueued() {
        while (running.size() < maxRunning && !queued.isEmpty()) {
            final PdCall<?, ?> call = queued.remove();
            running.add(call);
            call.attempt();
        }
    }

    private void end(final PdCall<?, ?> call) {
        submitted.decrementAndGet();
        call.onEnd();
        discovery.leave(call);
        if (!running.remove(call)) {
            queued.remove(call);
        }
        runQueued();
    }

    /** A caller may cancel on any thread; after the loops have ended there is nothing left to tidy up. */
    private void onLoop(final Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            return;
        }
        try {
            loop.execute(task);
        } catch (final RejectedExecutionException shutDown) {
            submitted.decrementAndGet();
        }
    }

    private long expire(final long nowNs) {
        long earliestNs = EarliestDeadline.NONE;
        for (final PdCall<?, ?> call : all()) {
            if (call.deadlineNs() - nowNs <= 0) {
                punctuality.ended(nowNs, call.deadlineNs());
                call.timeOut();
            } else if (earliestNs == EarliestDeadline.NONE || call.deadlineNs() - earliestNs < 0) {
                earliestNs = call.deadlineNs();
            }
        }
        return earliestNs;
    }

    private Set<PdCall<?, ?>> all() {
        final Set<PdCall<?, ?>> all = new LinkedHashSet<>(running);
        all.addAll(queued);
        return all;
    }

    /** Runs a task on the loop after a while, unless the client is closed by then. */
    void later(final Runnable task, final long delayNs) {
        try {
            final var unused = loop.eventLoop().schedule(() -> unlessClosed(task), delayNs, TimeUnit.NANOSECONDS);
        } catch (final RejectedExecutionException shutDown) {
            closed = true;
        }
    }

    private void unlessClosed(final Runnable task) {
        if (!closed) {
            task.run();
        }
    }

    /** What guards a call of that name. */
    CircuitBreaker breakerOf(final String call) {
        return REGION_CALLS.contains(call) ? breaker : noBreaker;
    }

    CircuitBreaker breaker() {
        return breaker;
    }

    PdDiscovery discovery() {
        return discovery;
    }

    PdConnections connections() {
        return connections;
    }

    ByteBufAllocator allocator() {
        return connections.options().allocator();
    }

    Punctuality punctuality() {
        return punctuality;
    }

    TransportLoop loop() {
        return loop;
    }

    /** How long one attempt may take. */
    long attemptNs() {
        return attemptNs;
    }

    boolean isClosed() {
        return closed;
    }

    static ClientClosedException closedFailure(final @Nullable Throwable cause) {
        return new ClientClosedException("the client is closed", FailureDetails.NONE, cause);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            deadlines.close();
            onLoop(this::closeOnLoop);
        }
    }

    private void closeOnLoop() {
        discovery.close();
        List.copyOf(all()).forEach(call -> call.onNoLeader(closedFailure(null)));
        connections.closeAll();
    }
}
