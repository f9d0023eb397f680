package io.tikvdirect.client.internal.txn;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.ChunkedCall;
import io.tikvdirect.client.internal.call.KeyItems;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationPool;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe like its superclass. A request off the fast path about many keys, written and read by protobuf-java, with
 * places of the reserve.
 *
 * @param <R> what a region answers
 */
final class KeyGroupCall<R extends MessageLite> extends ChunkedCall {

    private static final int MAX_KEYS = 1_024;

    /** Makes the request for the keys of one region. */
    interface Request {
        MessageLite about(List<byte[]> keys);
    }

    /** Takes the answer of one region; several threads may be in here. Gives a failure, or null when it is fine. */
    interface Answer<R> {
        @Nullable
        TikvException take(R answer, List<byte[]> keys, Operation operation);
    }

    private final Request request;
    private final Parser<R> parser;
    private final Answer<R> answer;
    private final OperationPool pool;
    private final Promise<Boolean> promise;

    private KeyGroupCall(
            TxnEngine engine, Request request, Parser<R> parser, Answer<R> answer, Promise<Boolean> promise) {
        super(engine, MAX_KEYS, TxnEngine.WRITE_CHUNK_BYTES);
        this.request = request;
        this.parser = parser;
        this.answer = answer;
        this.pool = engine.reserve();
        this.promise = promise;
    }

    /**
     * Sends the request.
     *
     * @param kind what is asked; repeating it does no harm
     * @param keys user keys
     * @param deadlineNs when to give up
     * @param promise told when every region has answered, or the first failure
     */
    static <R extends MessageLite> void send(
            TxnEngine engine,
            OperationKind kind,
            List<byte[]> keys,
            Request request,
            Parser<R> parser,
            Answer<R> answer,
            long deadlineNs,
            Promise<Boolean> promise) {
        if (keys.isEmpty()) {
            promise.succeed(true);
            return;
        }
        KeyGroupCall<R> call = new KeyGroupCall<>(engine, request, parser, answer, promise);
        engine.whenFree(
                engine.reserve(),
                promise,
                TxnEngine.WRITE_CHUNK_BYTES,
                deadlineNs,
                operation -> call.start(
                        operation,
                        kind,
                        true,
                        engine.plainContext().encoded(),
                        new Keys(keys),
                        System.nanoTime(),
                        deadlineNs));
    }

    @Override
    protected OperationPool pool() {
        return pool;
    }

    private List<byte[]> keysOf(int chunk) {
        List<byte[]> keys = new ArrayList<>(plan.to(chunk) - plan.from(chunk));
        for (int i = plan.from(chunk); i < plan.to(chunk); i++) {
            keys.add(items().key(plan.item(i)));
        }
        return keys;
    }

    @Override
    protected void encode(Operation operation, int chunk) {
        byte[] bytes = request.about(keysOf(chunk)).toByteArray();
        operation.newBody(bytes.length).writeBytes(bytes);
    }

    @Override
    protected void onAnswer(Operation operation, int chunk, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        if (KvReaders.current().isRegionError(callEngine, operation, message, offset, length)) {
            return;
        }
        R parsed = ProtobufRequest.parse(parser, message, offset, length);
        operation.onDefiniteAnswer();
        TikvException failure = answer.take(parsed, keysOf(chunk), operation);
        if (failure == null) {
            next(operation, chunk);
        } else {
            operation.fail(failure);
        }
    }

    @Override
    protected void finish() {
        if (hasFailed()) {
            promise.fail(failures().get(0));
        } else {
            promise.succeed(true);
        }
    }

    /** Immutable. Keys as arrays. */
    record Keys(List<byte[]> keys) implements KeyItems {}
}
