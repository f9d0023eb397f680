package io.tikvdirect.client.internal.call;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.client.internal.store.OperationPool;
import io.tikvdirect.client.internal.store.RequestWatch;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe in the way the class comment says. One kind of request on many keys over any number of regions.
 *
 * <p>The calling thread groups the items into chunks. Up to {@link #PARALLEL_CHUNKS} operations carry them: one that the
 * caller has waited for, and as many more as the window has to spare. An operation whose chunk is done takes the next
 * chunk, so a call of any size needs one place in the window to make progress, holds a bounded number of bodies in memory,
 * and never recurses.
 *
 * <p>A region error concerns one chunk: its items are looked up again and, when they are in several regions by now, it is
 * split and the same operation carries the parts one after the other.
 *
 * <p><b>Threads.</b> Each chunk belongs to the operation that carries it; results go to slots of their own items; the
 * countdown of pending chunks orders all of it before {@link #finish}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what a timer or continuation does, it reports itself
public abstract class ChunkedCall implements OperationListener {

    /** Chunks of one call that travel at the same time. */
    public static final int PARALLEL_CHUNKS = 64;

    private static final byte[] NO_CONTEXT = {};
    private static final AtomicIntegerFieldUpdater<ChunkedCall> NEXT_CHUNK =
            AtomicIntegerFieldUpdater.newUpdater(ChunkedCall.class, "nextChunk");
    private static final AtomicIntegerFieldUpdater<ChunkedCall> PENDING =
            AtomicIntegerFieldUpdater.newUpdater(ChunkedCall.class, "pending");

    /** The engine of the call. */
    protected final CallEngine callEngine;

    /** Which items travel together. */
    protected final ChunkPlan plan;

    private final int chunkBytes;
    private OperationKind kind = OperationKind.RAW_BATCH_GET;
    private boolean replayable;
    private byte[] context = NO_CONTEXT;
    private @Nullable RequestWatch watch;
    private @Nullable ChunkItems items;
    private long startNs;
    private long deadlineNs;
    private int chunks;
    /** Whether something else than an answer to the one chunk has come; written by who holds an operation of the call. */
    private boolean disturbed;

    private volatile int nextChunk;

    @SuppressWarnings("UnusedVariable") // used by way of its updater
    private volatile int pending;

    private final ChunkFailures failures = new ChunkFailures();

    /**
     * A call that has not begun.
     *
     * @param engine its engine
     * @param chunkItems items of a chunk at most
     * @param chunkBytes bytes of keys and values of a chunk at most, unless a single item is larger
     */
    protected ChunkedCall(CallEngine engine, int chunkItems, int chunkBytes) {
        this.callEngine = engine;
        this.chunkBytes = chunkBytes;
        this.plan = new ChunkPlan(chunkItems, chunkBytes);
    }

    /**
     * Begins the call.
     *
     * @param operation the first to carry chunks; owned by the call from now on
     * @param newKind what is asked
     * @param isReplayable whether it may be sent again after an earlier attempt may have been executed
     * @param newContext encoded Context fields beyond the region's; kept
     * @param newItems at least one
     * @param newStartNs when the call began, as {@link System#nanoTime()}
     * @param newDeadlineNs when it must have ended, as {@link System#nanoTime()}
     */
    protected final void start(
            Operation operation,
            OperationKind newKind,
            boolean isReplayable,
            byte[] newContext,
            ChunkItems newItems,
            long newStartNs,
            long newDeadlineNs) {
        kind = newKind;
        replayable = isReplayable;
        context = newContext;
        items = newItems;
        startNs = newStartNs;
        deadlineNs = newDeadlineNs;
        disturbed = false;
        failures.clear();
        plan.reset(newItems.size());
        locateAll(operation, newItems);
    }

    /**
     * Sets who sees the requests of the call, before it begins.
     *
     * @param newWatch null: nobody
     */
    protected final void watch(@Nullable RequestWatch newWatch) {
        watch = newWatch;
    }

    /** {@return who sees the requests} */
    protected final @Nullable RequestWatch watch() {
        return watch;
    }

    private void locateAll(Operation operation, ChunkItems all) {
        int missing = plan.locate(all, callEngine.regions());
        while (missing != ChunkPlan.NONE) {
            CompletableFuture<Region> load =
                    callEngine.regions().load(all.key(missing), deadlineNs).toCompletableFuture();
            if (!load.isDone() || load.isCompletedExceptionally()) {
                load.whenComplete((region, failure) -> onLocated(operation, all, failure));
                return;
            }
            missing = plan.locate(all, callEngine.regions());
        }
        plan.build(all);
        launch(operation);
    }

    private void onLocated(Operation operation, ChunkItems all, @Nullable Throwable failure) {
        disturbed = true;
        if (failure == null) {
            locateAll(operation, all);
            return;
        }
        failures.add(CallEngine.asOwn(failure), all.size());
        callEngine.slowPath().punctuality().ended(System.nanoTime(), deadlineNs);
        operation.release();
        finish();
    }

    private void launch(Operation first) {
        chunks = plan.count();
        nextChunk = 1;
        pending = chunks + 1;
        onPlanned(chunks);
        carry(first, 0);
        for (int i = 1; i < Math.min(chunks, PARALLEL_CHUNKS); i++) {
            Operation more = chunksLeft() ? tryAcquire() : null;
            if (more == null) {
                break;
            }
            int chunk = takeChunk();
            if (chunk == ChunkPlan.NONE) {
                more.release();
                break;
            }
            carry(more, chunk);
        }
        settle(1);
    }

    private @Nullable Operation tryAcquire() {
        try {
            return pool().tryAcquire(chunkBytes);
        } catch (TikvException closed) {
            return null;
        }
    }

    private boolean chunksLeft() {
        return nextChunk < chunks;
    }

    private int takeChunk() {
        int chunk = NEXT_CHUNK.getAndIncrement(this);
        return chunk < chunks ? chunk : ChunkPlan.NONE;
    }

    /** Sends a chunk; when that is not possible, the next one that is. */
    private void carry(Operation operation, int chunk) {
        if (prepare(operation, chunk)) {
            callEngine.router().send(operation, plan.region(chunk));
        } else {
            next(operation, chunk);
        }
    }

    /** Fills an operation with a chunk; false when there is no memory for it, and its failure has been noted. */
    private boolean prepare(Operation operation, int chunk) {
        operation.begin(kind, replayable, startNs, deadlineNs, context);
        operation.watch(watch);
        operation.listener(this);
        operation.slot(chunk);
        return encoded(operation, chunk);
    }

    private boolean encoded(Operation operation, int chunk) {
        try {
            encode(operation, chunk);
            return true;
        } catch (RuntimeException | OutOfMemoryError broken) {
            failed(operation, CallEngine.asOwn(broken));
            return false;
        }
    }

    /** {@return where further operations come from} */
    protected OperationPool pool() {
        return callEngine.pool();
    }

    /** {@return whether chunks that have not been sent are left when one has failed} */
    protected boolean stopsAtFailure() {
        return false;
    }

    /** {@return whether somebody still waits for the result; when not, chunks that have not been sent are left} */
    protected boolean isWanted() {
        return true;
    }

    /**
     * The chunks are known; none has been sent.
     *
     * @param count how many there are
     */
    protected void onPlanned(int count) {}

    /**
     * Writes the request for a chunk.
     *
     * @param operation takes the body
     * @param chunk its number
     */
    protected abstract void encode(Operation operation, int chunk);

    /**
     * A chunk was answered. The callee ends with {@link #next}, or passes the operation on to whoever handles an error.
     *
     * @param operation owned by the callee
     * @param chunk its number
     * @param message holds the answer; <i>borrowed</i>
     * @param offset where it begins
     * @param length its length
     * @throws MalformedMessageException when it cannot be decoded; the operation then still belongs to the caller
     */
    protected abstract void onAnswer(Operation operation, int chunk, ByteBuf message, int offset, int length)
            throws MalformedMessageException;

    /** All chunks are done; called exactly once, nothing of the call is used afterwards. */
    protected abstract void finish();

    @Override
    public final void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        onAnswer(operation, operation.slot(), message, offset, length);
    }

    /**
     * A chunk is over; goes on with another one or ends. A loop and no recursion, however many chunks fail before they are
     * sent; and none is begun after the deadline, when the call was cancelled or when the client is closed.
     *
     * @param operation owned by the caller, never after
     * @param chunk the one that is over
     */
    protected final void next(Operation operation, int chunk) {
        int ended = 1;
        int then = successor(chunk);
        while (then != ChunkPlan.NONE) {
            int left = leave(operation, then);
            if (left == 0 && prepare(operation, then)) {
                break;
            }
            ended += Math.max(1, left);
            then = left == 0 ? successor(then) : ChunkPlan.NONE;
        }
        if (then == ChunkPlan.NONE) {
            operation.release();
        } else {
            callEngine.router().send(operation, plan.region(then));
        }
        settle(ended);
    }

    /** Leaves a chunk, its followers and all that nobody has begun, if going on is pointless; says how many were left. */
    private int leave(Operation operation, int chunk) {
        int left;
        if (stopsAtFailure() && !failures.isEmpty()) {
            left = failures.addTo(plan, chunk);
        } else {
            TikvException end = endOfAll(operation);
            if (end == null) {
                return 0;
            }
            left = failures.add(end, plan, chunk, true, () -> onChunkFailed(operation, end));
        }
        for (int other = takeChunk(); other != ChunkPlan.NONE; other = takeChunk()) {
            left += failures.addTo(plan, other);
        }
        return left;
    }

    private @Nullable TikvException endOfAll(Operation operation) {
        long nowNs = System.nanoTime();
        if (!isWanted()) {
            return new OperationCancelledException(
                    "cancelled before these keys were sent",
                    operation.details(nowNs).build(),
                    null);
        }
        if (callEngine.slowPath().isClosed()) {
            return new ClientClosedException(
                    "the client was closed", operation.details(nowNs).build(), null);
        }
        return nowNs - deadlineNs < 0
                ? null
                : new RequestTimeoutException(
                        "the deadline passed before these keys were sent",
                        operation.details(nowNs).build(),
                        null);
    }

    private int successor(int chunk) {
        int following = plan.follower(chunk);
        return following != ChunkPlan.NONE ? following : takeChunk();
    }

    private void settle(int ended) {
        if (PENDING.addAndGet(this, -ended) == 0) {
            finish();
        }
    }

    @Override
    public final void onFailure(Operation operation, TikvException failure) {
        int chunk = operation.slot();
        failed(operation, failure);
        next(operation, chunk);
    }

    private void failed(Operation operation, TikvException failure) {
        disturbed = true;
        failures.add(failure, plan, operation.slot(), false, () -> onChunkFailed(operation, failure));
    }

    /**
     * A chunk has failed; called for one at a time.
     *
     * @param operation that carried it; <i>borrowed</i>
     * @param failure why
     */
    protected void onChunkFailed(Operation operation, TikvException failure) {}

    @Override
    public final void onRoute(Operation operation) {
        disturbed = true;
        int chunk = operation.slot();
        ChunkItems all = items();
        int missing = plan.relocate(all, callEngine.regions(), chunk);
        if (missing != ChunkPlan.NONE) {
            if (!callEngine.slowPath().refuses(operation)) {
                callEngine
                        .regions()
                        .load(all.key(missing), deadlineNs)
                        .whenComplete((region, failure) -> onRelocated(operation, failure));
            }
            return;
        }
        int parts = plan.split(all, chunk);
        if (parts > 1) {
            PENDING.addAndGet(this, parts - 1);
            onSplit(parts);
        }
        if (parts > 1 && !encoded(operation, chunk)) {
            next(operation, chunk);
        } else {
            callEngine.router().send(operation, plan.region(chunk));
        }
    }

    /**
     * A chunk had to be split because its regions have changed.
     *
     * @param parts how many it has become
     */
    protected void onSplit(int parts) {}

    private void onRelocated(Operation operation, @Nullable Throwable failure) {
        if (failure == null) {
            onRoute(operation);
        } else {
            operation.fail(CallEngine.asOwn(failure));
        }
    }

    /** {@return the items of the call} */
    protected final ChunkItems items() {
        ChunkItems present = items;
        if (present == null) {
            throw new IllegalStateException("the call has not begun");
        }
        return present;
    }

    /** {@return what is asked} */
    protected final OperationKind kind() {
        return kind;
    }

    /** {@return when the call must have ended} */
    protected final long deadlineNs() {
        return deadlineNs;
    }

    /** {@return whether a chunk has failed; for {@link #finish}} */
    protected final boolean hasFailed() {
        return !failures.isEmpty();
    }

    /** {@return why chunks have failed, in the order it became known; for {@link #finish}} */
    protected final List<TikvException> failures() {
        return failures.all();
    }

    /** {@return keys of the chunks that have failed; for {@link #finish}} */
    protected final List<byte[]> failedKeys() {
        return failures.keys(items());
    }

    /**
     * Whether the call was one request that was answered the first time; for {@link #finish}. Only such a call may be
     * begun anew afterwards: nothing but its one operation has ever known of it.
     *
     * @return false when anything else has happened to it
     */
    protected final boolean wasPlain() {
        return chunks == 1 && !disturbed && failures.isEmpty();
    }

    /** Lets go of what the call was about; whatever would go on with it from now on, fails. */
    protected final void forget() {
        ChunkItems present = items;
        if (present != null) {
            plan.clear(present.size());
        }
        items = null;
        watch = null;
        context = NO_CONTEXT;
    }
}
