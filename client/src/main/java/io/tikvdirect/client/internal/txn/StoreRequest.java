package io.tikvdirect.client.internal.txn;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.codec.wire.MalformedMessageException;

/**
 * Owned by one thread at a time, together with its operation. A request to a store itself, whatever regions it has.
 *
 * @param <R> the answer
 */
final class StoreRequest<R extends MessageLite> implements OperationListener {

    private final TxnEngine engine;
    private final OperationKind kind;
    private final Region route;
    private final MessageLite request;
    private final Parser<R> parser;
    private final long deadlineNs;
    private final Promise<R> promise;

    StoreRequest(
            TxnEngine engine,
            OperationKind kind,
            Region route,
            MessageLite request,
            Parser<R> parser,
            long deadlineNs,
            Promise<R> promise) {
        this.engine = engine;
        this.kind = kind;
        this.route = route;
        this.request = request;
        this.parser = parser;
        this.deadlineNs = deadlineNs;
        this.promise = promise;
    }

    void send(Operation operation) {
        operation.begin(
                kind, true, System.nanoTime(), deadlineNs, engine.plainContext().encoded());
        operation.newBody(request.getSerializedSize()).writeBytes(request.toByteArray());
        operation.listener(this);
        onRoute(operation);
    }

    @Override
    public void onRoute(Operation operation) {
        if (!engine.slowPath().refuses(operation)) {
            engine.router().send(operation, route);
        }
    }

    @Override
    public void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        R answer = RegionRequest.parse(parser, message, offset, length);
        operation.release();
        promise.succeed(answer);
    }

    @Override
    public void onFailure(Operation operation, TikvException failure) {
        operation.release();
        promise.fail(failure);
    }
}
