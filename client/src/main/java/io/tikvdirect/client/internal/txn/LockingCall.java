package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.call.ChunkedCall;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.codec.buffer.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe like its superclass. A call that writes values as locks, in chunks. A chunk that meets locks of others has
 * them resolved and goes again, the same bytes; the first refusal ends the whole call.
 */
abstract class LockingCall extends ChunkedCall implements Consumer<Operation> {

    private static final AtomicReferenceFieldUpdater<LockingCall, LockWaits> LOCK_WAITS =
            AtomicReferenceFieldUpdater.newUpdater(LockingCall.class, LockWaits.class, "lockWaits");

    /** Made by the first chunk that meets a lock; most calls meet none. */
    private static final class LockWaits {
        private final Map<Integer, LockWait> byChunk = new ConcurrentHashMap<>();
    }

    /** The engine of the call. */
    protected final TxnEngine txns;

    private final OperationKind what;
    private @Nullable Mutations mutations;
    private byte[] context = Bytes.EMPTY;
    private long startNs;
    private long deadlineNs;
    private volatile @Nullable LockWaits lockWaits;
    private volatile int regions;
    private volatile boolean uncertain;
    private volatile @Nullable TikvException refusal;

    LockingCall(TxnEngine engine, OperationKind what) {
        super(engine, Integer.MAX_VALUE, TxnEngine.WRITE_CHUNK_BYTES);
        this.txns = engine;
        this.what = what;
    }

    /** {@return before which locks it gives way} */
    protected abstract Yielding yielding();

    /**
     * Begins.
     *
     * @param newMutations what to write, at least one
     * @param promise told when it cannot begin
     */
    protected final void send(
            Mutations newMutations,
            RequestContext newContext,
            long newStartNs,
            long newDeadlineNs,
            Promise<?> promise) {
        mutations = newMutations;
        context = newContext.encoded();
        startNs = newStartNs;
        deadlineNs = newDeadlineNs;
        lockWaits = null;
        refusal = null;
        uncertain = false;
        watch(newContext.watch());
        txns.whenFree(txns.pool(), promise, TxnEngine.WRITE_CHUNK_BYTES, newDeadlineNs, this);
    }

    /** There is a place in the window; <i>takes</i> the operation. */
    @Override
    public final void accept(Operation operation) {
        start(operation, what, true, context, mutations(), startNs, deadlineNs);
    }

    /** {@return what to write} */
    protected final Mutations mutations() {
        return Objects.requireNonNull(mutations, "the call has not begun");
    }

    /** Lets go of the transaction. */
    final void forgetTransaction() {
        forget();
        mutations = null;
        context = Bytes.EMPTY;
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
        Yielding yielding = yielding();
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

    /** Whether it was one request that was answered the first time; only then may it be begun anew. */
    final boolean wasUndisturbed() {
        return wasPlain();
    }
}
