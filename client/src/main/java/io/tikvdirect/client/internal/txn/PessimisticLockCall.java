package io.tikvdirect.client.internal.txn;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.call.ChunkedCall;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;
import io.tikvdirect.proto.kvrpcpb.Assertion;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.LockInfo;
import io.tikvdirect.proto.kvrpcpb.Mutation;
import io.tikvdirect.proto.kvrpcpb.Op;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockKeyResult;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockResponse;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockWakeUpMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe like its superclass. Locks keys for a pessimistic transaction at one for-update timestamp (PES-01). The store
 * keeps a request that has to wait for another transaction; when it gives up waiting, the lock in the way is resolved if
 * its time is over, and the request goes again, until the time to wait is over.
 */
final class PessimisticLockCall extends ChunkedCall {

    /** A lock whose owner was heard of so recently is not asked about (PES-06, client-go: skipResolveThresholdMs). */
    static final long FRESH_LOCK_MS = 300;

    /** How long a store is asked to wait at a time; its own limit is one second, unless configured otherwise. */
    private static final long LONGEST_WAIT_MS = 1_000;

    private static final long PAUSE_MS = 10;

    /** What one attempt asks for. */
    @SuppressWarnings("ArrayRecordComponent") // never compared or hashed
    record Terms(
            byte[] primary,
            long startTs,
            long startNs,
            long forUpdateTs,
            boolean firstLock,
            LockOptions options,
            long waitUntilNs,
            RequestContext context) {}

    /** A key to lock; one that is held already is only read. */
    @SuppressWarnings("ArrayRecordComponent") // never compared or hashed
    record Wish(byte[] key, boolean mustNotExist, boolean held) {}

    private final TxnEngine txns;
    private final List<Wish> wishes;
    private final Terms terms;
    private final Promise<PessimisticLockCall> promise;
    private final @Nullable Object[] values;
    private final boolean[] exists;
    private final Map<Integer, LockWait> lockWaits = new ConcurrentHashMap<>();
    private volatile @Nullable KeyError refusal;
    private volatile long conflictTs;

    PessimisticLockCall(TxnEngine engine, List<Wish> wishes, Terms terms, Promise<PessimisticLockCall> promise) {
        super(engine, Integer.MAX_VALUE, TxnEngine.WRITE_CHUNK_BYTES);
        this.txns = engine;
        this.wishes = wishes;
        this.terms = terms;
        this.promise = promise;
        this.values = new Object[wishes.size()];
        this.exists = new boolean[wishes.size()];
    }

    void send(long callNs, long deadlineNs) {
        List<byte[]> keys = wishes.stream().map(Wish::key).toList();
        watch(terms.context().watch());
        int bytes = wishes.size() == 1 ? 0 : TxnEngine.WRITE_CHUNK_BYTES;
        txns.whenFree(
                txns.pool(),
                promise,
                bytes,
                deadlineNs,
                operation -> start(
                        operation,
                        OperationKind.KV_PESSIMISTIC_LOCK,
                        true,
                        terms.context().encoded(),
                        new KeyGroupCall.Keys(keys),
                        callNs,
                        deadlineNs));
    }

    @Override
    protected boolean stopsAtFailure() {
        return true;
    }

    @Override
    protected void encode(Operation operation, int chunk) {
        PessimisticLockRequest.Builder request = PessimisticLockRequest.newBuilder()
                .setPrimaryLock(txns.storeKey(terms.primary()))
                .setStartVersion(terms.startTs())
                .setLockTtl(txns.rules().ageMs(terms.startNs()) + Heartbeat.LIFE_MS)
                .setForUpdateTs(terms.forUpdateTs())
                .setIsFirstLock(terms.firstLock())
                .setWaitTimeout(waitMs())
                .setReturnValues(terms.options().returnValues())
                .setCheckExistence(terms.options().onlyIfExists())
                .setLockOnlyIfExists(terms.options().onlyIfExists())
                .setMinCommitTs(terms.forUpdateTs() + 1)
                .setWakeUpMode(
                        isFair()
                                ? PessimisticLockWakeUpMode.WakeUpModeForceLock
                                : PessimisticLockWakeUpMode.WakeUpModeNormal);
        for (int i = plan.from(chunk); i < plan.to(chunk); i++) {
            Wish wish = wishes.get(plan.item(i));
            request.addMutations(Mutation.newBuilder()
                    .setOp(terms.options().shared() ? Op.SharedPessimisticLock : Op.PessimisticLock)
                    .setKey(txns.storeKey(wish.key()))
                    .setAssertion(wish.mustNotExist() ? Assertion.NotExist : Assertion.None));
        }
        byte[] bytes = request.build().toByteArray();
        operation.newBody(bytes.length).writeBytes(bytes);
    }

    /** Stores take one key at a time in turn. */
    private boolean isFair() {
        return terms.options().fair() && wishes.size() == 1;
    }

    /** As stores want it: milliseconds, and less than 0 for not waiting at all. */
    private long waitMs() {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(terms.waitUntilNs() - System.nanoTime());
        return terms.options().isNoWait() || leftMs <= 0 ? -1 : Math.min(leftMs, LONGEST_WAIT_MS);
    }

    @Override
    protected void onAnswer(Operation operation, int chunk, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        if (KvReaders.current().isRegionError(txns, operation, message, offset, length)) {
            return;
        }
        PessimisticLockResponse answer =
                ProtobufRequest.parse(PessimisticLockResponse.parser(), message, offset, length);
        if (answer.getErrorsCount() > 0) {
            onErrors(operation, chunk, answer);
            return;
        }
        if (isFair()) {
            keepInTurn(answer);
        } else {
            keep(chunk, answer);
        }
        next(operation, chunk);
    }

    private void keep(int chunk, PessimisticLockResponse answer) throws MalformedMessageException {
        int count = plan.to(chunk) - plan.from(chunk);
        boolean toldExistence = answer.getNotFoundsCount() > 0 || answer.getValuesCount() > 0;
        boolean asked = terms.options().returnValues() || terms.options().onlyIfExists();
        if (asked && answer.getNotFoundsCount() != count) {
            throw new MalformedMessageException(Reason.INCONSISTENT, "keys were locked without their values");
        }
        for (int i = 0; i < count && toldExistence; i++) {
            int item = plan.item(plan.from(chunk) + i);
            exists[item] = !answer.getNotFounds(i);
            if (exists[item] && terms.options().returnValues()) {
                ByteString value = answer.getValues(i);
                values[item] = value.toByteArray();
            }
        }
    }

    /** A lock may be granted over a version newer than asked for; then its value is that one's. */
    private void keepInTurn(PessimisticLockResponse answer) throws MalformedMessageException {
        if (answer.getResultsCount() != 1) {
            throw new MalformedMessageException(Reason.INCONSISTENT, "a key was locked in turn without a result");
        }
        PessimisticLockKeyResult result = answer.getResults(0);
        exists[0] = result.getExistence();
        if (exists[0] && terms.options().returnValues()) {
            values[0] = result.getValue().toByteArray();
        }
        conflictTs = result.getLockedWithConflictTs();
    }

    private void onErrors(Operation operation, int chunk, PessimisticLockResponse answer)
            throws MalformedMessageException {
        List<Lock> locks = new ArrayList<>();
        LockInfo blocking = LockInfo.getDefaultInstance();
        for (KeyError error : answer.getErrorsList()) {
            if (!error.hasLocked()) {
                operation.onDefiniteAnswer();
                refusal = error;
                operation.fail(txns.errors().of(error, LockRemoval.details(operation)));
                return;
            }
            blocking = error.getLocked();
            long silentMs = blocking.getDurationToLastUpdateMs();
            if (silentMs == 0 || silentMs >= FRESH_LOCK_MS) {
                locks.addAll(Lock.of(blocking, txns.keySpace()));
            }
        }
        operation.onDefiniteAnswer();
        LockInfo last = blocking;
        Runnable retry = () -> again(operation, chunk, last);
        if (locks.isEmpty() && terms.options().isNoWait()) {
            operation.fail(txns.errors().locked(last.getKey(), last.getLockVersion(), LockRemoval.details(operation)));
        } else if (locks.isEmpty()) {
            txns.pauses().after(TimeUnit.MILLISECONDS.toNanos(PAUSE_MS), retry, operation::fail);
        } else {
            lockWaits
                    .computeIfAbsent(
                            chunk,
                            unused -> new LockWait(
                                    txns,
                                    OperationKind.KV_PESSIMISTIC_LOCK,
                                    BackoffKind.TXN_LOCK_FAST,
                                    operation.deadlineNs(),
                                    terms.waitUntilNs(),
                                    watch()))
                    .forLock(locks, terms.options().isNoWait(), retry, operation::fail);
        }
    }

    private void again(Operation operation, int chunk, LockInfo blocking) {
        KeyError refused = refusal;
        boolean overdue = System.nanoTime() - terms.waitUntilNs() >= 0;
        if (refused != null || overdue) {
            operation.fail(
                    txns.errors().locked(blocking.getKey(), blocking.getLockVersion(), LockRemoval.details(operation)));
            return;
        }
        encode(operation, chunk);
        onRoute(operation);
    }

    @Override
    protected void finish() {
        promise.succeed(this);
    }

    /** Why a key was not locked, or null when all were. */
    @Nullable
    TikvException failure() {
        return hasFailed() ? failures().get(0) : null;
    }

    /** What a store said when it refused to lock. */
    @Nullable
    KeyError refusal() {
        return refusal;
    }

    /** Commit timestamp of the version over which the lock was granted in turn; 0 for none newer than asked for. */
    long conflictTs() {
        return conflictTs;
    }

    /** The value of a locked key at the for-update timestamp; null when it has none, or was not asked for. */
    byte @Nullable [] value(int wish) {
        return (byte[]) values[wish];
    }

    /** Whether a key was there; only when values or locking of existing keys only were asked for. */
    boolean existed(int wish) {
        return exists[wish];
    }
}
