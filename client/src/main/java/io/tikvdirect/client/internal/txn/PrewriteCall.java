package io.tikvdirect.client.internal.txn;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.KvCommitBodies;
import io.tikvdirect.codec.kv.KvPrewriteResponseReader;
import io.tikvdirect.codec.kv.PrewriteTerms;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.PrewriteResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe like its superclass. The first phase of a commit: locks all keys and stores their values (TXN-02).
 */
final class PrewriteCall extends LockingCall {

    private static final AtomicLongFieldUpdater<PrewriteCall> MIN_COMMIT_TS =
            AtomicLongFieldUpdater.newUpdater(PrewriteCall.class, "minCommitTs");

    private final Promise<PrewriteCall> promise;
    private @Nullable PrewriteTerms terms;
    private List<byte[]> secondaries = List.of();
    private boolean pessimistic;
    private boolean failAtLocks;
    private volatile long minCommitTs;
    private volatile long onePcCommitTs;
    private volatile boolean asyncRefused;
    private volatile boolean onePhase;

    /**
     * A phase not begun.
     *
     * @param promise told when every chunk is done; what came of it is in this object
     */
    PrewriteCall(TxnEngine engine, Promise<PrewriteCall> promise) {
        super(engine, OperationKind.KV_PREWRITE);
        this.promise = promise;
    }

    /**
     * Begins.
     *
     * @param mutations what to write
     * @param newTerms of the transaction
     * @param newSecondaries all locked keys but the primary, for an async commit
     * @param isPessimistic whether the transaction is
     * @param isFailingAtLocks whether any lock of another ends it
     */
    void send(
            Mutations mutations,
            PrewriteTerms newTerms,
            List<byte[]> newSecondaries,
            boolean isPessimistic,
            boolean isFailingAtLocks,
            RequestContext context,
            long startNs,
            long deadlineNs) {
        terms = newTerms;
        secondaries = newSecondaries;
        pessimistic = isPessimistic;
        failAtLocks = isFailingAtLocks;
        minCommitTs = 0;
        onePcCommitTs = 0;
        asyncRefused = false;
        onePhase = newTerms.onePhase();
        send(mutations, context, startNs, deadlineNs, promise);
    }

    private PrewriteTerms terms() {
        return Objects.requireNonNull(terms, "the call has not begun");
    }

    @Override
    protected Yielding yielding() {
        return new Yielding(terms().startVersion(), pessimistic, failAtLocks);
    }

    @Override
    protected void onPlanned(int count) {
        super.onPlanned(count);
        if (count > 1) {
            onePhase = false;
        }
    }

    @Override
    protected void onSplit(int parts) {
        onePhase = false;
    }

    @Override
    protected void encode(Operation operation, int chunk) {
        KvCommitBodies bodies = txns.commitBodies();
        PrewriteTerms all = terms();
        Mutations mutations = mutations();
        int from = plan.from(chunk);
        int count = plan.to(chunk) - from;
        boolean withSecondaries = all.asyncCommit() && hasPrimary(chunk);
        PrewriteTerms sent = onePhase == all.onePhase() ? all : withoutOnePhase(all);
        boolean withActions = all.forUpdateTs() != 0;
        int size = bodies.termsSize(sent, count) + (withActions ? bodies.pessimisticActionsSize(count) : 0);
        for (int i = 0; i < count; i++) {
            size += mutations.size(bodies, plan.item(from + i));
        }
        for (int i = 0; withSecondaries && i < secondaries.size(); i++) {
            size += bodies.secondarySize(secondaries.get(i).length);
        }
        ByteBuf body = operation.newBody(size);
        byte[] actions = withActions ? new byte[count] : Bytes.EMPTY;
        for (int i = 0; i < count; i++) {
            mutations.write(bodies, body, plan.item(from + i));
            if (withActions) {
                actions[i] = mutations.action(plan.item(from + i));
            }
        }
        bodies.writePessimisticActions(body, actions, actions.length);
        for (int i = 0; withSecondaries && i < secondaries.size(); i++) {
            bodies.writeSecondary(body, secondaries.get(i));
        }
        bodies.writeTerms(body, sent, count);
    }

    private static PrewriteTerms withoutOnePhase(PrewriteTerms terms) {
        return new PrewriteTerms(
                terms.primary(),
                terms.startVersion(),
                terms.lockTtlMs(),
                terms.forUpdateTs(),
                terms.minCommitTs(),
                terms.asyncCommit(),
                false,
                terms.maxCommitTs(),
                terms.assertionLevel());
    }

    private boolean hasPrimary(int chunk) {
        for (int i = plan.from(chunk); i < plan.to(chunk); i++) {
            if (Arrays.equals(mutations().key(plan.item(i)), terms().primary())) {
                return true;
            }
        }
        return false;
    }

    @Override
    protected void onAnswer(Operation operation, int chunk, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        KvPrewriteResponseReader answer = KvReaders.current().prewrite.wrap(message, offset, length);
        if (KvReaders.isRegionError(txns, operation, answer)) {
            return;
        }
        if (answer.hasKeyError()) {
            onKeyErrors(operation, chunk, ProtobufRequest.parse(PrewriteResponse.parser(), message, offset, length));
            return;
        }
        MIN_COMMIT_TS.accumulateAndGet(this, answer.minCommitTs(), (a, b) -> Long.compareUnsigned(a, b) > 0 ? a : b);
        if (answer.onePcCommitTs() != 0) {
            onePcCommitTs = answer.onePcCommitTs();
        } else if (answer.minCommitTs() == 0) {
            asyncRefused = true;
        }
        next(operation, chunk);
    }

    private void onKeyErrors(Operation operation, int chunk, PrewriteResponse answer) throws MalformedMessageException {
        List<Lock> locks = new ArrayList<>();
        KeyError refused = null;
        for (KeyError error : answer.getErrorsList()) {
            if (error.hasLocked()) {
                locks.addAll(Lock.of(error.getLocked(), txns.keySpace()));
            } else if (refused == null || refused.hasAssertionFailed()) {
                // a failed assertion may only be a consequence of the conflict
                refused = error;
            }
        }
        if (refused != null) {
            operation.onDefiniteAnswer();
            operation.fail(txns.errors().of(refused, LockRemoval.details(operation)));
        } else {
            operation.onAttemptRefused(); // the lock of another may have come after an attempt that did it all
            getPast(locks, operation, chunk);
        }
    }

    @Override
    protected void finish() {
        promise.succeed(this);
    }

    /** When the transaction was committed by this phase alone; 0 when it was not. */
    long onePcCommitTs() {
        return onePcCommitTs;
    }

    /** When an async commit is committed; 0 when a store does not take part, which makes it an ordinary commit. */
    long asyncCommitTs() {
        return terms().asyncCommit() && !asyncRefused ? minCommitTs : 0;
    }
}
