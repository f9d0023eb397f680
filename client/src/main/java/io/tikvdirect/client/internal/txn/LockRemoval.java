package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.PessimisticRollbackRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticRollbackResponse;
import io.tikvdirect.proto.kvrpcpb.ResolveLockRequest;
import io.tikvdirect.proto.kvrpcpb.ResolveLockResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time. Removes the locks of one transaction whose fate is known (LCK-03): key by key, or all of
 * a region when the transaction has many there; pessimistic locks by their own request. A request for one key or for a
 * region is shared by all who want the same ({@link SharedRemovals}).
 */
final class LockRemoval {

    /** From so many keys of a transaction on, whole regions are cleaned (client-go: ResolveLockLiteThreshold). */
    static final int WHOLE_REGION_KEYS = 512;

    private static final long DEADLINE_S = 40;

    private final TxnEngine engine;
    private final List<Lock> locks;
    private final List<byte[]> asyncCommitKeys;
    private final TxnStatus status;
    private final long startTs;

    /**
     * A removal not begun.
     *
     * @param locks that were met, of one transaction
     * @param asyncCommitKeys all keys of the transaction, where it is an async commit whose client is gone
     * @param status what became of the transaction
     */
    LockRemoval(TxnEngine engine, List<Lock> locks, List<byte[]> asyncCommitKeys, TxnStatus status) {
        this.engine = engine;
        this.locks = locks;
        this.asyncCommitKeys = asyncCommitKeys;
        this.status = status;
        this.startTs = locks.get(0).startTs();
    }

    /** A deadline for a removal that nobody waits for. */
    static long deadlineNs() {
        return TxnEngine.backgroundDeadlineNs(DEADLINE_S);
    }

    void run(long deadlineNs, Promise<Boolean> promise) {
        List<byte[]> pessimistic = new ArrayList<>();
        List<byte[]> single = new ArrayList<>(asyncCommitKeys);
        @Nullable Lock large = null;
        long forUpdateTs = 0;
        for (Lock lock : locks) {
            if (lock.pessimistic()) {
                pessimistic.add(lock.key());
                forUpdateTs = Math.max(forUpdateTs, lock.forUpdateTs());
            } else if (status.isFinal() && asyncCommitKeys.isEmpty()) {
                single.add(lock.key());
                large = lock.txnSize() >= WHOLE_REGION_KEYS ? lock : large;
            }
        }
        Lock region = large;
        Promise<Boolean> released =
                TxnEngine.promise(done -> resolve(region, single, deadlineNs, promise), promise::fail);
        if (forUpdateTs == 0) {
            rollBackPessimistic(engine, startTs, Long.MAX_VALUE, pessimistic, deadlineNs, released);
        } else {
            release(pessimistic, List.of(), forUpdateTs, deadlineNs, released);
        }
    }

    /**
     * Removes pessimistic locks: at once in each region, or by their keys where that was done before. Locks that the transaction has
     * taken later than those that were met stay, and so do those that name another primary when this one has moved.
     */
    private void release(
            List<byte[]> keys, List<byte[]> alone, long forUpdateTs, long deadlineNs, Promise<Boolean> promise) {
        if (keys.isEmpty()) {
            rollBackPessimistic(engine, startTs, forUpdateTs, alone, deadlineNs, promise);
            return;
        }
        Region region = engine.regions().locate(keys.get(0));
        List<byte[]> here = new ArrayList<>();
        List<byte[]> elsewhere = new ArrayList<>();
        for (byte[] key : keys) {
            (region == null || region.contains(key) ? here : elsewhere).add(key);
        }
        if (region != null
                && goAtOnce(here)
                && engine.resolver().cleanedRegions().add(startTs, region)) {
            releaseRegion(
                    here.get(0),
                    forUpdateTs,
                    deadlineNs,
                    TxnEngine.promise(
                            done -> release(elsewhere, alone, forUpdateTs, deadlineNs, promise), promise::fail));
        } else {
            here.addAll(alone);
            release(elsewhere, here, forUpdateTs, deadlineNs, promise);
        }
    }

    /** Finding out about the transaction has removed its primary lock already. */
    private boolean goAtOnce(List<byte[]> keys) {
        boolean isPrimary =
                keys.size() == 1 && Arrays.equals(keys.get(0), locks.get(0).primary());
        return !isPrimary && status.fate() != TxnStatus.Fate.PRIMARY_MOVED;
    }

    private void releaseRegion(byte[] key, long forUpdateTs, long deadlineNs, Promise<Boolean> promise) {
        PessimisticRollbackRequest all = PessimisticRollbackRequest.newBuilder()
                .setStartVersion(startTs)
                .setForUpdateTs(forUpdateTs)
                .build();
        engine.ask(
                OperationKind.KV_PESSIMISTIC_ROLLBACK,
                key,
                all,
                PessimisticRollbackResponse.parser(),
                deadlineNs,
                TxnEngine.promise(
                        answer -> end(
                                answer.getErrorsCount() == 0 ? null : answer.getErrors(0),
                                OperationKind.KV_PESSIMISTIC_ROLLBACK,
                                promise),
                        promise::fail));
    }

    private void end(@Nullable KeyError error, OperationKind kind, Promise<Boolean> promise) {
        if (error == null) {
            promise.succeed(true);
        } else {
            promise.fail(engine.errors().of(error, FailureDetails.of(kind.label())));
        }
    }

    /** Removes pessimistic locks. */
    static void rollBackPessimistic(
            TxnEngine engine,
            long startTs,
            long forUpdateTs,
            List<byte[]> keys,
            long deadlineNs,
            Promise<Boolean> promise) {
        KeyGroupCall.send(
                engine,
                OperationKind.KV_PESSIMISTIC_ROLLBACK,
                keys,
                part -> {
                    PessimisticRollbackRequest.Builder request = PessimisticRollbackRequest.newBuilder()
                            .setStartVersion(startTs)
                            .setForUpdateTs(forUpdateTs);
                    part.forEach(key -> request.addKeys(engine.storeKey(key)));
                    return request.build();
                },
                PessimisticRollbackResponse.parser(),
                (answer, part, operation) -> answer.getErrorsCount() == 0
                        ? null
                        : engine.errors().of(answer.getErrors(0), details(operation)),
                deadlineNs,
                promise);
    }

    static FailureDetails.Builder details(Operation operation) {
        return operation.details(System.nanoTime());
    }

    private void resolve(@Nullable Lock large, List<byte[]> keys, long deadlineNs, Promise<Boolean> promise) {
        if (large != null) {
            resolveRegion(large, keys, deadlineNs, promise);
            return;
        }
        if (keys.size() == 1) {
            SharedRemovals.Target target = SharedRemovals.Target.ofKey(startTs, status.commitTs(), keys.get(0));
            engine.resolver()
                    .removals()
                    .join(target, deadlineNs, promise, removed -> send(keys, deadlineNs(), removed));
        } else {
            send(keys, deadlineNs, promise);
        }
    }

    private void send(List<byte[]> keys, long deadlineNs, Promise<Boolean> promise) {
        KeyGroupCall.send(
                engine,
                OperationKind.KV_RESOLVE_LOCK,
                keys,
                part -> {
                    ResolveLockRequest.Builder request = request();
                    part.forEach(key -> request.addKeys(engine.storeKey(key)));
                    return request.build();
                },
                ResolveLockResponse.parser(),
                (answer, part, operation) -> failure(answer, details(operation)),
                deadlineNs,
                promise);
    }

    private ResolveLockRequest.Builder request() {
        return ResolveLockRequest.newBuilder().setStartVersion(startTs).setCommitVersion(status.commitTs());
    }

    private @Nullable TikvException failure(ResolveLockResponse answer, FailureDetails.Builder details) {
        return answer.hasError() ? engine.errors().of(answer.getError(), details) : null;
    }

    /** Cleans the whole region of a lock, then the keys elsewhere. What a split leaves over is met and removed again. */
    private void resolveRegion(Lock large, List<byte[]> keys, long deadlineNs, Promise<Boolean> promise) {
        Region region = engine.regions().locate(large.key());
        if (region == null) {
            Promise<Boolean> cleaned =
                    TxnEngine.promise(removed -> resolve(null, keys, deadlineNs, promise), promise::fail);
            sendRegion(large, deadlineNs, cleaned);
            return;
        }
        List<byte[]> elsewhere =
                keys.stream().filter(key -> !region.contains(key)).toList();
        engine.resolver()
                .removals()
                .join(
                        SharedRemovals.Target.ofRegion(startTs, status.commitTs(), region),
                        deadlineNs,
                        TxnEngine.promise(removed -> resolve(null, elsewhere, deadlineNs, promise), promise::fail),
                        removed -> sendRegion(large, deadlineNs(), removed));
    }

    private void sendRegion(Lock large, long deadlineNs, Promise<Boolean> promise) {
        engine.ask(
                OperationKind.KV_RESOLVE_LOCK,
                large.key(),
                request().build(),
                ResolveLockResponse.parser(),
                deadlineNs,
                TxnEngine.promise(
                        answer -> end(
                                answer.hasError() ? answer.getError() : null, OperationKind.KV_RESOLVE_LOCK, promise),
                        promise::fail));
    }
}
