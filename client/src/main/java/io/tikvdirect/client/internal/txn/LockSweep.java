package io.tikvdirect.client.internal.txn;

import com.google.protobuf.MessageLite;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.backoff.Backoffer;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.codec.key.ForeignKeyException;
import io.tikvdirect.proto.kvrpcpb.LockInfo;
import io.tikvdirect.proto.kvrpcpb.ScanLockRequest;
import io.tikvdirect.proto.kvrpcpb.ScanLockResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time. Removes all locks of a range that are not younger than a timestamp, region by region
 * (GC-01). A part of the range is done when a store has found no such lock in it; so it does not matter that regions split
 * or move while their locks are removed.
 *
 * <pre>
 * state    event                                        next state
 * -------  -------------------------------------------  ----------------
 * SCAN     no lock in this part of the range            SCAN, the rest
 * SCAN     no lock in the last part                     DONE
 * SCAN     locks                                        RESOLVE
 * SCAN     locks where some were removed just before    RESOLVE, after a pause
 * SCAN     failed                                       DONE: failed
 * RESOLVE  removed                                      SCAN, the same part
 * RESOLVE  failed                                       DONE: failed
 * </pre>
 */
final class LockSweep {

    /** Where a sweep is. */
    enum State {
        SCAN,
        RESOLVE,
        DONE
    }

    /** Locks asked for at once (client-go: GCScanLockLimit). */
    static final int SCAN_LIMIT = 1_024;

    /** Pauses of one sweep in all (client-go: gcResolveLockMaxBackoff). */
    private static final long PAUSES_NS = TimeUnit.SECONDS.toNanos(100);

    private final TxnEngine engine;
    private final long maxTs;
    private final long deadlineNs;
    private final Promise<Long> promise;
    private KeyRange range;
    private State state = State.SCAN;
    private boolean hasRemoved;
    private long regions;
    private @Nullable Backoffer backoffer;

    /**
     * A sweep not begun.
     *
     * @param range of user keys, not empty
     * @param maxTs start timestamp of the youngest locks to remove
     * @param promise told in how many regions there is no lock left
     */
    LockSweep(TxnEngine engine, KeyRange range, long maxTs, long deadlineNs, Promise<Long> promise) {
        this.engine = engine;
        this.range = range;
        this.maxTs = maxTs;
        this.deadlineNs = deadlineNs;
        this.promise = promise;
    }

    private void move(State next) {
        engine.trace().moved(state, next);
        state = next;
    }

    void scan() {
        RangeRequest.send(
                engine,
                OperationKind.KV_SCAN_LOCK,
                range,
                this::request,
                ScanLockResponse.parser(),
                deadlineNs,
                TxnEngine.promise(this::onScanned, this::fail));
    }

    private MessageLite request(KeyRange part) {
        return ScanLockRequest.newBuilder()
                .setMaxVersion(maxTs)
                .setStartKey(engine.storeKey(part.start()))
                .setEndKey(engine.storeEnd(part.end()))
                .setLimit(SCAN_LIMIT)
                .build();
    }

    private void onScanned(RangeRequest.Answer<ScanLockResponse> answer) {
        ScanLockResponse found = answer.message();
        if (found.hasError()) {
            fail(engine.errors().of(found.getError(), FailureDetails.of(OperationKind.KV_SCAN_LOCK.label())));
        } else if (found.getLocksCount() == 0) {
            onClean(answer.part());
        } else {
            onLocks(found.getLocksList());
        }
    }

    private void onClean(KeyRange part) {
        regions++;
        hasRemoved = false;
        KeyRange rest = RangeRequest.behind(part, range);
        if (rest == null) {
            move(State.DONE);
            promise.succeed(regions);
        } else {
            range = rest;
            move(State.SCAN);
            scan();
        }
    }

    private void onLocks(List<LockInfo> found) {
        List<Lock> locks = new ArrayList<>(found.size());
        try {
            for (LockInfo lock : found) {
                locks.addAll(Lock.of(lock, engine.keySpace()));
            }
        } catch (ForeignKeyException foreign) {
            fail(KeyErrors.nonsense("a lock with a key of another key space"));
            return;
        }
        move(State.RESOLVE);
        if (found.size() < SCAN_LIMIT && hasRemoved) {
            pause(locks);
        } else {
            resolve(locks);
        }
    }

    private void pause(List<Lock> locks) {
        Backoffer present = backoffer;
        if (present == null) {
            present = new Backoffer(PAUSES_NS, deadlineNs, ThreadLocalRandom.current());
            backoffer = present;
        }
        long delayNs = present.nextDelayNs(
                BackoffKind.TXN_LOCK, System.nanoTime(), locks.get(0).toString());
        if (delayNs == Backoffer.GIVE_UP) {
            fail(engine.errors()
                    .locked(
                            engine.storeKey(locks.get(0).key()),
                            locks.get(0).startTs(),
                            FailureDetails.of(OperationKind.KV_SCAN_LOCK.label())));
        } else {
            engine.pauses().after(delayNs, () -> resolve(locks), this::fail);
        }
    }

    private void resolve(List<Lock> locks) {
        BulkResolution.run(
                engine, locks, locks.get(0).key(), deadlineNs, TxnEngine.promise(done -> onRemoved(), this::fail));
    }

    private void onRemoved() {
        hasRemoved = true;
        move(State.SCAN);
        scan();
    }

    private void fail(TikvException failure) {
        move(State.DONE);
        promise.fail(failure);
    }
}
