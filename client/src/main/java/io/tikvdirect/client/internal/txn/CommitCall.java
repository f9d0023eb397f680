package io.tikvdirect.client.internal.txn;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.ChunkedCall;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationPool;
import io.tikvdirect.codec.kv.KvCommitBodies;
import io.tikvdirect.codec.kv.KvCommitResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.proto.kvrpcpb.CommitRole;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe like its superclass. The second phase of a commit for some keys (TXN-04): for the primary alone, while the
 * caller waits, or for the others, in the background.
 */
final class CommitCall extends ChunkedCall {

    private final TxnEngine txns;
    private final List<byte[]> keys;
    private final byte[] primary;
    private final long startTs;
    private final long commitTs;
    private final boolean asyncCommit;
    private final CommitRole role;
    private final OperationPool pool;
    private final Promise<CommitCall> promise;
    private volatile boolean uncertain;
    private volatile @Nullable KeyError refusal;

    private CommitCall(
            TxnEngine engine,
            List<byte[]> keys,
            CommitRole role,
            byte[] primary,
            long startTs,
            long commitTs,
            boolean asyncCommit,
            OperationPool pool,
            Promise<CommitCall> promise) {
        super(engine, Integer.MAX_VALUE, TxnEngine.WRITE_CHUNK_BYTES);
        this.txns = engine;
        this.keys = keys;
        this.role = role;
        this.primary = primary;
        this.startTs = startTs;
        this.commitTs = commitTs;
        this.asyncCommit = asyncCommit;
        this.pool = pool;
        this.promise = promise;
    }

    /** Commits the primary key; what came of it is in the object that the promise gets. */
    static void primary(
            TxnEngine engine,
            byte[] primary,
            long startTs,
            long commitTs,
            RequestContext context,
            long deadlineNs,
            Promise<CommitCall> promise) {
        new CommitCall(
                        engine,
                        List.of(primary),
                        CommitRole.Primary,
                        primary,
                        startTs,
                        commitTs,
                        false,
                        engine.pool(),
                        promise)
                .send(context, deadlineNs);
    }

    /** Commits keys of a transaction that is committed. */
    static void others(
            TxnEngine engine,
            List<byte[]> keys,
            byte[] primary,
            long startTs,
            long commitTs,
            boolean asyncCommit,
            RequestContext context,
            long deadlineNs,
            Promise<Boolean> promise) {
        if (keys.isEmpty()) {
            promise.succeed(true);
            return;
        }
        new CommitCall(
                        engine,
                        keys,
                        CommitRole.Secondary,
                        primary,
                        startTs,
                        commitTs,
                        asyncCommit,
                        engine.reserve(),
                        TxnEngine.promise(
                                call -> {
                                    TikvException failure = call.failure();
                                    if (failure == null) {
                                        promise.succeed(true);
                                    } else {
                                        promise.fail(failure);
                                    }
                                },
                                promise::fail))
                .send(context, deadlineNs);
    }

    private void send(RequestContext context, long deadlineNs) {
        watch(context.watch());
        int bytes = keys.size() == 1 ? 0 : TxnEngine.WRITE_CHUNK_BYTES;
        txns.whenFree(
                pool,
                promise,
                bytes,
                deadlineNs,
                operation -> start(
                        operation,
                        OperationKind.KV_COMMIT,
                        true,
                        context.encoded(),
                        new KeyGroupCall.Keys(keys),
                        System.nanoTime(),
                        deadlineNs));
    }

    @Override
    protected OperationPool pool() {
        return pool;
    }

    @Override
    protected void encode(Operation operation, int chunk) {
        KvCommitBodies bodies = txns.commitBodies();
        int size = bodies.commitFinishSize(startTs, commitTs, role.getNumber(), primary.length, asyncCommit);
        for (int i = plan.from(chunk); i < plan.to(chunk); i++) {
            size += bodies.commitKeySize(keys.get(plan.item(i)).length);
        }
        ByteBuf body = operation.newBody(size);
        for (int i = plan.from(chunk); i < plan.to(chunk); i++) {
            bodies.writeCommitKey(body, keys.get(plan.item(i)));
        }
        bodies.finishCommit(body, startTs, commitTs, role.getNumber(), primary, asyncCommit);
    }

    @Override
    protected void onAnswer(Operation operation, int chunk, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        KvCommitResponseReader answer = KvReaders.current().commit.wrap(message, offset, length);
        if (KvReaders.isRegionError(txns, operation, answer)) {
            return;
        }
        if (!answer.hasKeyError()) {
            next(operation, chunk);
            return;
        }
        KeyError error =
                ProtobufRequest.parse(KeyError.parser(), message, answer.keyErrorOffset(), answer.keyErrorLength());
        operation.onDefiniteAnswer();
        refusal = error;
        operation.fail(txns.errors().of(error, LockRemoval.details(operation)));
    }

    @Override
    protected void onChunkFailed(Operation operation, TikvException failure) {
        if (operation.mayHaveBeenExecuted()) {
            uncertain = true;
        }
    }

    @Override
    protected void finish() {
        promise.succeed(this);
    }

    /** Why keys were not committed, or null when all were. */
    @Nullable
    TikvException failure() {
        return hasFailed() ? failures().get(0) : null;
    }

    /** What the store said, when it refused. */
    @Nullable
    KeyError refusal() {
        return refusal;
    }

    /** Whether a request that failed may have been executed all the same. */
    boolean isUncertain() {
        return uncertain;
    }
}
