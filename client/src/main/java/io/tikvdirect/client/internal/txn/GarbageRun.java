package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UnsupportedFeatureException;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.RangeOptions;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.proto.pdpb.GCState;

/**
 * Owned by one thread at a time. Collects garbage once (GC-01), in an order that is never wrong wherever it stops: nobody
 * begins or reads before the safe point any more; then no lock is left whose transaction began before it; only then may
 * stores forget what such a lock, or such a read, would have needed.
 *
 * <pre>
 * state            event                                            next state
 * ---------------  -----------------------------------------------  ----------------
 * ASK_STATE        one safe point for all, this client sees a part  FAILED
 * ASK_STATE        otherwise                                        ADVANCE_READS
 * ASK_STATE        failed                                           FAILED
 * ADVANCE_READS    moved, maybe only to a barrier                   REMOVE_LOCKS
 * ADVANCE_READS    failed                                           FAILED
 * REMOVE_LOCKS     none is left                                     ADVANCE_GARBAGE
 * REMOVE_LOCKS     failed                                           FAILED
 * ADVANCE_GARBAGE  moved                                            DONE
 * ADVANCE_GARBAGE  failed                                           FAILED
 * </pre>
 */
final class GarbageRun {

    /** Where a run is. */
    enum State {
        ASK_STATE,
        ADVANCE_READS,
        REMOVE_LOCKS,
        ADVANCE_GARBAGE,
        DONE,
        FAILED
    }

    private final TxnEngine engine;
    private final long target;
    private final RangeOptions options;
    private final long deadlineNs;
    private final Promise<Long> promise;
    private State state = State.ASK_STATE;

    /**
     * A run not begun.
     *
     * @param target where the safe point should go
     * @param options how the removal of locks is divided
     * @param promise gets where it went
     */
    GarbageRun(TxnEngine engine, long target, RangeOptions options, long deadlineNs, Promise<Long> promise) {
        this.engine = engine;
        this.target = target;
        this.options = options;
        this.deadlineNs = deadlineNs;
        this.promise = promise;
    }

    private void move(State next) {
        engine.trace().moved(state, next);
        state = next;
    }

    private long keyspace() {
        return engine.keySpace().keyspaceId();
    }

    void start() {
        var unused = engine.gcStates().state(keyspace(), deadlineNs).whenComplete((gc, failure) -> {
            if (failure == null) {
                onState(gc);
            } else {
                fail(CallEngine.asOwn(failure));
            }
        });
    }

    private void onState(GCState gc) {
        if (keyspace() != KeySpace.NO_KEYSPACE && !gc.getIsKeyspaceLevelGc()) {
            fail(new UnsupportedFeatureException(
                    "the safe point is one for all keyspaces, and this client cannot remove the locks of the others",
                    FailureDetails.of("collect_garbage").build(),
                    null));
            return;
        }
        move(State.ADVANCE_READS);
        var unused = engine.gcStates()
                .advanceTxn(keyspace(), target, deadlineNs)
                .whenComplete((reached, failure) -> {
                    if (failure == null) {
                        removeLocks(reached);
                    } else {
                        fail(CallEngine.asOwn(failure));
                    }
                });
    }

    private void removeLocks(long safePoint) {
        engine.safePoints().heard(safePoint, System.nanoTime());
        move(State.REMOVE_LOCKS);
        new RangeRun(
                        engine,
                        "removing locks before garbage collection",
                        KeyRange.all(),
                        options.concurrency(),
                        options.regionsPerPart(),
                        deadlineNs,
                        (part, done) -> new LockSweep(engine, part, safePoint, deadlineNs, done).scan(),
                        TxnEngine.promise(report -> advanceGarbage(safePoint), this::fail))
                .start();
    }

    private void advanceGarbage(long safePoint) {
        move(State.ADVANCE_GARBAGE);
        var unused = engine.gcStates()
                .advanceGc(keyspace(), safePoint, deadlineNs)
                .whenComplete((reached, failure) -> {
                    if (failure == null) {
                        move(State.DONE);
                        promise.succeed(reached);
                    } else {
                        fail(CallEngine.asOwn(failure));
                    }
                });
    }

    private void fail(TikvException failure) {
        move(State.FAILED);
        promise.fail(failure);
    }
}
