package io.tikvdirect.client.internal.pd;

import io.tikvdirect.client.TikvException;
import java.util.concurrent.CompletableFuture;

/**
 * Thread-safe. A timestamp for callers who compose futures. Counts itself out of those who wait when it ends, however that
 * is: whoever cancels it makes room for another caller at once.
 */
final class TimestampFuture extends CompletableFuture<Long> implements TimestampRequest {

    private final TimestampOracle oracle;
    private final long deadlineNs;

    TimestampFuture(final TimestampOracle oracle, final long deadlineNs) {
        this.oracle = oracle;
        this.deadlineNs = deadlineNs;
    }

    @Override
    public long deadlineNs() {
        return deadlineNs;
    }

    @Override
    public boolean isWanted() {
        return !isDone();
    }

    @Override
    public void onTimestamp(final long timestamp) {
        oracle.onCountsItself();
        boolean unused = complete(timestamp);
    }

    @Override
    public void onNoTimestamp(final TikvException failure) {
        oracle.onCountsItself();
        boolean unused = completeExceptionally(failure);
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
            oracle.onLeft();
        }
        return ended;
    }
}
