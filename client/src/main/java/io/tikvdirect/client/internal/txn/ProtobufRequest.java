package io.tikvdirect.client.internal.txn;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;

/**
 * Owned by one thread at a time, together with its operation. A request off the fast path, written and read by
 * protobuf-java; where it goes is its subclasses' business.
 *
 * @param <R> the answer
 */
abstract class ProtobufRequest<R extends MessageLite> implements OperationListener {

    final TxnEngine engine;
    private final OperationKind kind;
    private final MessageLite request;
    private final Parser<R> parser;
    private final long deadlineNs;
    private final Promise<R> promise;

    ProtobufRequest(
            TxnEngine engine,
            OperationKind kind,
            MessageLite request,
            Parser<R> parser,
            long deadlineNs,
            Promise<R> promise) {
        this.engine = engine;
        this.kind = kind;
        this.request = request;
        this.parser = parser;
        this.deadlineNs = deadlineNs;
        this.promise = promise;
    }

    final void send(Operation operation) {
        operation.begin(
                kind, true, System.nanoTime(), deadlineNs, engine.plainContext().encoded());
        operation.newBody(request.getSerializedSize()).writeBytes(request.toByteArray());
        operation.listener(this);
        onRoute(operation);
    }

    @Override
    public void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        R answer = parse(parser, message, offset, length);
        operation.release();
        promise.succeed(answer);
    }

    static <M extends MessageLite> M parse(Parser<M> parser, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        try {
            return parser.parseFrom(ByteBufUtil.getBytes(message, offset, length));
        } catch (InvalidProtocolBufferException malformed) {
            throw new MalformedMessageException(Reason.INCONSISTENT, String.valueOf(malformed.getMessage()));
        }
    }

    @Override
    public final void onFailure(Operation operation, TikvException failure) {
        operation.release();
        promise.fail(failure);
    }
}
