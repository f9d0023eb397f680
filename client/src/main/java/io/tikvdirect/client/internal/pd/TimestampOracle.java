package io.tikvdirect.client.internal.pd;

import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.PdUnavailableException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.log.RateLimitedLog;
import io.tikvdirect.client.internal.time.EarliestDeadline;
import io.tikvdirect.transport.TransportLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.varhandle.MpscChunkedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe; its state is confined to PD's event loop. Gives out timestamps of PD's Timestamp Oracle.
 *
 * <p>Callers put their requests into a queue and wake the loop at most once; the loop asks for as many timestamps as have
 * gathered, in one message on one stream, and gives them out in the order of the requests. Nothing waits on purpose: a
 * batch grows because earlier ones are under way.
 *
 * <p>A stream that ends, goes silent or gives what cannot be believed is replaced, at the present leader, and what it left
 * unanswered is asked again; timestamps that were given by PD but never handed out are simply lost. Timestamps handed out
 * by one client always grow: one that does not is refused.
 */
public final class TimestampOracle implements TimestampStream.Owner, PdDiscovery.Waiter, AutoCloseable {
    private static final RateLimitedLog LOG = new RateLimitedLog(LoggerFactory.getLogger(TimestampOracle.class));

    /** More than one hides the round trip, few keep batches large. */
    private static final int MAX_BATCHES_IN_FLIGHT = 4;

    private static final int QUEUE_CHUNK = 1024;
    private static final long FIRST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int MAX_DOUBLINGS = 5;

    private final PdCalls pd;
    private final TransportLoop loop;
    private final int maxBatch;
    private final int maxWaiting;
    private final Queue<TimestampRequest> queue;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final EarliestDeadline deadlines;
    private final EarliestDeadline silence;
    private final Runnable drain = this::drain;
    private final Deque<TimestampRequest> pending = new ArrayDeque<>();
    private final Deque<TimestampBatch> spare = new ArrayDeque<>(MAX_BATCHES_IN_FLIGHT);
    private @Nullable TimestampStream stream;
    private @Nullable Throwable lastFailure;
    private boolean opening;
    private int failedStreams;
    private long lastGiven;
    private volatile boolean closed;

    /**
     * An oracle that has asked nothing yet.
     *
     * @param config limits
     * @param client the client whose leader is asked
     */
    public TimestampOracle(final Config config, final PdClient client) {
        this.pd = client.calls();
        this.loop = pd.loop();
        this.maxBatch = config.tsoBatch();
        this.maxWaiting = config.tsoQueue();
        this.queue = new MpscChunkedVarHandleArrayQueue<>(QUEUE_CHUNK, Math.max(2 * QUEUE_CHUNK, 2 * maxWaiting));
        this.deadlines = new EarliestDeadline(loop.eventLoop(), this::expire);
        this.silence = new EarliestDeadline(loop.eventLoop(), this::endSilentStream);
    }

    /**
     * Asks for a timestamp.
     *
     * @param deadlineNs {@link System#nanoTime()} based
     * @return completes by the deadline, on PD's event loop; cancelling it leaves others undisturbed. Fails with a
     *     {@link TikvException}
     */
    public CompletableFuture<Long> timestamp(final long deadlineNs) {
        final TimestampFuture future = new TimestampFuture(this, deadlineNs);
        ask(future);
        return future;
    }

    /**
     * Asks for a timestamp; makes nothing.
     *
     * @param request told by its deadline
     */
    public void ask(final TimestampRequest request) {
        if (waiting.incrementAndGet() > maxWaiting) {
            fail(request, closed ? PdCalls.closedFailure(null) : refused());
        } else if (closed) {
            fail(request, PdCalls.closedFailure(null));
        } else if (!queue.offer(request)) {
            fail(request, refused());
        } else if (woken.compareAndSet(false, true)) {
            wake();
        }
    }

    private BackpressureException refused() {
        return new BackpressureException(
                "too many callers wait for a timestamp (tso.queue=" + maxWaiting + ")", FailureDetails.NONE, null);
    }

    private void wake() {
        try {
            loop.execute(drain);
        } catch (final RejectedExecutionException shutDown) {
            woken.set(false);
            failQueued(PdCalls.closedFailure(shutDown));
        }
    }

    /** The loop has ended, but may be in its last round: whoever takes a request out of the queue ends it. */
    private void failQueued(final TikvException failure) {
        final List<TimestampRequest> left = new ArrayList<>();
        synchronized (queue) {
            for (TimestampRequest request = queue.poll(); request != null; request = queue.poll()) {
                left.add(request);
            }
        }
        left.forEach(request -> fail(request, failure));
    }

    /** Ends a request without a timestamp. What it throws keeps nobody else from his. */
    private void fail(final TimestampRequest request, final TikvException failure) {
        waiting.decrementAndGet();
        try {
            request.onNoTimestamp(failure);
        } catch (RuntimeException | Error thrown) {
            LOG.warn("what waited for a timestamp threw", thrown);
        }
    }

    /** Ends a request that was counted out. What it throws keeps nobody else from his timestamp. */
    private static void tell(final TimestampRequest request, final long timestamp) {
        try {
            request.onTimestamp(timestamp);
        } catch (RuntimeException | Error thrown) {
            LOG.warn("what waited for a timestamp threw", thrown);
        }
    }

    /** A caller has counted itself out. */
    void onLeft() {
        waiting.decrementAndGet();
    }

    /** A caller who was counted out just now does that itself. */
    void onCountsItself() {
        waiting.incrementAndGet();
    }

    /** How many callers wait. */
    int waiting() {
        return waiting.get();
    }

    private void drain() {
        woken.set(false);
        synchronized (queue) {
            for (TimestampRequest request = queue.poll(); request != null; request = queue.poll()) {
                pending.addLast(request);
                deadlines.add(request.deadlineNs());
            }
        }
        if (closed) {
            failAll(PdCalls.closedFailure(null));
        } else {
            pump();
        }
    }

    /**
     * Asks for what is wanted, as far as the stream takes it. A stream may end while it is written to, and then gives its
     * requests back before {@code send} returns.
     */
    private void pump() {
        final TimestampStream open = usableStream();
        if (open == null) {
            openStream();
            return;
        }
        while (stream == open && !pending.isEmpty() && open.batchesInFlight() < MAX_BATCHES_IN_FLIGHT) {
            final TimestampBatch batch = nextBatch();
            if (batch.size() == 0) {
                keep(batch);
            } else {
                final long nowNs = System.nanoTime();
                open.send(batch, nowNs);
                silence.add(nowNs + pd.attemptNs());
            }
        }
    }

    /** The stream, unless the leader has changed meanwhile. */
    private @Nullable TimestampStream usableStream() {
        final TimestampStream open = stream;
        final PdLeader leader = pd.discovery().leader();
        if (open != null && leader != null && !leader.equals(open.leader())) {
            open.end(PdCalls.closedFailure(null));
        }
        return stream;
    }

    private TimestampBatch nextBatch() {
        final TimestampBatch kept = spare.pollLast();
        final TimestampBatch batch = kept == null ? new TimestampBatch() : kept;
        while (batch.size() < maxBatch && !pending.isEmpty()) {
            final TimestampRequest request = pending.removeFirst();
            if (request.isWanted()) {
                batch.add(request);
            } else {
                fail(request, unwanted());
            }
        }
        return batch;
    }

    private static OperationCancelledException unwanted() {
        return new OperationCancelledException(
                "nobody waits for the timestamp any more",
                FailureDetails.of("tso").build(),
                null);
    }

    private void keep(final TimestampBatch batch) {
        batch.clear();
        if (spare.size() < MAX_BATCHES_IN_FLIGHT) {
            spare.addLast(batch);
        }
    }

    private void openStream() {
        if (!opening && !closed && !pending.isEmpty()) {
            opening = true;
            pd.discovery().await(this);
        }
    }

    @Override
    public void onLeader(final PdLeader leader) {
        opening = false;
        if (!closed && stream == null) {
            stream = new TimestampStream(leader, pd.connections().to(leader.address()), this);
            pump();
        }
    }

    @Override
    public void onNoLeader(final TikvException failure) {
        opening = false;
        failAll(failure);
    }

    @Override
    public long lastGiven() {
        return lastGiven;
    }

    @Override
    public void onTimestamps(final TimestampBatch batch, final long first) {
        failedStreams = 0;
        lastFailure = null;
        lastGiven = first + batch.size() - 1;
        for (int i = 0; i < batch.size(); i++) {
            final TimestampRequest request = batch.take(i);
            if (request != null) {
                waiting.decrementAndGet();
                tell(request, first + i);
            }
        }
        keep(batch);
        pump();
    }

    @Override
    public void onStreamEnd(
            final TimestampStream ended, final List<TimestampBatch> unanswered, final @Nullable Throwable cause) {
        if (ended == stream) {
            stream = null;
        }
        for (int i = unanswered.size() - 1; i >= 0; i--) {
            giveBack(unanswered.get(i));
        }
        if (closed || cause == null || cause instanceof ClientClosedException) {
            return;
        }
        lastFailure = cause;
        final TikvException hopeless = cause instanceof TikvException
                ? null
                : PdFailures.finalFailure(cause, FailureDetails.of("tso").build());
        if (hopeless != null) {
            failAll(hopeless);
            return;
        }
        LOG.warn("the timestamp stream to {} ended: {}", ended.leader().address(), PdFailures.describe(cause));
        pd.discovery().suspect(ended.leader(), cause);
        failedStreams++;
        pd.later(this::openStream, FIRST_PAUSE_NS << Math.min(failedStreams - 1, MAX_DOUBLINGS));
    }

    private void giveBack(final TimestampBatch batch) {
        for (int i = batch.size() - 1; i >= 0; i--) {
            final TimestampRequest request = batch.take(i);
            if (request != null) {
                pending.addFirst(request);
            }
        }
        keep(batch);
    }

    private long endSilentStream(final long nowNs) {
        final TimestampStream open = stream;
        final long sentNs = open == null ? Long.MAX_VALUE : open.oldestSentNs();
        if (open == null || sentNs == Long.MAX_VALUE) {
            return EarliestDeadline.NONE;
        }
        if (nowNs - sentNs < pd.attemptNs()) {
            return sentNs + pd.attemptNs();
        }
        pd.connections().drop(open.leader().address(), "it gives no timestamps");
        open.end(new PdUnavailableException(
                "PD gives no timestamps on an open stream",
                FailureDetails.of("tso").build(),
                null));
        return EarliestDeadline.NONE;
    }

    private long expire(final long nowNs) {
        final DueTimestamps due = new DueTimestamps(nowNs);
        pending.removeIf(due::takes);
        final TimestampStream open = stream;
        if (open != null) {
            open.unanswered().forEach(batch -> batch.leave(due));
        }
        for (final TimestampRequest request : due.taken()) {
            pd.punctuality().ended(nowNs, request.deadlineNs());
            fail(request, late());
        }
        return due.earliestNs();
    }

    private TikvException late() {
        final Throwable last =
                lastFailure != null ? lastFailure : pd.discovery().lastFailure();
        return PdFailures.unavailable(
                "PD gave no timestamp in time", last, FailureDetails.of("tso").build());
    }

    private void failAll(final TikvException failure) {
        final List<TimestampRequest> all = new ArrayList<>(pending);
        pending.clear();
        all.forEach(request -> fail(request, failure));
    }

    /** Ends all requests with {@link ClientClosedException}; returns at once. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        deadlines.close();
        silence.close();
        try {
            loop.execute(this::closeOnLoop);
        } catch (final RejectedExecutionException shutDown) {
            LOG.warn("the event loop ended before the timestamp oracle was closed");
        }
    }

    private void closeOnLoop() {
        final TimestampStream open = stream;
        if (open != null) {
            open.end(PdCalls.closedFailure(null));
        }
        drain();
        failAll(PdCalls.closedFailure(null));
    }
}
