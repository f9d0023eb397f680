package io.tikvdirect.client.internal.txn;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time, together with its operation. A request off the fast path about the first region of a
 * range; repeating it does no harm.
 *
 * @param <R> what the region answers
 */
final class RangeRequest<R extends MessageLite> implements OperationListener {

    /**
     * An answer, and the part of the range that it is about: what the region had of it when it answered.
     *
     * @param <R> the message
     */
    record Answer<R>(KeyRange part, R message) {}

    private final TxnEngine engine;
    private final OperationKind kind;
    private final KeyRange range;
    private final Function<KeyRange, MessageLite> request;
    private final Parser<R> parser;
    private final long deadlineNs;
    private final Promise<Answer<R>> promise;

    private RangeRequest(
            TxnEngine engine,
            OperationKind kind,
            KeyRange range,
            Function<KeyRange, MessageLite> request,
            Parser<R> parser,
            long deadlineNs,
            Promise<Answer<R>> promise) {
        this.engine = engine;
        this.kind = kind;
        this.range = range;
        this.request = request;
        this.parser = parser;
        this.deadlineNs = deadlineNs;
        this.promise = promise;
    }

    /**
     * Asks the first region of a range, with a place of the reserve.
     *
     * @param range of user keys, not empty
     * @param request makes the request, all but its {@code context}, for the part that is in the region
     */
    static <R extends MessageLite> void send(
            TxnEngine engine,
            OperationKind kind,
            KeyRange range,
            Function<KeyRange, MessageLite> request,
            Parser<R> parser,
            long deadlineNs,
            Promise<Answer<R>> promise) {
        RangeRequest<R> call = new RangeRequest<>(engine, kind, range, request, parser, deadlineNs, promise);
        engine.whenFree(engine.reserve(), promise, 0, deadlineNs, call::begin);
    }

    private void begin(Operation operation) {
        operation.begin(
                kind, true, System.nanoTime(), deadlineNs, engine.plainContext().encoded());
        operation.listener(this);
        onRoute(operation);
    }

    @Override
    public void onRoute(Operation operation) {
        engine.withRegion(operation, range.start(), false, region -> send(operation, region));
    }

    private void send(Operation operation, Region region) {
        try {
            byte[] body = request.apply(part(region)).toByteArray();
            operation.newBody(body.length).writeBytes(body);
        } catch (RuntimeException broken) {
            operation.fail(CallEngine.asOwn(broken));
            return;
        }
        engine.router().send(operation, region);
    }

    private KeyRange part(Region region) {
        byte[] end = region.end();
        boolean endsInRegion =
                end.length == 0 || (range.end().length > 0 && Arrays.compareUnsigned(range.end(), end) <= 0);
        return KeyRange.of(range.start(), endsInRegion ? range.end() : end);
    }

    @Override
    public void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        if (KvReaders.current().isRegionError(engine, operation, message, offset, length)) {
            return;
        }
        R answer = ProtobufRequest.parse(parser, message, offset, length);
        Region region = operation.region();
        if (region == null) {
            throw new IllegalStateException("an answer without a region");
        }
        KeyRange part = part(region);
        operation.release();
        promise.succeed(new Answer<>(part, answer));
    }

    @Override
    public void onFailure(Operation operation, TikvException failure) {
        operation.release();
        promise.fail(failure);
    }

    /** What of a range is left behind a part of it; null: nothing. */
    static @Nullable KeyRange behind(KeyRange part, KeyRange range) {
        byte[] end = part.end();
        return end.length == 0 || Arrays.equals(end, range.end()) ? null : KeyRange.of(end, range.end());
    }
}
