package io.tikvdirect.client.internal.txn;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.codec.kv.KvCommitBodies;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.proto.kvrpcpb.FlushRequest;
import io.tikvdirect.proto.kvrpcpb.FlushResponse;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import java.util.ArrayList;
import java.util.List;

/**
 * Thread-safe like its superclass. Writes one generation of a pipelined transaction as locks (PIP-01). Sending a chunk twice
 * does no harm: a store knows the generation.
 */
final class FlushCall extends LockingCall {

    private final Mutations mutations;
    private final long startTs;
    private final byte[] terms;
    private final Promise<Boolean> promise;

    /**
     * A flush not begun.
     *
     * @param mutations what to write, at least one
     * @param terms of the transaction and this generation, without mutations
     * @param promise told when all is written
     */
    FlushCall(TxnEngine engine, Mutations mutations, FlushRequest terms, Promise<Boolean> promise) {
        super(engine, OperationKind.KV_FLUSH);
        this.startTs = terms.getStartTs();
        this.mutations = mutations;
        this.terms = terms.toByteArray();
        this.promise = promise;
    }

    @Override
    protected Yielding yielding() {
        return Yielding.toYounger(startTs);
    }

    void send(RequestContext context, long startNs, long deadlineNs) {
        send(mutations, context, startNs, deadlineNs, promise);
    }

    /** Mutations have the same place in the message as in that of a prewrite. */
    @Override
    protected void encode(Operation operation, int chunk) {
        KvCommitBodies bodies = txns.commitBodies();
        int size = terms.length;
        for (int i = plan.from(chunk); i < plan.to(chunk); i++) {
            size += mutations.size(bodies, plan.item(i));
        }
        ByteBuf body = operation.newBody(size);
        for (int i = plan.from(chunk); i < plan.to(chunk); i++) {
            mutations.write(bodies, body, plan.item(i));
        }
        body.writeBytes(terms);
    }

    @Override
    protected void onAnswer(Operation operation, int chunk, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        if (KvReaders.current().isRegionError(txns, operation, message, offset, length)) {
            return;
        }
        FlushResponse answer = ProtobufRequest.parse(FlushResponse.parser(), message, offset, length);
        operation.onDefiniteAnswer();
        List<Lock> locks = new ArrayList<>();
        for (KeyError error : answer.getErrorsList()) {
            if (!error.hasLocked()) {
                operation.fail(txns.errors().of(error, LockRemoval.details(operation)));
                return;
            }
            locks.addAll(Lock.of(error.getLocked(), txns.keySpace()));
        }
        if (locks.isEmpty()) {
            next(operation, chunk);
        } else {
            getPast(locks, operation, chunk);
        }
    }

    @Override
    protected void finish() {
        TikvException failure = failure();
        if (failure == null) {
            promise.succeed(true);
        } else {
            promise.fail(failure);
        }
    }
}
