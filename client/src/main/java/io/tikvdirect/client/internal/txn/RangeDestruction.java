package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.ServerException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.region.Store;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.proto.kvrpcpb.UnsafeDestroyRangeRequest;
import io.tikvdirect.proto.kvrpcpb.UnsafeDestroyRangeResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Thread-safe. Removes a range from all stores at once, past everything else (GC-04). */
final class RangeDestruction {

    /** How long each store gets (client-go: unsafeDestroyRangeTimeout). */
    static final long STORE_NS = TimeUnit.MINUTES.toNanos(5);

    private final TxnEngine engine;
    private final UnsafeDestroyRangeRequest request;
    private final Promise<Boolean> promise;
    private final AtomicInteger left = new AtomicInteger(1);
    private final Map<Long, TikvException> failures = new ConcurrentSkipListMap<>();

    RangeDestruction(TxnEngine engine, KeyRange range, Promise<Boolean> promise) {
        this.engine = engine;
        this.request = UnsafeDestroyRangeRequest.newBuilder()
                .setStartKey(engine.storeKey(range.start()))
                .setEndKey(engine.storeEnd(range.end()))
                .build();
        this.promise = promise;
    }

    void run(long deadlineNs) {
        var unused = engine.stores().refresh(deadlineNs).whenComplete((done, failure) -> {
            if (failure == null) {
                askAll(deadlineNs);
            } else {
                promise.fail(CallEngine.asOwn(failure));
            }
        });
    }

    private void askAll(long deadlineNs) {
        List<Store> stores = stores(engine);
        left.addAndGet(stores.size());
        for (Store store : stores) {
            engine.askStore(
                    OperationKind.UNSAFE_DESTROY_RANGE,
                    store,
                    request,
                    UnsafeDestroyRangeResponse.parser(),
                    deadlineNs,
                    TxnEngine.promise(answer -> onAnswer(store, answer), failure -> onFailure(store, failure)));
        }
        settle();
    }

    /** All stores that hold data of regions: not those of TiFlash. */
    static List<Store> stores(TxnEngine engine) {
        List<Store> stores = new ArrayList<>();
        for (Store store : engine.stores().all()) {
            Store.Description known = store.description();
            boolean isTiFlash = known != null && "tiflash".equals(known.labels().get("engine"));
            if (store.isResolved() && !isTiFlash) {
                stores.add(store);
            }
        }
        return stores;
    }

    private void onAnswer(Store store, UnsafeDestroyRangeResponse answer) {
        String error = answer.hasRegionError() ? answer.getRegionError().getMessage() : answer.getError();
        if (error.isEmpty()) {
            settle();
        } else {
            onFailure(
                    store,
                    new ServerException(
                            ErrorCode.SERVER_ERROR,
                            "the store refused to destroy the range: " + error,
                            FailureDetails.of(OperationKind.UNSAFE_DESTROY_RANGE.label())
                                    .store(store.id(), String.valueOf(store.address()))
                                    .lastServerError(error)
                                    .build(),
                            null));
        }
    }

    private void onFailure(Store store, TikvException failure) {
        failures.put(store.id(), failure);
        settle();
    }

    private void settle() {
        if (left.decrementAndGet() > 0) {
            return;
        }
        if (failures.isEmpty()) {
            promise.succeed(true);
            return;
        }
        ServerException all = new ServerException(
                ErrorCode.SERVER_ERROR,
                "the range was not destroyed on stores " + failures.keySet() + "; it is safe to do it again",
                FailureDetails.of(OperationKind.UNSAFE_DESTROY_RANGE.label()).build(),
                failures.values().iterator().next());
        failures.values().stream().skip(1).forEach(all::addSuppressed);
        promise.fail(all);
    }
}
