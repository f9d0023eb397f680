package io.tikvdirect.client.internal.txn;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.VersionedValue;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.KvGetResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.WireWriter;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import org.jspecify.annotations.Nullable;

/** Owned by one thread at a time, together with its operation. Reads one key at a timestamp. */
abstract sealed class SnapshotGet implements OperationListener {

    final SnapshotReads reads;
    final byte[] key;
    private final ReadSight sight;
    private final long startNs;
    private final long deadlineNs;
    private @Nullable LockWait lockWait;

    SnapshotGet(SnapshotReads reads, byte[] key, long startNs, long deadlineNs) {
        this.reads = reads;
        this.sight = reads.sight();
        this.key = key;
        this.startNs = startNs;
        this.deadlineNs = deadlineNs;
    }

    /** Whether stores are to say when the value was committed. */
    boolean needsCommitTs() {
        return false;
    }

    /**
     * The key was read.
     *
     * @param value null: there is none
     * @param commitTs when it was committed, if that was asked for
     */
    abstract void found(byte @Nullable [] value, long commitTs);

    /** The key could not be read. */
    abstract void failed(TikvException failure);

    final void send(Operation operation) {
        begin(operation, false);
    }

    private void begin(Operation operation, boolean again) {
        TxnEngine engine = reads.engine();
        operation.begin(OperationKind.KV_GET, true, startNs, deadlineNs, sight.context(again));
        operation.watch(reads.watch());
        sight.choose(operation, again);
        engine.readBodies()
                .writeGet(
                        operation.newBody(reads.getSize(key.length, needsCommitTs())),
                        key,
                        sight.readTs(),
                        needsCommitTs());
        int prefix = engine.keySpace().prefix().length;
        operation.routeBy(1 + WireWriter.varintSize(prefix + key.length) + prefix, key.length);
        operation.listener(this);
        onRoute(operation);
    }

    @Override
    public final void onRoute(Operation operation) {
        reads.engine()
                .withRegion(
                        operation, key, false, region -> reads.engine().router().send(operation, region));
    }

    @Override
    public final void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        KvGetResponseReader answer = KvReaders.current().get.wrap(message, offset, length);
        if (KvReaders.isRegionError(reads.engine(), operation, answer)) {
            return;
        }
        if (answer.hasKeyError()) {
            KeyError error =
                    ProtobufRequest.parse(KeyError.parser(), message, answer.keyErrorOffset(), answer.keyErrorLength());
            onKeyError(operation, error);
            return;
        }
        byte[] value =
                answer.notFound() ? null : Bytes.copyConfined(message, answer.valueOffset(), answer.valueLength());
        long commitTs = answer.commitTs();
        operation.release();
        found(value, commitTs);
    }

    /** An answer was an error of the key; goes on with the operation. */
    final void onKeyError(Operation operation, KeyError error) throws MalformedMessageException {
        if (!error.hasLocked()) {
            operation.fail(reads.engine().errors().of(error, LockRemoval.details(operation)));
            return;
        }
        LockWait present = lockWait;
        if (present == null) {
            present = new LockWait(
                    reads.engine(), OperationKind.KV_GET, BackoffKind.TXN_LOCK_FAST, deadlineNs, reads.watch());
            lockWait = present;
        }
        present.forRead(
                Lock.of(error.getLocked(), reads.engine().keySpace()),
                sight,
                () -> begin(operation, true),
                operation::fail);
    }

    @Override
    public final void onFailure(Operation operation, TikvException failure) {
        operation.release();
        failed(failure);
    }

    /** For whoever wants the value. */
    static final class OfValue extends SnapshotGet {
        private final Promise<byte @Nullable []> promise;

        OfValue(SnapshotReads reads, byte[] key, long startNs, long deadlineNs, Promise<byte @Nullable []> promise) {
            super(reads, key, startNs, deadlineNs);
            this.promise = promise;
        }

        @Override
        void found(byte @Nullable [] value, long commitTs) {
            reads.finish(promise, key, value);
        }

        @Override
        void failed(TikvException failure) {
            promise.fail(failure);
        }
    }

    /** For whoever wants to know when the value was committed. */
    static final class OfVersion extends SnapshotGet {
        private final Promise<@Nullable VersionedValue> promise;

        OfVersion(
                SnapshotReads reads,
                byte[] key,
                long startNs,
                long deadlineNs,
                Promise<@Nullable VersionedValue> promise) {
            super(reads, key, startNs, deadlineNs);
            this.promise = promise;
        }

        @Override
        boolean needsCommitTs() {
            return true;
        }

        @Override
        @SuppressWarnings("NullAway") // NullAway does not see that the result may be null
        void found(byte @Nullable [] value, long commitTs) {
            reads.finish(promise, value == null ? null : new VersionedValue(value, new Timestamp(commitTs)));
        }

        @Override
        void failed(TikvException failure) {
            promise.fail(failure);
        }
    }

    /** For a caller of the direct face whose key was locked. */
    static final class OfDirect extends SnapshotGet {
        private final DirectSnapshotFace face;
        private final DirectCallback callback;
        private final long correlationId;

        OfDirect(
                SnapshotReads reads,
                byte[] key,
                long startNs,
                long deadlineNs,
                DirectSnapshotFace face,
                DirectCallback callback,
                long correlationId) {
            super(reads, key, startNs, deadlineNs);
            this.face = face;
            this.callback = callback;
            this.correlationId = correlationId;
        }

        @Override
        void found(byte @Nullable [] value, long commitTs) {
            face.found(callback, correlationId, value);
        }

        @Override
        void failed(TikvException failure) {
            face.fail(callback, correlationId, failure);
        }
    }
}
