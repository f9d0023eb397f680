package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.codec.wire.MalformedMessageException;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. An operation on one key whose result goes to a promise of a larger call.
 *
 * @param <T> the result
 */
record PromiseListener<T extends @Nullable Object>(RawEngine engine, AnswerReader<T> reader, Promise<T> promise)
        implements OperationListener {

    @Override
    public void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        engine.answer(operation, reader, message, offset, length, promise);
    }

    @Override
    public void onFailure(Operation operation, TikvException failure) {
        operation.release();
        promise.fail(failure);
    }

    @Override
    public void onRoute(Operation operation) {
        engine.router().route(operation);
    }
}
