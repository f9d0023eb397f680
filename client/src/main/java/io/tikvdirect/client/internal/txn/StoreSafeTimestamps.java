package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.region.Store;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.proto.kvrpcpb.StoreSafeTSRequest;
import io.tikvdirect.proto.kvrpcpb.StoreSafeTSResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Thread-safe. Up to which timestamp every store serves stale reads by itself (TSO-07). Nothing runs while nobody asks:
 * what stores have said is kept for two seconds, and asked for anew when it is older; whoever asks meanwhile shares the
 * round. What a store has said once holds for good, so the least of all only grows.
 *
 * <p>client-go asks PD's HTTP interface first, which is one request in the place of one per store; this client speaks gRPC
 * only. And it publishes a round's outcome one round late, which is not copied.
 */
final class StoreSafeTimestamps {

    /** How old an answer may be (client-go: safeTSUpdateInterval). */
    static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(2);

    /** A store that has not answered by then is unknown in this round. */
    private static final long ANSWER_NS = TimeUnit.SECONDS.toNanos(2);

    private final TxnEngine engine;
    private final ReentrantLock guard = new ReentrantLock();
    private final Map<Long, Long> heard = new ConcurrentHashMap<>();
    private List<Runnable> waiting = new ArrayList<>();
    private boolean asking;
    private boolean asked;
    private long askedNs;

    StoreSafeTimestamps(TxnEngine engine) {
        this.engine = engine;
    }

    /**
     * The least safe timestamp of stores.
     *
     * @param labels which those stores have; none: all stores
     * @param deadlineNs when to give up
     * @param promise gets it; 0 when a store has never said anything
     */
    void least(Map<String, String> labels, long deadlineNs, Promise<Long> promise) {
        boolean isFresh;
        boolean begins;
        guard.lock();
        try {
            isFresh = asked && System.nanoTime() - askedNs <= INTERVAL_NS;
            begins = !isFresh && !asking;
            if (!isFresh) {
                waiting.add(() -> promise.succeed(least(labels)));
                asking = true;
            }
        } finally {
            guard.unlock();
        }
        if (isFresh) {
            promise.succeed(least(labels));
        } else if (begins) {
            ask(System.nanoTime(), deadlineNs);
        }
    }

    private long least(Map<String, String> labels) {
        long least = -1;
        for (Store store : RangeDestruction.stores(engine)) {
            Store.Description known = store.description();
            if (known != null && known.labels().entrySet().containsAll(labels.entrySet())) {
                long safe = heard.getOrDefault(store.id(), 0L);
                least = Long.compareUnsigned(safe, least) < 0 ? safe : least;
            }
        }
        return least == -1 ? 0 : least;
    }

    private void ask(long nowNs, long deadlineNs) {
        var unused = engine.stores().refresh(deadlineNs).whenComplete((done, failure) -> {
            // without PD, the stores that are known are asked
            askAll(nowNs, Math.min(deadlineNs, System.nanoTime() + ANSWER_NS));
        });
    }

    private void askAll(long nowNs, long deadlineNs) {
        List<Store> stores = RangeDestruction.stores(engine);
        AtomicInteger left = new AtomicInteger(stores.size() + 1);
        for (Store store : stores) {
            engine.askStore(
                    OperationKind.GET_STORE_SAFE_TS,
                    store,
                    StoreSafeTSRequest.getDefaultInstance(),
                    StoreSafeTSResponse.parser(),
                    deadlineNs,
                    TxnEngine.promise(
                            answer -> {
                                heard.merge(store.id(), answer.getSafeTs(), StoreSafeTimestamps::later);
                                settle(left, nowNs);
                            },
                            failure -> settle(left, nowNs)));
        }
        settle(left, nowNs);
    }

    private static long later(long one, long other) {
        return Long.compareUnsigned(one, other) < 0 ? other : one;
    }

    private void settle(AtomicInteger left, long nowNs) {
        if (left.decrementAndGet() > 0) {
            return;
        }
        List<Runnable> told;
        guard.lock();
        try {
            told = waiting;
            waiting = new ArrayList<>();
            asking = false;
            asked = true;
            askedNs = nowNs;
        } finally {
            guard.unlock();
        }
        told.forEach(Runnable::run);
    }
}
