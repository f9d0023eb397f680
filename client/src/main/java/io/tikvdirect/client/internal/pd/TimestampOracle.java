package io.tikvdirect.client.internal.pd;

import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.FailureDetails;
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
    private final Deque<TimestampRequest> pending = new ArrayDeque<>();
    private final List<List<TimestampRequest>> asked = new ArrayList<>();
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
        return ask(deadlineNs, null);
    }

    /**
     * Asks for a timestamp, as {@link #timestamp(long)} does; a listener costs less than a stage of a future.
     *
     * @param deadlineNs {@link System#nanoTime()} based
     * @param listener told by the deadline, on PD's event loop, or on this thread when it is refused at once
     */
    public void timestamp(final long deadlineNs, final TimestampListener listener) {
        var unused = ask(deadlineNs, listener);
    }

    private TimestampRequest ask(final long deadlineNs, final @Nullable TimestampListener listener) {
        final TimestampRequest request = new TimestampRequest(waiting, deadlineNs, listener);
        if (waiting.incrementAndGet() > maxWaiting) {
            request.completeExceptionally(closed ? PdCalls.closedFailure(null) : refused());
            return request;
        }
        if (closed) {
            request.completeExceptionally(PdCalls.closedFailure(null));
            return request;
        }
        if (!queue.offer(request)) {
            request.completeExceptionally(refused());
        } else if (woken.compareAndSet(false, true)) {
            wake(request);
        }
        return request;
    }

    private BackpressureException refused() {
        return new BackpressureException(
                "too many callers wait for a timestamp (tso.queue=" + maxWaiting + ")", FailureDetails.NONE, null);
    }

    private void wake(final TimestampRequest request) {
        try {
            loop.execute(this::drain);
        } catch (final RejectedExecutionException shutDown) {
            request.completeExceptionally(PdCalls.closedFailure(shutDown));
        }
    }

    /** How many callers wait. */
    int waiting() {
        return waiting.get();
    }

    private void drain() {
        woken.set(false);
        TimestampRequest request = queue.poll();
        while (request != null) {
            if (closed) {
                request.completeExceptionally(PdCalls.closedFailure(null));
            } else {
                pending.addLast(request);
                deadlines.add(request.deadlineNs());
            }
            request = queue.poll();
        }
        pump();
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
            final List<TimestampRequest> batch = nextBatch();
            if (!batch.isEmpty()) {
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

    private List<TimestampRequest> nextBatch() {
        final List<TimestampRequest> batch = new ArrayList<>(Math.min(maxBatch, pending.size()));
        while (batch.size() < maxBatch && !pending.isEmpty()) {
            final TimestampRequest request = pending.removeFirst();
            if (!request.isDone()) {
                batch.add(request);
            }
        }
        if (!batch.isEmpty()) {
            asked.add(batch);
        }
        return batch;
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
    public void onTimestamps(final List<TimestampRequest> requests, final long first) {
        asked.remove(requests);
        failedStreams = 0;
        lastFailure = null;
        lastGiven = first + requests.size() - 1;
        for (int i = 0; i < requests.size(); i++) {
            requests.get(i).complete(first + i);
        }
        pump();
    }

    @Override
    public void onStreamEnd(
            final TimestampStream ended, final List<TimestampRequest> unanswered, final @Nullable Throwable cause) {
        if (ended == stream) {
            stream = null;
        }
        asked.clear();
        for (int i = unanswered.size() - 1; i >= 0; i--) {
            pending.addFirst(unanswered.get(i));
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
        final List<TimestampRequest> all = new ArrayList<>(pending);
        asked.forEach(all::addAll);
        long earliestNs = EarliestDeadline.NONE;
        for (final TimestampRequest request : all) {
            if (request.deadlineNs() - nowNs <= 0) {
                pd.punctuality().ended(nowNs, request.deadlineNs());
                request.completeExceptionally(late());
            } else if (!request.isDone()
                    && (earliestNs == EarliestDeadline.NONE || request.deadlineNs() - earliestNs < 0)) {
                earliestNs = request.deadlineNs();
            }
        }
        pending.removeIf(CompletableFuture::isDone);
        return earliestNs;
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
        all.forEach(request -> request.completeExceptionally(failure));
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
