package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.proto.kvrpcpb.ResolveLockRequest;
import io.tikvdirect.proto.kvrpcpb.ResolveLockResponse;
import io.tikvdirect.proto.kvrpcpb.TxnInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Removes locks of one region that are all too old to be respected, of however many transactions, with one
 * request to the region once the fate of each transaction is known (LCK-07). Pessimistic locks hold nothing and are rolled
 * back without asking.
 */
final class BulkResolution {

    private final TxnEngine engine;
    private final byte[] place;
    private final long deadlineNs;
    private final Promise<Boolean> promise;
    private final Map<Long, TxnStatus> fates = new ConcurrentHashMap<>();
    private final AtomicInteger left = new AtomicInteger(1);
    private final AtomicReference<@Nullable TikvException> failure = new AtomicReference<>();

    private BulkResolution(TxnEngine engine, byte[] place, long deadlineNs, Promise<Boolean> promise) {
        this.engine = engine;
        this.place = place;
        this.deadlineNs = deadlineNs;
        this.promise = promise;
    }

    /**
     * Removes locks.
     *
     * @param locks of one region, at least one
     * @param place user key in that region
     * @param promise told when they are gone, as far as that region still has them
     */
    static void run(TxnEngine engine, List<Lock> locks, byte[] place, long deadlineNs, Promise<Boolean> promise) {
        Map<Long, List<Lock>> pessimistic = new TreeMap<>();
        Map<Long, List<Lock>> written = new TreeMap<>();
        for (Lock lock : locks) {
            (lock.pessimistic() ? pessimistic : written)
                    .computeIfAbsent(lock.startTs(), start -> new ArrayList<>())
                    .add(lock);
        }
        BulkResolution resolution = new BulkResolution(engine, place, deadlineNs, promise);
        resolution.left.addAndGet(pessimistic.size() + written.size());
        pessimistic.forEach(resolution::unlock);
        written.forEach(resolution::decide);
        resolution.settle();
    }

    private void unlock(long startTs, List<Lock> locks) {
        long until = locks.stream().mapToLong(Lock::forUpdateTs).max().orElse(0);
        LockRemoval.rollBackPessimistic(
                engine,
                startTs,
                until == 0 ? Long.MAX_VALUE : until,
                locks.stream().map(Lock::key).toList(),
                deadlineNs,
                TxnEngine.promise(done -> settle(), this::onFailure));
    }

    private void decide(long startTs, List<Lock> locks) {
        engine.resolver()
                .decide(locks, deadlineNs, TxnEngine.promise(status -> onFate(startTs, status), this::onFailure));
    }

    private void onFate(long startTs, TxnStatus status) {
        if (status.isFinal()) {
            fates.put(startTs, status);
            settle();
        } else {
            onFailure(KeyErrors.nonsense("a transaction whose time is over was not rolled back"));
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
        } else if (fates.isEmpty()) {
            promise.succeed(true);
        } else {
            remove();
        }
    }

    private void remove() {
        ResolveLockRequest.Builder request = ResolveLockRequest.newBuilder();
        fates.forEach((startTs, status) ->
                request.addTxnInfos(TxnInfo.newBuilder().setTxn(startTs).setStatus(status.commitTs())));
        engine.ask(
                OperationKind.KV_RESOLVE_LOCK,
                place,
                request.build(),
                ResolveLockResponse.parser(),
                deadlineNs,
                TxnEngine.promise(this::onRemoved, promise::fail));
    }

    private void onRemoved(ResolveLockResponse answer) {
        if (answer.hasError()) {
            promise.fail(
                    engine.errors().of(answer.getError(), FailureDetails.of(OperationKind.KV_RESOLVE_LOCK.label())));
        } else {
            promise.succeed(true);
        }
    }
}
