package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.client.raw.PartialFailureException;
import io.tikvdirect.codec.kv.RawBatchBodies;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Thread-safe in the way the class comment says. A batch get, put or delete over any number of regions.
 *
 * <p>The calling thread groups the items into chunks. Up to {@link Limits#PARALLEL_CHUNKS} operations carry them: one that
 * the caller has waited for, and as many more as the window has to spare. An operation whose chunk is done takes the next
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
abstract class BatchCall implements OperationListener {

    final RawEngine engine;
    final ChunkPlan plan = new ChunkPlan();

    private RawView view;
    private OperationKind kind = OperationKind.RAW_BATCH_GET;
    private BatchItems items = new BatchItems.OfKeys(List.of());
    private long ttlSeconds;
    private long startNs;
    private long deadlineNs;
    private int chunks;
    private final AtomicInteger nextChunk = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();
    private final ReentrantLock failing = new ReentrantLock();
    private final List<TikvException> failures = new ArrayList<>();
    private final BitSet failed = new BitSet();

    BatchCall(RawEngine engine, RawView view) {
        this.engine = engine;
        this.view = view;
    }

    /**
     * Begins the call.
     *
     * @param operation the first to carry chunks; owned by the call from now on
     */
    final void start(
            Operation operation,
            RawView newView,
            OperationKind newKind,
            BatchItems newItems,
            long newTtlSeconds,
            long newStartNs) {
        view = newView;
        kind = newKind;
        items = newItems;
        ttlSeconds = newTtlSeconds;
        startNs = newStartNs;
        deadlineNs = newStartNs + newView.timeoutNs;
        failures.clear();
        failed.clear();
        plan.reset(newItems.size());
        locateAll(operation);
    }

    private void locateAll(Operation operation) {
        int missing = plan.locate(items, engine.regions());
        while (missing != ChunkPlan.NONE) {
            CompletableFuture<Region> load =
                    engine.regions().load(items.key(missing), deadlineNs).toCompletableFuture();
            if (!load.isDone() || load.isCompletedExceptionally()) {
                load.whenComplete((region, failure) -> onLocated(operation, failure));
                return;
            }
            missing = plan.locate(items, engine.regions());
        }
        plan.build(items);
        launch(operation);
    }

    @SuppressWarnings("NullAway") // a stage's failure is null when it succeeded
    private void onLocated(Operation operation, Throwable failure) {
        if (failure == null) {
            locateAll(operation);
            return;
        }
        failing.lock();
        try {
            failures.add(RawEngine.asOwn(failure));
            failed.set(0, items.size());
        } finally {
            failing.unlock();
        }
        operation.release();
        finish();
    }

    private void launch(Operation first) {
        chunks = plan.count();
        nextChunk.set(1);
        pending.set(chunks + 1);
        carry(first, 0);
        for (int i = 1; i < Math.min(chunks, Limits.PARALLEL_CHUNKS); i++) {
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
        settle();
    }

    @SuppressWarnings("NullAway") // null is handled by the only caller
    private Operation tryAcquire() {
        try {
            return engine.pool().tryAcquire(Limits.CHUNK_BYTES);
        } catch (TikvException closed) {
            return null;
        }
    }

    private boolean chunksLeft() {
        return nextChunk.get() < chunks;
    }

    private int takeChunk() {
        int chunk = nextChunk.getAndIncrement();
        return chunk < chunks ? chunk : ChunkPlan.NONE;
    }

    private void carry(Operation operation, int chunk) {
        boolean replayable = kind.isRead() || view.replayableWrites;
        operation.begin(kind, replayable, startNs, deadlineNs, view.context);
        operation.listener(this);
        operation.slot(chunk);
        try {
            encode(operation, chunk);
        } catch (RuntimeException | OutOfMemoryError broken) {
            onFailure(operation, RawEngine.asOwn(broken));
            return;
        }
        engine.router().send(operation, plan.region(chunk));
    }

    private void encode(Operation operation, int chunk) {
        RawBatchBodies bodies = view.batches;
        int to = plan.to(chunk);
        int count = to - plan.from(chunk);
        int size = bodies.finishSize(count, ttlSeconds);
        boolean pairs = kind == OperationKind.RAW_BATCH_PUT;
        for (int i = plan.from(chunk); i < to; i++) {
            int item = plan.item(i);
            int keyLength = items.keyLength(item);
            size += pairs ? bodies.pairSize(keyLength, items.valueLength(item)) : bodies.keySize(keyLength);
        }
        ByteBuf body = operation.newBody(size);
        for (int i = plan.from(chunk); i < to; i++) {
            if (pairs) {
                items.writePair(bodies, body, plan.item(i));
            } else {
                items.writeKey(bodies, body, plan.item(i));
            }
        }
        finishBody(body, count);
    }

    private void finishBody(ByteBuf body, int count) {
        switch (kind) {
            case RAW_BATCH_GET -> view.batches.finishBatchGet(body);
            case RAW_BATCH_DELETE -> view.batches.finishBatchDelete(body);
            default -> view.batches.finishBatchPut(body, count, ttlSeconds);
        }
    }

    @Override
    public final void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        RawReaders readers = RawReaders.current();
        int chunk = operation.slot();
        if (kind == OperationKind.RAW_BATCH_GET) {
            readers.pairs.wrap(message, offset, length);
            if (engine.isError(operation, readers.pairs) || PairErrors.fail(operation, readers.pairs)) {
                return;
            }
            match(chunk, message, readers);
        } else if (engine.isError(operation, readers.write.wrap(message, offset, length))) {
            return;
        }
        next(operation, chunk);
    }

    /** The pairs found come in the order asked, without the missing ones. */
    private void match(int chunk, ByteBuf message, RawReaders readers) throws MalformedMessageException {
        int pair = 0;
        int pairs = readers.pairs.pairCount();
        int source = pairs == 0 ? 0 : keep(chunk, message);
        for (int i = plan.from(chunk); i < plan.to(chunk); i++) {
            int item = plan.item(i);
            if (pair < pairs && isPair(item, message, readers, pair)) {
                found(item, source, message, readers.pairs.valueOffset(pair), readers.pairs.valueLength(pair));
                pair++;
            } else {
                missing(item);
            }
        }
        if (pair < pairs) {
            throw new MalformedMessageException(
                    MalformedMessageException.Reason.INCONSISTENT, "a batch get was answered with a key not asked for");
        }
    }

    private boolean isPair(int item, ByteBuf message, RawReaders readers, int pair) throws MalformedMessageException {
        int keyOffset = readers.pairs.keyOffset(pair);
        int keyEnd = keyOffset + readers.pairs.keyLength(pair);
        int userOffset = engine.keySpace().userKeyOffset(message, keyOffset, keyEnd - keyOffset);
        return items.hasKey(item, message, userOffset, keyEnd - userOffset);
    }

    /** An answer with values has come; returns a number for {@link #found}. */
    abstract int keep(int chunk, ByteBuf message);

    abstract void found(int item, int source, ByteBuf message, int valueOffset, int valueLength);

    abstract void missing(int item);

    /** All chunks are done; called exactly once, nothing of the call is used afterwards. */
    abstract void finish();

    private void next(Operation operation, int chunk) {
        int following = plan.follower(chunk);
        int then = following != ChunkPlan.NONE ? following : takeChunk();
        if (then != ChunkPlan.NONE) {
            carry(operation, then);
        } else {
            operation.release();
        }
        settle();
    }

    private void settle() {
        if (pending.decrementAndGet() == 0) {
            finish();
        }
    }

    @Override
    public final void onFailure(Operation operation, TikvException failure) {
        int chunk = operation.slot();
        boolean closed = engine.slowPath().isClosed();
        int ended = 0;
        failing.lock();
        try {
            failures.add(failure);
            ended += markFailed(chunk, closed);
            for (int other = closed ? takeChunk() : ChunkPlan.NONE; other != ChunkPlan.NONE; other = takeChunk()) {
                ended += markFailed(other, true);
            }
        } finally {
            failing.unlock();
        }
        if (!closed) {
            next(operation, chunk);
            return;
        }
        operation.release();
        for (int i = 0; i < ended; i++) {
            settle();
        }
    }

    private int markFailed(int chunk, boolean withFollowers) {
        int marked = 0;
        int each = chunk;
        do {
            for (int i = plan.from(each); i < plan.to(each); i++) {
                failed.set(plan.item(i));
            }
            marked++;
            each = withFollowers ? plan.follower(each) : ChunkPlan.NONE;
        } while (each != ChunkPlan.NONE);
        return marked;
    }

    @Override
    public final void onRoute(Operation operation) {
        int chunk = operation.slot();
        int missing = plan.relocate(items, engine.regions(), chunk);
        if (missing != ChunkPlan.NONE) {
            if (!engine.slowPath().refuses(operation)) {
                engine.regions()
                        .load(items.key(missing), deadlineNs)
                        .whenComplete((region, failure) -> onRelocated(operation, failure));
            }
            return;
        }
        int parts = plan.split(items, chunk);
        if (parts > 1) {
            pending.addAndGet(parts - 1);
            encode(operation, chunk);
        }
        engine.router().send(operation, plan.region(chunk));
    }

    @SuppressWarnings("NullAway") // a stage's failure is null when it succeeded
    private void onRelocated(Operation operation, Throwable failure) {
        if (failure == null) {
            onRoute(operation);
        } else {
            operation.fail(RawEngine.asOwn(failure));
        }
    }

    final BatchItems items() {
        return items;
    }

    final OperationKind kind() {
        return kind;
    }

    final boolean hasFailed() {
        return !failures.isEmpty();
    }

    /** The failure to report, once {@link #hasFailed()}. */
    final TikvException failure() {
        List<byte[]> keys = new ArrayList<>();
        failed.stream().forEach(item -> keys.add(items.key(item)));
        return new PartialFailureException(keys, items.size(), failures);
    }
}
