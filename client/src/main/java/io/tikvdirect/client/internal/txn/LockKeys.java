package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time. One lock call of a pessimistic transaction (PES-01, PES-02).
 *
 * <pre>
 * state           event                                        next state
 * --------------  -------------------------------------------  --------------------------------------------
 * ASK_TS          timestamp, no primary is chosen               LOCK_PRIMARY
 * ASK_TS          timestamp                                     LOCK
 * ASK_TS          failed                                        FAILED
 * LOCK_PRIMARY    locked, others are left                       LOCK
 * LOCK_PRIMARY    locked, that was all                          LOCKED
 * LOCK_PRIMARY    not there, and only existing keys are wanted  LOCK_PRIMARY: the next key
 * LOCK_PRIMARY    committed by another after the timestamp      ASK_TS, until the time to wait is over
 * LOCK_PRIMARY    deadlock                                      UNLOCK, what this call has locked
 * LOCK_PRIMARY    any other failure                             FAILED, unlocking in the background
 * LOCK            all locked                                    LOCKED
 * LOCK            committed by another after the timestamp      ASK_TS, until the time to wait is over
 * LOCK            deadlock                                      UNLOCK, what this call has locked
 * LOCK            any other failure                             FAILED, unlocking in the background
 * UNLOCK          done or not                                   FAILED
 * </pre>
 *
 * <p>The primary goes first and alone: a lock that names a primary which is not there yet is taken for abandoned.
 */
final class LockKeys {

    /** Where a lock call is. */
    enum State {
        ASK_TS,
        LOCK_PRIMARY,
        LOCK,
        UNLOCK,
        LOCKED,
        FAILED
    }

    /** What came of it: values by key, and keys that were really locked. */
    record Result(Map<byte[], byte @Nullable []> values, List<byte[]> locked, long forUpdateTs) {}

    private final TxnEngine engine;
    private final List<PessimisticLockCall.Wish> wishes;
    private final byte @Nullable [] oldPrimary;
    private final boolean nothingLockedYet;
    private final long startTs;
    private final long startNs;
    private final LockOptions options;
    private final RequestContext context;
    private final long callNs;
    private final long deadlineNs;
    private final long waitUntilNs;
    private final Promise<Result> promise;
    private final Map<byte[], byte @Nullable []> values = new TreeMap<>(Arrays::compareUnsigned);
    private final List<byte[]> locked = new ArrayList<>();
    private byte @Nullable [] primary;
    private State state = State.ASK_TS;
    private long forUpdateTs;

    /**
     * A call not begun.
     *
     * @param wishes keys in their order, all different, at least one
     * @param oldPrimary the transaction's primary, if it has one
     * @param waitUntilNs when waiting for other transactions ends
     */
    LockKeys(
            TxnEngine engine,
            List<PessimisticLockCall.Wish> wishes,
            byte @Nullable [] oldPrimary,
            long startTs,
            long startNs,
            LockOptions options,
            RequestContext context,
            long callNs,
            long deadlineNs,
            long waitUntilNs,
            Promise<Result> promise) {
        this.engine = engine;
        this.wishes = wishes;
        this.oldPrimary = oldPrimary;
        this.primary = oldPrimary;
        this.nothingLockedYet = oldPrimary == null;
        this.startTs = startTs;
        this.startNs = startNs;
        this.options = options;
        this.context = context;
        this.callNs = callNs;
        this.deadlineNs = deadlineNs;
        this.waitUntilNs = waitUntilNs;
        this.promise = promise;
    }

    State state() {
        return state;
    }

    private void move(State next) {
        engine.trace().moved(state, next);
        state = next;
    }

    void start() {
        // after a conflict some keys may be locked already
        engine.timestamp(
                deadlineNs, TxnEngine.promise(this::onTimestamp, forUpdateTs == 0 ? this::failed : this::onFailure));
    }

    private void onTimestamp(long timestamp) {
        forUpdateTs = timestamp;
        primary = oldPrimary;
        locked.clear();
        values.clear();
        lockNext(0);
    }

    /** Locks what is left: all, or until a primary is found one key after another. */
    private void lockNext(int from) {
        if (from == wishes.size()) {
            move(State.LOCKED);
            promise.succeed(new Result(values, locked, forUpdateTs));
        } else if (primary == null) {
            move(State.LOCK_PRIMARY);
            send(from, from + 1);
        } else {
            move(State.LOCK);
            send(from, wishes.size());
        }
    }

    private void send(int from, int to) {
        byte[] chosen = primary == null ? wishes.get(from).key() : primary;
        PessimisticLockCall.Terms terms = new PessimisticLockCall.Terms(
                chosen,
                startTs,
                startNs,
                forUpdateTs,
                nothingLockedYet && wishes.size() == 1,
                options,
                waitUntilNs,
                context);
        new PessimisticLockCall(
                        engine,
                        wishes.subList(from, to),
                        terms,
                        TxnEngine.promise(call -> onAnswer(call, from, to), this::onFailure))
                .send(callNs, deadlineNs);
    }

    private void onAnswer(PessimisticLockCall call, int from, int to) {
        TikvException failure = call.failure();
        KeyError refusal = call.refusal();
        if (failure == null) {
            keep(call, from, to);
            lockNext(to);
        } else if (refusal != null && refusal.hasConflict() && System.nanoTime() - waitUntilNs < 0) {
            move(State.ASK_TS);
            start();
        } else if (refusal != null && refusal.hasDeadlock()) {
            unlock(failure);
        } else {
            onFailure(failure);
        }
    }

    private void keep(PessimisticLockCall call, int from, int to) {
        forUpdateTs = Math.max(forUpdateTs, call.conflictTs());
        for (int i = from; i < to; i++) {
            byte[] key = wishes.get(i).key();
            values.put(key, call.value(i - from));
            if (!options.onlyIfExists() || call.existed(i - from)) {
                locked.add(key);
                primary = primary == null ? key : primary;
            }
        }
    }

    /** Keys that this call may have locked: also those whose answer was lost, but none that was held before. */
    private List<byte[]> keys() {
        return wishes.stream()
                .filter(wish -> !wish.held())
                .map(PessimisticLockCall.Wish::key)
                .toList();
    }

    private void unlock(TikvException failure) {
        move(State.UNLOCK);
        LockRemoval.rollBackPessimistic(
                engine,
                startTs,
                forUpdateTs,
                keys(),
                deadlineNs,
                TxnEngine.promise(done -> failed(failure), other -> failed(failure)));
    }

    private void onFailure(TikvException failure) {
        engine.background()
                .run(
                        "unlocking",
                        done -> LockRemoval.rollBackPessimistic(
                                engine, startTs, forUpdateTs, keys(), LockRemoval.deadlineNs(), done));
        failed(failure);
    }

    private void failed(TikvException failure) {
        move(State.FAILED);
        promise.fail(failure);
    }
}
