package io.tikvdirect.client.internal.txn;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.raw.ValueView;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.txn.DirectSnapshot;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.codec.kv.KvGetResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. The direct face of a snapshot, and the one listener of all its reads. A read that meets a lock, or whose
 * timestamp has to be validated first, goes on as one of the other faces, with objects.
 */
final class DirectSnapshotFace implements DirectSnapshot, OperationListener {

    private final SnapshotReads reads;
    private final TxnEngine engine;

    DirectSnapshotFace(SnapshotReads reads) {
        this.reads = reads;
        this.engine = reads.engine();
    }

    @Override
    public Timestamp timestamp() {
        return new Timestamp(reads.readTs());
    }

    @Override
    public boolean get(DirectBuffer key, int offset, int length, long correlationId, DirectCallback callback) {
        Objects.requireNonNull(callback, "callback");
        engine.checkKeyLength(length);
        Operation operation = engine.pool().tryAcquire(reads.getSize(length, false));
        if (operation == null) {
            return false;
        }
        try {
            begin(operation, key, offset, length);
            operation.directCaller(callback, correlationId);
        } catch (RuntimeException refused) {
            operation.release();
            throw refused;
        }
        if (reads.isValidated()) {
            engine.router().route(operation);
        } else {
            validate(operation);
        }
        return true;
    }

    private void begin(Operation operation, DirectBuffer key, int offset, int length) {
        reads.beginGet(operation, System.nanoTime());
        ByteBuf body = operation.newBody(reads.getSize(length, false));
        engine.readBodies().writeGet(body, key, offset, length, reads.readTs());
        reads.routeGet(operation, length);
        operation.listener(this);
    }

    private void validate(Operation operation) {
        reads.whenValid(
                operation.deadlineNs(),
                TxnEngine.promise(valid -> engine.router().route(operation), operation::fail));
    }

    @Override
    public void onRoute(Operation operation) {
        engine.router().route(operation);
    }

    @Override
    public void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        KvReaders readers = KvReaders.current();
        KvGetResponseReader answer = readers.get.wrap(message, offset, length);
        if (KvReaders.isRegionError(engine, operation, answer)) {
            return;
        }
        if (answer.hasKeyError()) {
            onKeyError(
                    operation,
                    ProtobufRequest.parse(
                            KeyError.parser(), message, answer.keyErrorOffset(), answer.keyErrorLength()));
            return;
        }
        if (answer.notFound()) {
            readers.valueView.empty();
        } else {
            readers.valueView.of(message, answer.valueOffset(), answer.valueLength());
        }
        DirectCallback callback = Objects.requireNonNull(operation.callback());
        long correlationId = operation.correlationId();
        operation.release();
        complete(callback, correlationId, readers.valueView);
    }

    /** Goes on with objects. */
    private void onKeyError(Operation operation, KeyError error) throws MalformedMessageException {
        DirectCallback callback = Objects.requireNonNull(operation.callback());
        SnapshotGet slow = new SnapshotGet.OfDirect(reads, this, callback, operation.correlationId());
        operation.listener(slow);
        slow.onKeyError(operation, error);
    }

    @Override
    public void onFailure(Operation operation, TikvException failure) {
        DirectCallback callback = Objects.requireNonNull(operation.callback());
        long correlationId = operation.correlationId();
        operation.release();
        fail(callback, correlationId, failure);
    }

    /** Tells a value that was read with objects. */
    void found(DirectCallback callback, long correlationId, byte @Nullable [] value) {
        ValueView view = new ValueView();
        if (value != null) {
            view.of(Unpooled.wrappedBuffer(value), 0, value.length);
        }
        complete(callback, correlationId, view);
    }

    /** Calls a callback so that what it throws stays here; not with what may have been collected as garbage. */
    private void complete(DirectCallback callback, long correlationId, ValueView view) {
        TikvException tooOld = engine.safePoints().refusal(reads.readTs());
        if (tooOld != null) {
            fail(callback, correlationId, tooOld);
            return;
        }
        try {
            callback.onCompleted(correlationId, view);
        } catch (RuntimeException | Error broken) {
            engine.slowPath().onListenerFailure(broken);
        }
    }

    /** Calls a callback so that what it throws stays here. */
    void fail(DirectCallback callback, long correlationId, TikvException failure) {
        try {
            callback.onFailed(correlationId, failure);
        } catch (RuntimeException | Error broken) {
            engine.slowPath().onListenerFailure(broken);
        }
    }
}
