package io.tikvdirect.client.internal.txn;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.KvGetResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.WireWriter;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import org.jspecify.annotations.Nullable;

/** Owned by one thread at a time, together with its operation. Reads one key at a timestamp. */
final class SnapshotGet implements OperationListener {

    private final SnapshotReads reads;
    private final ReadSight sight;
    private final byte[] key;
    private final long startNs;
    private final long deadlineNs;
    private final Promise<byte @Nullable []> promise;
    private @Nullable LockWait lockWait;

    SnapshotGet(SnapshotReads reads, byte[] key, long startNs, long deadlineNs, Promise<byte @Nullable []> promise) {
        this.reads = reads;
        this.sight = reads.sight();
        this.key = key;
        this.startNs = startNs;
        this.deadlineNs = deadlineNs;
        this.promise = promise;
    }

    void send(Operation operation) {
        TxnEngine engine = reads.engine();
        long version = sight.readTs();
        operation.begin(OperationKind.KV_GET, true, startNs, deadlineNs, sight.context());
        operation.watch(reads.watch());
        engine.readBodies().writeGet(operation.newBody(reads.getSize(key)), key, version, false);
        int prefix = engine.keySpace().prefix().length;
        operation.routeBy(1 + WireWriter.varintSize(prefix + key.length) + prefix, key.length);
        operation.listener(this);
        onRoute(operation);
    }

    @Override
    public void onRoute(Operation operation) {
        reads.engine()
                .withRegion(
                        operation, key, false, region -> reads.engine().router().send(operation, region));
    }

    @Override
    @SuppressWarnings("NullAway") // NullAway does not see that the result may be null
    public void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        KvGetResponseReader answer = KvReaders.current().get.wrap(message, offset, length);
        if (KvReaders.isRegionError(reads.engine(), operation, answer)) {
            return;
        }
        if (answer.hasKeyError()) {
            KeyError error =
                    RegionRequest.parse(KeyError.parser(), message, answer.keyErrorOffset(), answer.keyErrorLength());
            onKeyError(operation, error);
            return;
        }
        byte[] value =
                answer.notFound() ? null : Bytes.copyConfined(message, answer.valueOffset(), answer.valueLength());
        operation.release();
        reads.finish(promise, value);
    }

    private void onKeyError(Operation operation, KeyError error) throws MalformedMessageException {
        if (!error.hasLocked()) {
            operation.fail(reads.engine().errors().of(error, LockRemoval.details(operation)));
            return;
        }
        LockWait present = lockWait;
        if (present == null) {
            present = new LockWait(reads.engine(), OperationKind.KV_GET, BackoffKind.TXN_LOCK_FAST, deadlineNs, reads.watch());
            lockWait = present;
        }
        present.forRead(
                Lock.of(error.getLocked(), reads.engine().keySpace()), sight, () -> send(operation), operation::fail);
    }

    @Override
    public void onFailure(Operation operation, TikvException failure) {
        operation.release();
        promise.fail(failure);
    }
}
