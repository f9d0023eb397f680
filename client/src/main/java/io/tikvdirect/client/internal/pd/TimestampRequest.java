package io.tikvdirect.client.internal.pd;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Thread-safe. One caller who waits for a timestamp; leaves the count of those who wait exactly once, however he ends. */
final class TimestampRequest extends CompletableFuture<Long> {
    private final AtomicInteger waiting;
    private final long deadlineNs;

    TimestampRequest(final AtomicInteger waiting, final long deadlineNs) {
        this.waiting = waiting;
        this.deadlineNs = deadlineNs;
    }

    long deadlineNs() {
        return deadlineNs;
    }

    @Override
    public boolean complete(final Long timestamp) {
        return counted(super.complete(timestamp));
    }

    @Override
    public boolean completeExceptionally(final Throwable failure) {
        return counted(super.completeExceptionally(failure));
    }

    @Override
    public boolean cancel(final boolean mayInterruptIfRunning) {
        return counted(super.cancel(mayInterruptIfRunning));
    }

    private boolean counted(final boolean ended) {
        if (ended) {
            waiting.decrementAndGet();
        }
        return ended;
    }
}
