package io.tikvdirect.client.internal.pd;

import io.tikvdirect.client.internal.log.RateLimitedLog;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Thread-safe. One caller who waits for a timestamp; leaves the count of those who wait exactly once, however he ends. */
final class TimestampRequest extends CompletableFuture<Long> {
    private static final RateLimitedLog LOG = new RateLimitedLog(LoggerFactory.getLogger(TimestampRequest.class));

    private final AtomicInteger waiting;
    private final long deadlineNs;
    private final @Nullable TimestampListener listener;

    TimestampRequest(final AtomicInteger waiting, final long deadlineNs, final @Nullable TimestampListener listener) {
        this.waiting = waiting;
        this.deadlineNs = deadlineNs;
        this.listener = listener;
    }

    long deadlineNs() {
        return deadlineNs;
    }

    @Override
    public boolean complete(final Long timestamp) {
        return counted(super.complete(timestamp), timestamp, null);
    }

    @Override
    public boolean completeExceptionally(final Throwable failure) {
        return counted(super.completeExceptionally(failure), 0, failure);
    }

    @Override
    public boolean cancel(final boolean mayInterruptIfRunning) {
        return counted(super.cancel(mayInterruptIfRunning), 0, new CancellationException());
    }

    private boolean counted(final boolean ended, final long timestamp, final @Nullable Throwable failure) {
        if (ended) {
            waiting.decrementAndGet();
            tell(timestamp, failure);
        }
        return ended;
    }

    /** A listener that throws keeps nobody else from his timestamp. */
    private void tell(final long timestamp, final @Nullable Throwable failure) {
        if (listener == null) {
            return;
        }
        try {
            listener.onEnd(timestamp, failure);
        } catch (final RuntimeException thrown) {
            LOG.warn("what waited for a timestamp threw", thrown);
        }
    }
}
