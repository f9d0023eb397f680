package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.raw.ResultView;
import io.tikvdirect.codec.kv.RawGetResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.Objects;

/**
 * Thread-safe. The one listener of all operations on single keys of the direct face. An operation is given back before
 * its callback runs, so that a callback which submits the next operation finds the place it has just left.
 */
final class DirectCalls implements OperationListener {

    private final RawEngine engine;

    DirectCalls(RawEngine engine) {
        this.engine = engine;
    }

    @Override
    public void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        RawReaders readers = RawReaders.current();
        ValueView view = readers.valueView;
        if (operation.kind() == OperationKind.RAW_GET) {
            RawGetResponseReader answer = readers.get.wrap(message, offset, length);
            if (engine.isError(operation, answer)) {
                return;
            }
            if (answer.notFound()) {
                view.empty();
            } else {
                view.of(message, answer.valueOffset(), answer.valueLength());
            }
        } else {
            if (engine.isError(operation, readers.write.wrap(message, offset, length))) {
                return;
            }
            view.empty();
        }
        DirectCallback callback = Objects.requireNonNull(operation.callback());
        long correlationId = operation.correlationId();
        operation.release();
        complete(callback, correlationId, view);
    }

    @Override
    public void onFailure(Operation operation, TikvException failure) {
        DirectCallback callback = Objects.requireNonNull(operation.callback());
        long correlationId = operation.correlationId();
        operation.release();
        fail(callback, correlationId, failure);
    }

    @Override
    public void onRoute(Operation operation) {
        engine.router().route(operation);
    }

    /** Calls a callback so that what it throws stays here. */
    void complete(DirectCallback callback, long correlationId, ResultView view) {
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
