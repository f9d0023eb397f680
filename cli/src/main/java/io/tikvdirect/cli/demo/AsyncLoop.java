package io.tikvdirect.cli.demo;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Used by one issuing thread, completed on any. Keeps a bounded number of asynchronous operations in flight, measures
 * them, and remembers the first failure.
 */
final class AsyncLoop {
    private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(10);

    private final int window;
    private final Semaphore places;
    private final Histogram nanos = new ConcurrentHistogram(LONGEST_NS, 3);
    private final AtomicLong completed = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    AsyncLoop(int window) {
        this.window = window;
        this.places = new Semaphore(window);
    }

    /** What to do, and how to judge its result. */
    interface Operation<T> {
        /** Starts the operation. */
        CompletionStage<T> start();

        /** Throws if the result is wrong. */
        void verify(@Nullable T result);
    }

    /** Waits for a place and starts one operation. */
    <T> void submit(Operation<T> operation) throws InterruptedException {
        places.acquire();
        throwFailure();
        long startedNs = System.nanoTime();
        operation.start().whenComplete((result, thrown) -> ended(operation, result, thrown, startedNs));
    }

    /** Waits until nothing is in flight; throws the first failure. */
    void drain() throws InterruptedException {
        places.acquire(window);
        places.release(window);
        throwFailure();
    }

    long completed() {
        return completed.get();
    }

    /** Latencies in nanoseconds; whole after {@link #drain()}. */
    Histogram nanos() {
        return nanos;
    }

    private <T> void ended(Operation<T> operation, @Nullable T result, @Nullable Throwable thrown, long startedNs) {
        try {
            nanos.recordValue(Math.min(System.nanoTime() - startedNs, LONGEST_NS));
            if (thrown == null) {
                operation.verify(result);
                completed.incrementAndGet();
            } else {
                failure.compareAndSet(null, thrown instanceof CompletionException ? thrown.getCause() : thrown);
            }
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        } finally {
            places.release();
        }
    }

    private void throwFailure() {
        Throwable first = failure.get();
        if (first instanceof RuntimeException e) {
            throw e;
        }
        if (first != null) {
            throw new IllegalStateException(first);
        }
    }
}
