package io.tikvdirect.cli.load;

import io.tikvdirect.cli.report.CommandFailedException;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. The batches under way to the cluster: a bounded number of them and of bytes, so that reading waits for
 * writing.
 *
 * <p>Two batches under way never hold the same key, because their order would be open and the later line of the source
 * must win. A put can be repeated, so a batch that failed for a passing reason (or whose outcome is unknown) is sent
 * again until it has been tried for long enough. What the cluster refuses for the pair's own sake is taken apart into
 * single puts, so that one bad pair is reported by its line and takes no other with it.
 *
 * <p>Progress is the longest run of finished batches from the start of the source: what a resumed load may skip.
 */
final class BatchWindow {
    private static final int MAX_BATCHES = 48;
    private static final long MAX_BYTES = 64L * 1024 * 1024;
    private static final long FIRST_PAUSE_MS = 50;
    private static final long LONGEST_PAUSE_MS = 2_000;

    private final PairWriter writer;
    private final Rejections rejections;
    private final long retryForNs;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Batch> batches = new ArrayDeque<>();
    private final LongHashSet keysUnderWay = new LongHashSet();
    private final Histogram latencies = new Histogram(TimeUnit.HOURS.toNanos(1), 3);
    private long bytesUnderWay;
    private int underWay;
    private long retries;
    private LoadState.Progress progress;
    private @Nullable TikvException failure;

    /**
     * An empty window.
     *
     * @param writer writes the batches
     * @param start the point of the source where the first batch begins
     * @param retryFor how long one batch is tried before the load fails
     */
    BatchWindow(PairWriter writer, Rejections rejections, LoadState.Progress start, Duration retryFor) {
        this.writer = writer;
        this.rejections = rejections;
        this.progress = start;
        this.retryForNs = retryFor.toNanos();
    }

    /** Sends a batch; waits until there is room for it and none under way shares a key with it. */
    void send(Batch batch) throws InterruptedException {
        lock.lock();
        try {
            while (failure == null && !hasRoomFor(batch)) {
                changed.await();
            }
            throwFailure();
            batches.add(batch);
            underWay++;
            bytesUnderWay += batch.bytes();
            for (int i = 0; i < batch.pairs().size(); i++) {
                keysUnderWay.add(batch.hash(i));
            }
        } finally {
            lock.unlock();
        }
        attempt(batch);
    }

    /** Waits until no batch is under way. */
    void drain() throws InterruptedException {
        lock.lock();
        try {
            while (failure == null && underWay > 0) {
                changed.await();
            }
            throwFailure();
        } finally {
            lock.unlock();
        }
    }

    /** Waits a bounded time until no batch is under way, whatever becomes of them. */
    void settle(Duration longest) throws InterruptedException {
        long leftNs = longest.toNanos();
        lock.lock();
        try {
            while (failure == null && underWay > 0 && leftNs > 0) {
                leftNs = changed.awaitNanos(leftNs);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The point of the source in front of which everything is done. */
    LoadState.Progress progress() {
        return locked(() -> progress);
    }

    /** Batches that had to be sent again. */
    long retries() {
        return locked(() -> retries);
    }

    /** A copy of the latencies of batches, in nanoseconds, from their first sending to their end. */
    Histogram latencies() {
        return locked(latencies::copy);
    }

    private <T> T locked(Supplier<T> read) {
        lock.lock();
        try {
            return read.get();
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoomFor(Batch batch) {
        if (underWay == 0) {
            return true;
        }
        if (underWay == MAX_BATCHES || bytesUnderWay + batch.bytes() > MAX_BYTES) {
            return false;
        }
        for (int i = 0; i < batch.pairs().size(); i++) {
            if (keysUnderWay.contains(batch.hash(i))) {
                return false;
            }
        }
        return true;
    }

    private void throwFailure() {
        if (failure != null) {
            throw new CommandFailedException(
                    "the load failed (--resume goes on where it ended): " + failure.getMessage(), failure);
        }
    }

    private void attempt(Batch batch) {
        batch.nextAttempt(System.nanoTime());
        if (batch.pairs().isEmpty()) {
            finish(batch);
            return;
        }
        writer.write(batch.pairs()).whenComplete((nothing, thrown) -> {
            if (thrown == null) {
                finish(batch);
            } else {
                failed(batch, asTikvException(thrown));
            }
        });
    }

    private void failed(Batch batch, TikvException e) {
        if (mayTryAgain(batch, e)) {
            again(batch, () -> attempt(batch));
        } else if (isFaultOfThePair(e)) {
            takeApart(batch, 0);
        } else {
            fail(e);
        }
    }

    /** Puts the pairs from {@code index} on one by one, in their order. */
    private void takeApart(Batch batch, int index) {
        if (index == batch.pairs().size()) {
            finish(batch);
            return;
        }
        KvPair pair = batch.pairs().get(index);
        writer.write(List.of(pair)).whenComplete((nothing, thrown) -> {
            if (thrown == null) {
                ForkJoinPool.commonPool().execute(() -> takeApart(batch, index + 1));
            } else {
                failedPair(batch, index, asTikvException(thrown));
            }
        });
    }

    private void failedPair(Batch batch, int index, TikvException e) {
        if (mayTryAgain(batch, e)) {
            again(batch, () -> takeApart(batch, index));
        } else if (isFaultOfThePair(e)) {
            reject(batch, index, e);
            ForkJoinPool.commonPool().execute(() -> takeApart(batch, index + 1));
        } else {
            fail(e);
        }
    }

    private boolean mayTryAgain(Batch batch, TikvException e) {
        return (e.isRetryable() || e.isUndetermined()) && System.nanoTime() - batch.firstSentNs() < retryForNs;
    }

    private void again(Batch batch, Runnable attempt) {
        locked(() -> ++retries);
        long pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << Math.min(batch.attempts(), 6));
        CompletableFuture.delayedExecutor(pauseMs, TimeUnit.MILLISECONDS).execute(attempt);
    }

    private void reject(Batch batch, int index, TikvException e) {
        rejections.report(batch.line(index), batch.line(index), String.valueOf(e.getMessage()));
        batch.rejectPair();
    }

    private void finish(Batch batch) {
        lock.lock();
        try {
            batch.markDone();
            underWay--;
            bytesUnderWay -= batch.bytes();
            for (int i = 0; i < batch.pairs().size(); i++) {
                keysUnderWay.remove(batch.hash(i));
            }
            latencies.recordValue(
                    Math.min(System.nanoTime() - batch.firstSentNs(), latencies.getHighestTrackableValue()));
            advance();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void advance() {
        Batch first = batches.peek();
        while (first != null && first.isDone()) {
            batches.remove();
            progress = new LoadState.Progress(
                    first.endOffset(),
                    first.endLine(),
                    progress.loaded() + first.written(),
                    progress.rejected() + first.rejected());
            first = batches.peek();
        }
    }

    private void fail(TikvException e) {
        lock.lock();
        try {
            failure = failure == null ? e : failure;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static boolean isFaultOfThePair(TikvException e) {
        return e.code() == ErrorCode.INVALID_ARGUMENT || e.code() == ErrorCode.RAFT_ENTRY_TOO_LARGE;
    }

    private static TikvException asTikvException(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof TikvException e) {
            return e;
        }
        return new TikvException(
                ErrorCode.SERVER_ERROR,
                "the client failed in a way it should not: " + cause,
                FailureDetails.NONE,
                cause);
    }
}
