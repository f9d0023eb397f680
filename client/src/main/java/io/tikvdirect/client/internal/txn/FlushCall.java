package io.tikvdirect.client.internal.txn;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.call.ChunkedCall;
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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe like its superclass. Writes one generation of a pipelined transaction as locks (PIP-01). Sending a chunk twice
 * does no harm: a store knows the generation.
 */
final class FlushCall extends ChunkedCall {

    private final TxnEngine txns;
    private final Mutations mutations;
    private final byte[] terms;
    private final Promise<Boolean> promise;
    private final Map<Integer, LockWait> lockWaits = new ConcurrentHashMap<>();
    private volatile @Nullable TikvException refusal;

    /**
     * A flush not begun.
     *
     * @param mutations what to write, at least one
     * @param terms of the transaction and this generation, without mutations
     * @param promise told when all is written
     */
    FlushCall(TxnEngine engine, Mutations mutations, FlushRequest terms, Promise<Boolean> promise) {
        super(engine, Integer.MAX_VALUE, TxnEngine.WRITE_CHUNK_BYTES);
        this.txns = engine;
        this.mutations = mutations;
        this.terms = terms.toByteArray();
        this.promise = promise;
    }

    void send(byte[] context, long startNs, long deadlineNs) {
        txns.whenFree(
                txns.pool(),
                promise,
                TxnEngine.WRITE_CHUNK_BYTES,
                deadlineNs,
                operation -> start(operation, OperationKind.KV_FLUSH, true, context, mutations, startNs, deadlineNs));
    }

    @Override
    protected boolean stopsAtFailure() {
        return true;
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
        FlushResponse answer = RegionRequest.parse(FlushResponse.parser(), message, offset, length);
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

    private void getPast(List<Lock> locks, Operation operation, int chunk) {
        lockWaits
                .computeIfAbsent(
                        chunk,
                        unused -> new LockWait(
                                txns, OperationKind.KV_FLUSH, BackoffKind.TXN_LOCK, operation.deadlineNs()))
                .forWrite(
                        locks,
                        () -> {
                            TikvException refused = refusal;
                            if (refused == null) {
                                onRoute(operation);
                            } else {
                                operation.fail(refused);
                            }
                        },
                        operation::fail);
    }

    @Override
    protected void onChunkFailed(Operation operation, TikvException failure) {
        if (refusal == null) {
            refusal = failure;
        }
    }

    @Override
    protected void finish() {
        if (hasFailed()) {
            promise.fail(failures().get(0));
        } else {
            promise.succeed(true);
        }
    }
}
