package io.tikvdirect.client.internal.txn;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.PendingStage;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.VersionedValue;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.KvGetResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time, together with its operation. Reads one key at a timestamp. Its key, and until when it may
 * take, are those of its operation; what it keeps beside is made when it meets a lock.
 */
sealed interface SnapshotGet extends OperationListener {

    /** What it reads from. */
    SnapshotReads reads();

    /** How it gets past locks; null: it has met none. */
    @Nullable
    LockedGet locked();

    /** It has met its first lock. */
    void locked(LockedGet first);

    /** Whether stores are to say when the value was committed. */
    default boolean needsCommitTs() {
        return false;
    }

    /**
     * The key was read; releases the operation.
     *
     * @param value null: there is none
     * @param commitTs when it was committed, if that was asked for
     */
    void found(Operation operation, byte @Nullable [] value, long commitTs);

    /** The key could not be read. */
    void failed(TikvException failure);

    /** Encodes the first request, and sends it. */
    default void send(Operation operation, byte[] key, long startNs) {
        SnapshotReads reads = reads();
        reads.beginGet(operation, startNs);
        reads.writeGet(operation, key, needsCommitTs());
        operation.listener(this);
        reads.engine().router().route(operation, key);
    }

    @Override
    default void onRoute(Operation operation) {
        reads().engine().router().route(operation);
    }

    @Override
    default void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        KvGetResponseReader answer = KvReaders.current().get.wrap(message, offset, length);
        if (KvReaders.isRegionError(reads().engine(), operation, answer)) {
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
        found(operation, value, answer.commitTs());
    }

    /** An answer was an error of the key; goes on with the operation. */
    default void onKeyError(Operation operation, KeyError error) throws MalformedMessageException {
        if (!error.hasLocked()) {
            operation.fail(reads().engine().errors().of(error, LockRemoval.details(operation)));
            return;
        }
        LockedGet present = locked();
        if (present == null) {
            present = new LockedGet(this, operation);
            locked(present);
        }
        present.onLocks(operation, Lock.of(error.getLocked(), reads().engine().keySpace()));
    }

    @Override
    default void onFailure(Operation operation, TikvException failure) {
        operation.release();
        failed(failure);
    }

    /** Thread-safe. The stage handed out and the operation's listener in one object. */
    final class Async extends PendingStage<byte @Nullable []> implements SnapshotGet {
        private final SnapshotReads reads;
        private @Nullable LockedGet locked;

        Async(SnapshotReads reads) {
            super(reads.engine().callbackExecutor());
            this.reads = reads;
        }

        @Override
        public SnapshotReads reads() {
            return reads;
        }

        @Override
        public @Nullable LockedGet locked() {
            return locked;
        }

        @Override
        public void locked(LockedGet first) {
            locked = first;
        }

        @Override
        public void found(Operation operation, byte @Nullable [] value, long commitTs) {
            reads.finishGet(this, operation, value);
        }

        @Override
        public void failed(TikvException failure) {
            fail(failure);
        }
    }

    /** Owned by one thread at a time. What all gets have that are no stage themselves. */
    abstract sealed class Apart implements SnapshotGet {
        final SnapshotReads reads;
        private @Nullable LockedGet locked;

        Apart(SnapshotReads reads) {
            this.reads = reads;
        }

        @Override
        public final SnapshotReads reads() {
            return reads;
        }

        @Override
        public final @Nullable LockedGet locked() {
            return locked;
        }

        @Override
        public final void locked(LockedGet first) {
            locked = first;
        }
    }

    /** For whoever wants the value. */
    final class OfValue extends Apart {
        private final Promise<byte @Nullable []> promise;

        OfValue(SnapshotReads reads, Promise<byte @Nullable []> promise) {
            super(reads);
            this.promise = promise;
        }

        @Override
        public void found(Operation operation, byte @Nullable [] value, long commitTs) {
            reads.finishGet(promise, operation, value);
        }

        @Override
        public void failed(TikvException failure) {
            promise.fail(failure);
        }
    }

    /** For whoever wants to know when the value was committed. */
    final class OfVersion extends Apart {
        private final Promise<@Nullable VersionedValue> promise;

        OfVersion(SnapshotReads reads, Promise<@Nullable VersionedValue> promise) {
            super(reads);
            this.promise = promise;
        }

        @Override
        public boolean needsCommitTs() {
            return true;
        }

        @Override
        @SuppressWarnings("NullAway") // NullAway does not see that the result may be null
        public void found(Operation operation, byte @Nullable [] value, long commitTs) {
            operation.release();
            reads.finish(promise, value == null ? null : new VersionedValue(value, new Timestamp(commitTs)));
        }

        @Override
        public void failed(TikvException failure) {
            promise.fail(failure);
        }
    }

    /** For a caller of the direct face whose key was locked. */
    final class OfDirect extends Apart {
        private final DirectSnapshotFace face;
        private final DirectCallback callback;
        private final long correlationId;

        OfDirect(SnapshotReads reads, DirectSnapshotFace face, DirectCallback callback, long correlationId) {
            super(reads);
            this.face = face;
            this.callback = callback;
            this.correlationId = correlationId;
        }

        @Override
        public void found(Operation operation, byte @Nullable [] value, long commitTs) {
            operation.release();
            face.found(callback, correlationId, value);
        }

        @Override
        public void failed(TikvException failure) {
            face.fail(callback, correlationId, failure);
        }
    }
}
