package io.tikvdirect.client.internal.store;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.tikvdirect.client.ClientMetrics.StoreMetrics;
import io.tikvdirect.client.internal.region.Store;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.transport.GrpcStatus;
import io.tikvdirect.transport.TransportException;
import io.tikvdirect.transport.TransportLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Confined to its event loop, but for {@link #submit} and {@link #snapshot}. One connection's worth of traffic to a store:
 * the single writer.
 *
 * <p><b>Down.</b> Any thread offers an operation to the queue and, when no drain is due, asks the loop for one; a loop that
 * sleeps is woken by that one task and not by each operation. The drain takes all that is queued, writes it as few
 * BatchCommands messages as the bounds allow, and flushes once. There is no timer in it: a batch grows while the loop is
 * busy with something else, in particular while it completes answers whose callbacks submit again, because a task
 * offered from the loop itself runs after everything that was read has been handled.
 *
 * <p><b>Up.</b> Each answer of a message is matched by id in the {@link InFlightTable} and goes to the operation's
 * listener, in place.
 *
 * <p><b>Waiting.</b> While the stream is being built, while the peer's flow-control window is closed, or while {@code
 * storeInFlight} requests are unanswered, drained operations wait here in order. All bounds are beneath the client's
 * window, so neither queue nor list can overflow.
 *
 * <p><b>Deadlines.</b> An operation that was drained is in table or list, and both are looked through by the {@link
 * DeadlineTick}; none has a timer of its own.
 *
 * <p><b>Streams and their generations</b> are {@link LinkStreams}' business; an operation remembers the generation it was
 * written to, so the end of a stream ends exactly its own operations, however late the news comes.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what a timer or continuation does, it reports itself
public final class StoreLink implements Runnable, DeadlineTick.Watched {

    private static final Logger LOG = LoggerFactory.getLogger(StoreLink.class);

    private final Store store;
    private final TransportLoop transportLoop;
    private final EventLoop loop;
    private final LinkSettings settings;
    private final SlowPath slowPath;
    private final MpscVarHandleArrayQueue<Operation> queue;
    private final WakeUp wakeUp = new WakeUp();
    private final WaitingOperations waiting = new WaitingOperations();
    private final InFlightTable inFlight;
    private final LinkCounters counters = new LinkCounters();
    private final BatchWriter writer;
    private final StoreProbe probe;
    private final LinkStreams streams;
    private final DeadlineTick deadlines;
    private final SlowWatch slowWatch;
    private final LargeAnswers largeAnswers;

    private volatile long storeLoad;
    private long lastUsedNs = System.nanoTime();
    private long messageNs;
    private boolean closed;

    /**
     * Makes a link that connects when it is first used.
     *
     * @param store the store
     * @param loop the loop everything of this link runs on
     * @param settings bounds
     * @param slowPath where operations go that cannot be answered here
     * @param largeAnswers learns from what is answered here
     */
    StoreLink(Store store, TransportLoop loop, LinkSettings settings, SlowPath slowPath, LargeAnswers largeAnswers) {
        this.store = store;
        this.transportLoop = loop;
        this.loop = loop.eventLoop();
        this.settings = settings;
        this.slowPath = slowPath;
        this.queue = new MpscVarHandleArrayQueue<>(Math.max(8, settings.maxOperations()));
        this.inFlight = new InFlightTable(settings.maxOperations());
        this.writer = new BatchWriter(settings, counters);
        this.probe = new StoreProbe(this, settings.probeNs());
        this.streams = new LinkStreams(this, settings.transport(), probe);
        this.deadlines = new DeadlineTick(this.loop, slowPath.punctuality(), this);
        this.slowWatch = new SlowWatch(store, slowPath.slowRequests());
        this.largeAnswers = largeAnswers;
    }

    /**
     * Thread-safe. Takes an operation on its way to the store.
     *
     * @param operation filled, with a region led by this store; owned by the link from now on
     */
    public void submit(Operation operation) {
        if (!queue.offer(operation)) {
            throw new IllegalStateException("more operations than the window has");
        }
        wake();
    }

    private void wake() {
        if (wakeUp.request()) {
            try {
                long waitNs = settings.waitNs(storeLoad);
                if (waitNs == 0) {
                    loop.execute(this);
                } else {
                    loop.schedule(this, waitNs, TimeUnit.NANOSECONDS);
                }
            } catch (RejectedExecutionException loopEnded) {
                failOrphans();
            }
        }
    }

    /** The loop is gone, and with it the queue's consumer: whoever submitted last takes its place. */
    private synchronized void failOrphans() {
        wakeUp.begin();
        for (Operation orphan = queue.poll(); orphan != null; orphan = queue.poll()) {
            slowPath.failClosed(orphan);
        }
    }

    /** The drain. */
    @Override
    public void run() {
        wakeUp.begin();
        counters.increment(LinkCounters.DRAINS);
        drain();
    }

    /** Sends all that may be sent now. */
    void drain() {
        long nowNs = System.nanoTime();
        BatchStream stream = closed ? null : streams.ready();
        if (stream == null) {
            park(nowNs);
            return;
        }
        if (!waiting.isEmpty() || inFlight.size() >= settings.storeInFlight()) {
            park(nowNs);
        }
        try {
            if (fill(stream, nowNs)) {
                writer.finish(stream);
                counters.increment(LinkCounters.FLUSHES);
                stream.flush();
                counters.set(LinkCounters.IN_FLIGHT, inFlight.size());
            }
        } catch (OutOfMemoryError exhausted) {
            onExhausted(stream, exhausted);
        }
        park(nowNs);
    }

    private boolean fill(BatchStream stream, long nowNs) {
        boolean written = false;
        while (stream.isWritable()) {
            Operation operation = next();
            if (operation == null) {
                break;
            }
            written |= send(operation, stream, nowNs);
        }
        return written;
    }

    /** Ends what could not be written; what came before it has left, and what comes after it has its own try. */
    private void onExhausted(BatchStream stream, OutOfMemoryError exhausted) {
        for (long id : writer.abandon()) {
            unsend(id, stream, exhausted);
        }
        stream.flush();
        wake();
    }

    private void unsend(long id, BatchStream stream, OutOfMemoryError exhausted) {
        Operation operation = inFlight.remove(id);
        if (operation != null) {
            stream.settled();
            counters.set(LinkCounters.IN_FLIGHT, inFlight.size());
            slowPath.failUnwritten(operation, exhausted);
        }
    }

    /** What goes next: urgent operations even when the store's limit is reached, for the client's window bounds them. */
    private @Nullable Operation next() {
        Operation urgent = waiting.pollUrgent();
        if (urgent != null || inFlight.size() >= settings.storeInFlight()) {
            return urgent;
        }
        Operation other = waiting.pollOther();
        return other == null ? queue.poll() : other;
    }

    private boolean send(Operation operation, BatchStream stream, long nowNs) {
        if (operation.isCancelled() || nowNs - operation.deadlineNs() >= 0) {
            slowPath.failUnsent(operation, nowNs);
            return false;
        }
        if (inFlight.size() == 0) {
            probe.onSign(nowNs);
        }
        lastUsedNs = nowNs;
        operation.countAttempt();
        operation.dispatched = true;
        operation.sentNs = nowNs;
        operation.slowness = 0;
        operation.loop(loop);
        operation.streamGeneration = stream.generation();
        stream.opened();
        watch(operation);
        operation.tellSent();
        counters.increment(LinkCounters.SENT);
        return write(operation, inFlight.add(operation), stream, nowNs);
    }

    /** Writes a request; says whether it is part of the batch that is being made. */
    private boolean write(Operation operation, long id, BatchStream stream, long nowNs) {
        boolean isUnary = operation.kind().command() == OperationKind.UNARY;
        try {
            if (isUnary) {
                stream.sendUnary(operation, nowNs);
            } else {
                writer.append(stream, operation, id, nowNs);
            }
            return !isUnary;
        } catch (OutOfMemoryError exhausted) {
            if (!isUnary) {
                onExhausted(stream, exhausted);
            }
            unsend(id, stream, exhausted);
            return false;
        }
    }

    /** What cannot be sent now waits where deadlines are seen. */
    private void park(long nowNs) {
        for (Operation operation = queue.poll(); operation != null; operation = queue.poll()) {
            if (closed) {
                slowPath.failClosed(operation);
            } else if (operation.isCancelled() || nowNs - operation.deadlineNs() >= 0) {
                slowPath.failUnsent(operation, nowNs);
            } else {
                watch(operation);
                waiting.add(operation);
            }
        }
    }

    private void watch(Operation operation) {
        deadlines.watch(operation.deadlineNs());
    }

    @Override
    public boolean isIdle() {
        return inFlight.size() == 0 && waiting.isEmpty();
    }

    @Override
    public void onTick(long nowNs) {
        if (inFlight.size() > 0 && probe.isDue(nowNs)) {
            streams.probe();
        }
        slowWatch.onTick(inFlight, nowNs);
    }

    @Override
    public void sweep(long nowNs) {
        List<Operation> unsent = new ArrayList<>();
        waiting.sweep(operation -> operation.isCancelled() || isOver(operation, nowNs), unsent, operation -> {});
        unsent.forEach(operation -> slowPath.failUnsent(operation, nowNs));
        int ended = unsent.size();
        for (Operation operation : inFlight.removeIf(each -> isOver(each, nowNs))) {
            streams.settled(operation.streamGeneration);
            slowPath.failExpired(operation, nowNs);
            ended++;
        }
        if (ended > 0) {
            counters.set(LinkCounters.IN_FLIGHT, inFlight.size());
            streams.retireDrained();
            wake();
        }
    }

    private boolean isOver(Operation operation, long nowNs) {
        boolean over = nowNs - operation.deadlineNs() >= 0;
        if (!over) {
            deadlines.keep(operation.deadlineNs());
        }
        return over;
    }

    /**
     * One answer of a batch.
     *
     * @param stream where it came from
     * @param id request id
     * @param command what it claims to answer
     * @param message holds the answer; <i>borrowed</i>
     * @param offset where its body begins
     * @param length its length
     * @throws MalformedMessageException when it answers something that was not asked: the stream cannot be trusted
     */
    void onAnswer(BatchStream stream, long id, int command, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        Operation operation = inFlight.remove(id);
        if (operation == null) {
            counters.increment(LinkCounters.UNKNOWN_ANSWERS);
            inFlight.checkIssued(id);
            return;
        }
        if (operation.kind().command() != command || operation.streamGeneration != stream.generation()) {
            inFlight.restore(id, operation);
            throw new MalformedMessageException(
                    MalformedMessageException.Reason.INCONSISTENT,
                    "an answer of kind " + command + " to a request of kind "
                            + operation.kind().label());
        }
        stream.settled();
        deliver(operation, message, offset, length);
    }

    /**
     * The answer of a unary call.
     *
     * @param id the id the call was registered under
     * @param message the whole answer; <i>borrowed</i>
     */
    void onUnaryAnswer(long id, ByteBuf message) {
        Operation operation = inFlight.remove(id);
        if (operation == null) {
            counters.increment(LinkCounters.UNKNOWN_ANSWERS);
        } else {
            streams.settled(operation.streamGeneration);
            messageNs = System.nanoTime();
            deliver(operation, message, message.readerIndex(), message.readableBytes());
        }
    }

    /** A unary call ended without an answer. */
    void onUnaryFailure(long id, GrpcStatus status) {
        Operation operation = inFlight.remove(id);
        if (operation != null) {
            streams.settled(operation.streamGeneration);
            slowPath.onCallFailure(operation, status, loop);
            onMessageEnd();
        }
    }

    private void deliver(Operation operation, ByteBuf message, int offset, int length) {
        counters.increment(LinkCounters.ANSWERED);
        if (messageNs - operation.deadlineNs() > 0) {
            slowPath.punctuality().ended(messageNs, operation.deadlineNs());
        }
        operation.tellEnd(null, messageNs);
        largeAnswers.onAnswer(operation, length);
        try {
            operation.listener().onResponse(operation, message, offset, length);
        } catch (MalformedMessageException malformed) {
            slowPath.failMalformed(operation, malformed);
        } catch (RuntimeException | Error broken) {
            slowPath.onListenerFailure(broken);
        }
    }

    /** A message has come; its answers follow. */
    void onMessageBegin() {
        messageNs = System.nanoTime();
    }

    /** A whole message has been handled. */
    void onMessageEnd() {
        probe.onSign(System.nanoTime());
        counters.set(LinkCounters.IN_FLIGHT, inFlight.size());
        streams.retireDrained();
        if (!waiting.isEmpty()) {
            wake();
        }
    }

    /** The stream takes writes (again). */
    void onWritable() {
        wake();
    }

    /** A stream ended: its operations go on elsewhere or fail. */
    void onStreamEnd(int generation, GrpcStatus status) {
        counters.increment(LinkCounters.STREAM_FAILURES);
        List<Operation> lost = inFlight.removeIf(operation -> isOf(operation, generation));
        counters.set(LinkCounters.IN_FLIGHT, inFlight.size());
        LOG.debug(
                "stream {} to store {} ended with {}, {} operations lost", generation, store.id(), status, lost.size());
        lost.forEach(operation -> slowPath.onCallFailure(operation, status, loop));
        wake();
    }

    private static boolean isOf(Operation operation, int generation) {
        return operation.streamGeneration == generation && operation.kind().command() != OperationKind.UNARY;
    }

    /** The store does not answer: its address may have changed. */
    void onSilence() {
        slowPath.onUnreachable(store);
    }

    /** The store could not be reached: what waits for it looks for another way. */
    void onConnectFailure(TransportException why) {
        counters.increment(LinkCounters.CONNECT_FAILURES);
        slowPath.onUnreachable(store);
        park(System.nanoTime());
        List<Operation> stranded = new ArrayList<>();
        waiting.drainTo(stranded);
        stranded.forEach(operation -> slowPath.onStoreUnreachable(operation, store, why, loop));
    }

    /**
     * Thread-safe. Connects before anything is to be sent.
     *
     * @return completes on the loop when the connection stands; fails when it cannot be made or the link is closed
     */
    CompletableFuture<Void> connect() {
        CompletableFuture<Void> connected = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                lastUsedNs = System.nanoTime();
                streams.connect(connected);
            });
        } catch (RejectedExecutionException loopEnded) {
            connected.completeExceptionally(loopEnded);
        }
        return connected;
    }

    /** What the store says about its load; it decides whether batches wait. */
    void onLoad(long load) {
        if (load != storeLoad) {
            storeLoad = load;
        }
    }

    /**
     * Closes the connection when nothing was sent for long; on its loop, where sending is too, so that no request can meet
     * the closing. The next one connects again.
     */
    void recycleIfIdle() {
        if (!closed && !isBusy() && System.nanoTime() - lastUsedNs >= settings.idleNs() && streams.recycle()) {
            counters.increment(LinkCounters.RECYCLED);
        }
    }

    /** The store has moved or is gone; on its loop. Ends the connection, so that its operations go another way. */
    void disconnect() {
        streams.disconnect();
    }

    /** Ends the link; on its loop. Everything under way fails as closed. */
    public void close() {
        closed = true;
        deadlines.stop();
        park(System.nanoTime());
        List<Operation> all = new ArrayList<>();
        waiting.drainTo(all);
        all.addAll(inFlight.removeIf(operation -> true));
        all.forEach(slowPath::failClosed);
        streams.close();
    }

    /** {@return whether operations are under way here; on its loop} */
    public boolean isBusy() {
        return inFlight.size() != 0 || !waiting.isEmpty() || !queue.isEmpty();
    }

    /** Thread-safe. {@return what this link has done} */
    StoreMetrics snapshot(int connection) {
        return counters.snapshot(store.id(), connection);
    }

    EventLoop loop() {
        return loop;
    }

    TransportLoop transportLoop() {
        return transportLoop;
    }

    Store store() {
        return store;
    }
}
