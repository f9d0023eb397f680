package io.tikvdirect.client.internal.txn;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.codec.wire.MalformedMessageException;

/**
 * Owned by one thread at a time, together with its operation. A request to the region of one key. Region errors are met on
 * the way; the answer that comes out has none.
 *
 * @param <R> the answer
 */
final class RegionRequest<R extends MessageLite> extends ProtobufRequest<R> {

    private final byte[] key;

    RegionRequest(
            TxnEngine engine,
            OperationKind kind,
            byte[] key,
            MessageLite request,
            Parser<R> parser,
            long deadlineNs,
            Promise<R> promise) {
        super(engine, kind, request, parser, deadlineNs, promise);
        this.key = key;
    }

    @Override
    public void onRoute(Operation operation) {
        engine.withRegion(operation, key, false, region -> engine.router().send(operation, region));
    }

    @Override
    public void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        if (!KvReaders.current().isRegionError(engine, operation, message, offset, length)) {
            super.onResponse(operation, message, offset, length);
        }
    }
}
