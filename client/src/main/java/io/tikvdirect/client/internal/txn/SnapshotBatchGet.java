package io.tikvdirect.client.internal.txn;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.call.ChunkedCall;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.KvPairsResponseReader;
import io.tikvdirect.codec.kv.PairList;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe like its superclass. One round of a batch get at a timestamp: finds what is not locked. Keys that are locked
 * are asked for again in another round, after their locks have been resolved; the others are not (SNP-02).
 */
final class SnapshotBatchGet extends ChunkedCall {

    /** What is looked for and what was found, over all rounds. */
    static final class Search {
        private final Map<ByteBuffer, byte[]> found = new ConcurrentHashMap<>();
        private final SnapshotReads reads;
        private final ReadSight sight;
        private final boolean mayBlock;
        private final long startNs;
        private final long deadlineNs;
        private final LockWait lockWait;
        private final Promise<Map<ByteBuffer, byte[]>> promise;
        private volatile boolean again;

        Search(
                SnapshotReads reads,
                boolean mayBlock,
                long startNs,
                long deadlineNs,
                Promise<Map<ByteBuffer, byte[]>> promise) {
            this.reads = reads;
            this.sight = reads.sight();
            this.mayBlock = mayBlock;
            this.startNs = startNs;
            this.deadlineNs = deadlineNs;
            this.lockWait = new LockWait(
                    reads.engine(), OperationKind.KV_BATCH_GET, BackoffKind.TXN_LOCK_FAST, deadlineNs, reads.watch());
            this.promise = promise;
        }

        /** Looks for keys, all different; the promise gets the values of those that exist. */
        void round(List<byte[]> keys) {
            if (keys.isEmpty()) {
                promise.succeed(found);
                return;
            }
            SnapshotBatchGet call = new SnapshotBatchGet(this, keys);
            reads.engine()
                    .whenFree(
                            promise,
                            TxnEngine.WRITE_CHUNK_BYTES,
                            deadlineNs,
                            mayBlock,
                            operation -> call.start(
                                    operation,
                                    OperationKind.KV_BATCH_GET,
                                    true,
                                    sight.context(again),
                                    new KeyGroupCall.Keys(keys),
                                    startNs,
                                    deadlineNs));
        }

        void onLocked(List<Lock> locks, Set<byte[]> keys) {
            again = true;
            lockWait.forRead(locks, sight, () -> round(new ArrayList<>(keys)), promise::fail);
        }
    }

    private final Search search;
    private final TxnEngine txns;
    private final List<byte[]> keys;
    private final ReentrantLock noting = new ReentrantLock();
    private final List<Lock> locks = new ArrayList<>();
    private final Set<byte[]> locked = new TreeSet<>(Arrays::compareUnsigned);

    private SnapshotBatchGet(Search search, List<byte[]> keys) {
        super(search.reads.engine(), TxnEngine.READ_CHUNK_KEYS, TxnEngine.READ_CHUNK_BYTES);
        this.search = search;
        this.txns = search.reads.engine();
        this.keys = keys;
        watch(search.reads.watch());
    }

    @Override
    protected boolean stopsAtFailure() {
        return true;
    }

    @Override
    protected void encode(Operation operation, int chunk) {
        search.sight.choose(operation, search.again);
        long version = search.sight.readTs();
        int size = txns.readBodies().batchGetFinishSize(version);
        for (int i = plan.from(chunk); i < plan.to(chunk); i++) {
            size += txns.readBodies().batchGetKeySize(keys.get(plan.item(i)).length);
        }
        ByteBuf body = operation.newBody(size);
        for (int i = plan.from(chunk); i < plan.to(chunk); i++) {
            txns.readBodies().writeBatchGetKey(body, keys.get(plan.item(i)));
        }
        txns.readBodies().finishBatchGet(body, version);
    }

    @Override
    protected void onAnswer(Operation operation, int chunk, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        KvPairsResponseReader answer = KvReaders.current().batchGet.wrap(message, offset, length);
        if (KvReaders.isRegionError(txns, operation, answer)) {
            return;
        }
        if (answer.hasKeyError()) {
            KeyError error =
                    ProtobufRequest.parse(KeyError.parser(), message, answer.keyErrorOffset(), answer.keyErrorLength());
            if (!error.hasLocked()) {
                operation.fail(txns.errors().of(error, LockRemoval.details(operation)));
                return;
            }
            noteChunk(Lock.of(error.getLocked(), txns.keySpace()), chunk);
        }
        for (int i = 0; i < answer.pairs().count(); i++) {
            TikvException failure = takePair(answer, i, operation);
            if (failure != null) {
                operation.fail(failure);
                return;
            }
        }
        next(operation, chunk);
    }

    /** The whole chunk met a lock: all of it is asked for again. */
    private void noteChunk(List<Lock> met, int chunk) {
        noting.lock();
        try {
            locks.addAll(met);
            for (int i = plan.from(chunk); i < plan.to(chunk); i++) {
                locked.add(keys.get(plan.item(i)));
            }
        } finally {
            noting.unlock();
        }
    }

    private void noteKey(List<Lock> met) {
        noting.lock();
        try {
            locks.addAll(met);
            met.forEach(lock -> locked.add(lock.key()));
        } finally {
            noting.unlock();
        }
    }

    private @Nullable TikvException takePair(KvPairsResponseReader answer, int pair, Operation operation)
            throws MalformedMessageException {
        PairList answered = answer.pairs();
        ByteBuf message = answer.buffer();
        if (answered.hasError(pair)) {
            KeyError error = ProtobufRequest.parse(
                    KeyError.parser(), message, answered.errorOffset(pair), answered.errorLength(pair));
            if (!error.hasLocked()) {
                return txns.errors().of(error, LockRemoval.details(operation));
            }
            noteKey(Lock.of(error.getLocked(), txns.keySpace()));
            return null;
        }
        int keyOffset = answered.keyOffset(pair);
        int keyEnd = keyOffset + answered.keyLength(pair);
        int userOffset = txns.keySpace().userKeyOffset(message, keyOffset, keyEnd - keyOffset);
        if (keyEnd == userOffset) {
            throw new MalformedMessageException(Reason.INCONSISTENT, "a batch get was answered with an empty key");
        }
        search.found.put(
                ByteBuffer.wrap(Bytes.copyConfined(message, userOffset, keyEnd - userOffset)),
                Bytes.copyConfined(message, answered.valueOffset(pair), answered.valueLength(pair)));
        return null;
    }

    @Override
    protected boolean isWanted() {
        return search.promise.isWanted();
    }

    @Override
    protected void finish() {
        if (hasFailed()) {
            search.promise.fail(failures().get(0));
        } else if (locks.isEmpty()) {
            search.reads.finish(search.promise, search.found);
        } else {
            search.onLocked(locks, locked);
        }
    }
}
