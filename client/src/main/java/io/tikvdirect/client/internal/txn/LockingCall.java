package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.call.ChunkedCall;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe like its superclass. A call that writes values as locks, in chunks. A chunk that meets locks of others has
 * them resolved and goes again, the same bytes; the first refusal ends the whole call.
 */
abstract class LockingCall extends ChunkedCall {

    private static final AtomicReferenceFieldUpdater<LockingCall, LockWaits> LOCK_WAITS =
            AtomicReferenceFieldUpdater.newUpdater(LockingCall.class, LockWaits.class, "lockWaits");

    /** Made by the first chunk that meets a lock; most calls meet none. */
    private static final class LockWaits {
        private final Map<Integer, LockWait> byChunk = new ConcurrentHashMap<>();
    }

    /** The engine of the call. */
    protected final TxnEngine txns;

    private final OperationKind what;
    private final Yielding yielding;
    private volatile @Nullable LockWaits lockWaits;
    private volatile int regions;
    private volatile boolean uncertain;
    private volatile @Nullable TikvException refusal;

    LockingCall(TxnEngine engine, OperationKind what, Yielding yielding) {
        super(engine, Integer.MAX_VALUE, TxnEngine.WRITE_CHUNK_BYTES);
        this.txns = engine;
        this.what = what;
        this.yielding = yielding;
    }

    /**
     * Begins.
     *
     * @param mutations what to write, at least one
     * @param promise told when it cannot begin
     */
    protected final void send(
            Mutations mutations, RequestContext context, long startNs, long deadlineNs, Promise<?> promise) {
        watch(context.watch());
        txns.whenFree(
                txns.pool(),
                promise,
                TxnEngine.WRITE_CHUNK_BYTES,
                deadlineNs,
                operation -> start(operation, what, true, context.encoded(), mutations, startNs, deadlineNs));
    }

    /** Chunks of one region follow each other. */
    @Override
    protected void onPlanned(int count) {
        int different = 1;
        for (int chunk = 1; chunk < count; chunk++) {
            different += plan.region(chunk) == plan.region(chunk - 1) ? 0 : 1;
        }
        regions = different;
    }

    @Override
    protected final boolean stopsAtFailure() {
        return true;
    }

    /** Resolves locks that are in the way and sends the chunk again, or gives way. */
    protected final void getPast(List<Lock> locks, Operation operation, int chunk) {
        for (Lock lock : locks) {
            if (yielding.yieldsTo(lock)) {
                operation.fail(txns.errors().conflict(lock, yielding.startTs(), LockRemoval.details(operation)));
                return;
            }
        }
        lockWaits()
                .byChunk
                .computeIfAbsent(
                        chunk,
                        unused -> new LockWait(txns, what, BackoffKind.TXN_LOCK, operation.deadlineNs(), watch()))
                .forWrite(locks, () -> again(operation), operation::fail);
    }

    private LockWaits lockWaits() {
        LockWaits present = lockWaits;
        return present != null
                ? present
                : LOCK_WAITS.updateAndGet(this, other -> other == null ? new LockWaits() : other);
    }

    private void again(Operation operation) {
        TikvException refused = refusal;
        if (refused == null) {
            onRoute(operation);
        } else {
            operation.fail(refused);
        }
    }

    @Override
    protected final void onChunkFailed(Operation operation, TikvException failure) {
        if (operation.mayHaveBeenExecuted()) {
            uncertain = true;
        }
        if (refusal == null) {
            refusal = failure;
        }
    }

    /** Why the call failed, or null when all is written. */
    final @Nullable TikvException failure() {
        return hasFailed() ? failures().get(0) : null;
    }

    /** Whether a chunk that failed may have been executed all the same. */
    final boolean isUncertain() {
        return uncertain;
    }

    /** How many regions the keys were in when the chunks were made. */
    final int regions() {
        return regions;
    }
}
