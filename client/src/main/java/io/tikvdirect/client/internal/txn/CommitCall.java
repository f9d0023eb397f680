package io.tikvdirect.client.internal.txn;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.ChunkedCall;
import io.tikvdirect.client.internal.call.KeyItems;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationPool;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.KvCommitBodies;
import io.tikvdirect.codec.kv.KvCommitResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.proto.kvrpcpb.CommitRole;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe like its superclass. The second phase of a commit for some keys (TXN-04): for the primary alone, while the
 * caller waits, or for the others, in the background.
 */
final class CommitCall extends ChunkedCall implements KeyItems, Consumer<Operation> {

    private final TxnEngine txns;
    private final CommitRole role;
    private final OperationPool pool;
    private final Promise<CommitCall> promise;
    private List<byte[]> keys = List.of();
    private byte[] primary = Bytes.EMPTY;
    private byte[] context = Bytes.EMPTY;
    private long startTs;
    private long commitTs;
    private long deadlineNs;
    private boolean asyncCommit;
    private volatile boolean uncertain;
    private volatile @Nullable KeyError refusal;

    private CommitCall(TxnEngine engine, CommitRole role, OperationPool pool, Promise<CommitCall> promise) {
        super(engine, Integer.MAX_VALUE, TxnEngine.WRITE_CHUNK_BYTES);
        this.txns = engine;
        this.role = role;
        this.pool = pool;
        this.promise = promise;
    }

    /** Is going to commit primary keys; what came of it is in the object that the promise gets. */
    static CommitCall ofPrimary(TxnEngine engine, Promise<CommitCall> promise) {
        return new CommitCall(engine, CommitRole.Primary, engine.pool(), promise);
    }

    /** Is going to commit keys of transactions that are committed. */
    static CommitCall ofOthers(TxnEngine engine, Promise<CommitCall> promise) {
        return new CommitCall(engine, CommitRole.Secondary, engine.reserve(), promise);
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
        ofPrimary(engine, promise).send(List.of(primary), primary, startTs, commitTs, false, context, deadlineNs);
    }

    /**
     * Begins.
     *
     * @param newKeys at least one; not changed before it has ended
     */
    void send(
            List<byte[]> newKeys,
            byte[] newPrimary,
            long newStartTs,
            long newCommitTs,
            boolean isAsyncCommit,
            RequestContext newContext,
            long newDeadlineNs) {
        keys = newKeys;
        primary = newPrimary;
        startTs = newStartTs;
        commitTs = newCommitTs;
        asyncCommit = isAsyncCommit;
        context = newContext.encoded();
        deadlineNs = newDeadlineNs;
        uncertain = false;
        refusal = null;
        watch(newContext.watch());
        int bytes = newKeys.size() == 1 ? 0 : TxnEngine.WRITE_CHUNK_BYTES;
        txns.whenFree(pool, promise, bytes, newDeadlineNs, this);
    }

    /** There is a place in the window; <i>takes</i> the operation. */
    @Override
    public void accept(Operation operation) {
        start(operation, OperationKind.KV_COMMIT, true, context, this, System.nanoTime(), deadlineNs);
    }

    /** Lets go of the transaction. */
    void forgetTransaction() {
        forget();
        keys = List.of();
        primary = Bytes.EMPTY;
        context = Bytes.EMPTY;
        refusal = null;
    }

    @Override
    public List<byte[]> keys() {
        return keys;
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

    /** Whether it was one request that was answered the first time; only then may it be begun anew. */
    boolean wasUndisturbed() {
        return wasPlain();
    }
}
