package io.tikvdirect.client.internal.txn;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.call.ScanPage;
import io.tikvdirect.client.internal.call.ScanWalk;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.KvPairsResponseReader;
import io.tikvdirect.codec.kv.PairList;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time, together with its operation. Reads one page of a scan at a timestamp. A part of the page
 * that meets locks is read again once they are resolved, with what was learnt about their transactions.
 */
final class SnapshotScan extends ScanWalk {

    private final SnapshotReads reads;
    private final ReadSight sight;
    private final boolean keyOnly;
    private final long startNs;
    private final long deadlineNs;
    private final Promise<ScanPage> promise;
    private final List<KvPair> pairs = new ArrayList<>();
    private @Nullable LockWait lockWait;

    SnapshotScan(
            SnapshotReads reads,
            ScanCursor cursor,
            boolean keyOnly,
            int wanted,
            long startNs,
            long deadlineNs,
            Promise<ScanPage> promise) {
        super(reads.engine(), cursor, wanted);
        this.reads = reads;
        this.sight = reads.sight();
        this.keyOnly = keyOnly;
        this.startNs = startNs;
        this.deadlineNs = deadlineNs;
        this.promise = promise;
    }

    @Override
    protected void begin(Operation operation) {
        operation.begin(OperationKind.KV_SCAN, true, startNs, deadlineNs, sight.context(lockWait != null));
        operation.watch(reads.watch());
        sight.choose(operation, lockWait != null);
    }

    @Override
    protected int maxSize(int lowerLength, int upperLength) {
        return reads.engine().readBodies().maxScanSize(lowerLength, upperLength);
    }

    @Override
    protected void write(ByteBuf body, byte[] lower, byte[] upper, int limit, boolean reverse) {
        int sampleStep = reads.options().sampleStep();
        reads.engine().readBodies().writeScan(body, lower, upper, limit, sight.readTs(), keyOnly, reverse, sampleStep);
    }

    @Override
    public void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        KvPairsResponseReader answer = KvReaders.current().scan.wrap(message, offset, length);
        if (KvReaders.isRegionError(reads.engine(), operation, answer)) {
            return;
        }
        List<KeyError> errors = errors(answer);
        if (!errors.isEmpty()) {
            onErrors(operation, errors);
            return;
        }
        checkCount(answer.pairs().count());
        moveOn(operation, answer.pairs().count(), collect(answer));
    }

    private static List<KeyError> errors(KvPairsResponseReader answer) throws MalformedMessageException {
        List<KeyError> errors = List.of();
        if (answer.hasKeyError()) {
            errors = new ArrayList<>();
            errors.add(ProtobufRequest.parse(
                    KeyError.parser(), answer.buffer(), answer.keyErrorOffset(), answer.keyErrorLength()));
        }
        PairList answered = answer.pairs();
        for (int i = 0; i < answered.count(); i++) {
            if (answered.hasError(i)) {
                errors = errors.isEmpty() ? new ArrayList<>() : errors;
                errors.add(ProtobufRequest.parse(
                        KeyError.parser(), answer.buffer(), answered.errorOffset(i), answered.errorLength(i)));
            }
        }
        return errors;
    }

    private void onErrors(Operation operation, List<KeyError> errors) throws MalformedMessageException {
        List<Lock> locks = new ArrayList<>();
        for (KeyError error : errors) {
            if (!error.hasLocked()) {
                operation.fail(reads.engine().errors().of(error, LockRemoval.details(operation)));
                return;
            }
            locks.addAll(Lock.of(error.getLocked(), reads.engine().keySpace()));
        }
        LockWait present = lockWait;
        if (present == null) {
            present = new LockWait(
                    reads.engine(), OperationKind.KV_SCAN, BackoffKind.TXN_LOCK_FAST, deadlineNs, reads.watch());
            lockWait = present;
        }
        present.forRead(locks, sight, () -> step(operation), operation::fail);
    }

    private byte[] collect(KvPairsResponseReader answer) throws MalformedMessageException {
        PairList answered = answer.pairs();
        ByteBuf message = answer.buffer();
        byte[] key = Bytes.EMPTY;
        for (int i = 0; i < answered.count(); i++) {
            int keyOffset = answered.keyOffset(i);
            int keyEnd = keyOffset + answered.keyLength(i);
            int userOffset = reads.engine().keySpace().userKeyOffset(message, keyOffset, keyEnd - keyOffset);
            key = Bytes.copyConfined(message, userOffset, keyEnd - userOffset);
            pairs.add(new KvPair(
                    key,
                    keyOnly ? null : Bytes.copyConfined(message, answered.valueOffset(i), answered.valueLength(i))));
        }
        return key;
    }

    @Override
    protected boolean isWanted() {
        return promise.isWanted();
    }

    @Override
    protected void finish(ScanCursor next) {
        reads.finish(promise, new ScanPage(pairs, next));
    }

    @Override
    protected void failed(TikvException failure) {
        promise.fail(failure);
    }
}
