package io.tikvdirect.client.internal.txn;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;

/**
 * Owned by one thread at a time, together with its operation. A request to a store itself, whatever regions it has.
 *
 * @param <R> the answer
 */
final class StoreRequest<R extends MessageLite> extends ProtobufRequest<R> {

    private final Region route;

    StoreRequest(
            TxnEngine engine,
            OperationKind kind,
            Region route,
            MessageLite request,
            Parser<R> parser,
            long deadlineNs,
            Promise<R> promise) {
        super(engine, kind, request, parser, deadlineNs, promise);
        this.route = route;
    }

    @Override
    public void onRoute(Operation operation) {
        if (!engine.slowPath().refuses(operation)) {
            engine.router().send(operation, route);
        }
    }
}
