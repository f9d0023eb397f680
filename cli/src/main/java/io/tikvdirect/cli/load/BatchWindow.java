package io.tikvdirect.cli.load;

import io.tikvdirect.cli.report.CommandFailedException;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
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
    /** There are up to three copies of the bytes under way: the batch, the client's, and the requests'. */
    private static final long MAX_BYTES =
            Math.min(64L * 1024 * 1024, Runtime.getRuntime().maxMemory() / 16);
    /** Some 3 MB; behind a batch that is sent again and again, 33 million records. */
    private static final int MAX_STRETCHES = 65_536;

    private static final long FIRST_PAUSE_MS = 50;
    private static final long LONGEST_PAUSE_MS = 2_000;

    private final PairWriter writer;
    private final Rejections rejections;
    private final long retryForNs;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Stretch> stretches = new ArrayDeque<>();
    private final Deque<Batch> spare = new ArrayDeque<>();
    private final KeysUnderWay keysUnderWay = new KeysUnderWay();
    /** Of the reading thread. */
    private final LongHashSet seen = new LongHashSet();

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

    /** An empty batch; for the reading thread. */
    Batch newBatch() {
        Batch kept = locked(spare::poll);
        return kept == null ? new Batch() : kept;
    }

    /**
     * Sends a batch, which is the window's own from now on; waits until there is room for it and none under way shares a
     * key with it. For the reading thread.
     */
    void send(Batch batch) throws InterruptedException {
        batch.lookForRepeatedKeys(seen);
        lock.lock();
        try {
            while (failure == null && !hasRoomFor(batch)) {
                changed.await();
            }
            throwFailure();
            stretches.add(batch.stretch());
            underWay++;
            bytesUnderWay += batch.bytes();
            keysUnderWay.add(batch);
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

    private <T extends @Nullable Object> T locked(Supplier<T> read) {
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
        return underWay < MAX_BATCHES
                && stretches.size() < MAX_STRETCHES
                && bytesUnderWay + batch.bytes() <= MAX_BYTES
                && !keysUnderWay.haveAnyOf(batch);
    }

    private void throwFailure() {
        if (failure != null) {
            throw new CommandFailedException(
                    "the load failed (--resume goes on where it ended): " + failure.getMessage(), failure);
        }
    }

    private void attempt(Batch batch) {
        batch.nextAttempt(System.nanoTime());
        if (batch.size() == 0) {
            finish(batch);
            return;
        }
        writer.write(batch).whenComplete((nothing, thrown) -> {
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
        if (index == batch.size()) {
            finish(batch);
            return;
        }
        writer.write(List.of(batch.copyOfPair(index))).whenComplete((nothing, thrown) -> {
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
        batch.stretch().reject();
    }

    private void finish(Batch batch) {
        lock.lock();
        try {
            batch.stretch().markDone();
            underWay--;
            bytesUnderWay -= batch.bytes();
            keysUnderWay.remove(batch);
            latencies.recordValue(
                    Math.min(System.nanoTime() - batch.firstSentNs(), latencies.getHighestTrackableValue()));
            advance();
            keep(batch);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void keep(Batch batch) {
        if (batch.isReusable()) {
            batch.clear();
            spare.push(batch);
        }
    }

    private void advance() {
        Stretch first = stretches.peek();
        while (first != null && first.isDone()) {
            stretches.remove();
            progress = first.after(progress);
            first = stretches.peek();
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
