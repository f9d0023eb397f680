package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.region.Store;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.txn.LockWaiting;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.codec.key.ForeignKeyException;
import io.tikvdirect.proto.deadlock.WaitForEntry;
import io.tikvdirect.proto.kvrpcpb.GetLockWaitInfoRequest;
import io.tikvdirect.proto.kvrpcpb.GetLockWaitInfoResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Thread-safe. Asks all stores who waits for whose pessimistic locks (PES-06). */
final class LockWaits {

    private final TxnEngine engine;
    private final Promise<List<LockWaiting>> promise;
    private final Queue<LockWaiting> found = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable TikvException> failure = new AtomicReference<>();
    private final AtomicInteger left = new AtomicInteger(1);

    LockWaits(TxnEngine engine, Promise<List<LockWaiting>> promise) {
        this.engine = engine;
        this.promise = promise;
    }

    void run(long deadlineNs) {
        var unused = engine.stores().refresh(deadlineNs).whenComplete((done, failed) -> {
            if (failed == null) {
                askAll(deadlineNs);
            } else {
                promise.fail(CallEngine.asOwn(failed));
            }
        });
    }

    private void askAll(long deadlineNs) {
        List<Store> stores = RangeDestruction.stores(engine);
        left.addAndGet(stores.size());
        for (Store store : stores) {
            engine.askStore(
                    OperationKind.GET_LOCK_WAIT_INFO,
                    store,
                    GetLockWaitInfoRequest.getDefaultInstance(),
                    GetLockWaitInfoResponse.parser(),
                    deadlineNs,
                    TxnEngine.promise(this::onAnswer, this::onFailure));
        }
        settle();
    }

    private void onAnswer(GetLockWaitInfoResponse answer) {
        answer.getEntriesList().forEach(this::note);
        settle();
    }

    /** Locks in other key spaces are nobody's business here. */
    private void note(WaitForEntry entry) {
        try {
            found.add(new LockWaiting(
                    new Timestamp(entry.getTxn()),
                    new Timestamp(entry.getWaitForTxn()),
                    engine.keySpace().userKey(entry.getKey().toByteArray()),
                    entry.getResourceGroupTag().toByteArray(),
                    Duration.ofMillis(entry.getWaitTime())));
        } catch (ForeignKeyException foreign) {
            return;
        }
    }

    private void onFailure(TikvException why) {
        failure.compareAndSet(null, why);
        settle();
    }

    private void settle() {
        if (left.decrementAndGet() > 0) {
            return;
        }
        TikvException why = failure.get();
        if (why != null) {
            promise.fail(why);
            return;
        }
        List<LockWaiting> all = new ArrayList<>(found);
        all.sort(Comparator.comparing(LockWaiting::waiter).thenComparing(LockWaiting::owner));
        promise.succeed(all);
    }
}
