package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.region.RegionCache;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationPool;
import io.tikvdirect.client.internal.store.Router;
import io.tikvdirect.client.internal.store.SlowPath;
import io.tikvdirect.client.raw.RawOptions;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.kv.RawResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.WireWriter;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. What the three faces share: taking an operation from the window, encoding a request into it, and handling
 * the errors of its answer.
 */
public final class RawEngine extends CallEngine {

    private final Limits limits;
    private final DirectCalls directCalls;

    /**
     * Puts the parts together.
     *
     * @param config the configuration
     * @param keySpace of all keys
     * @param pool the window
     * @param router finds regions and sends
     * @param regions the region cache
     * @param slowPath what happens when an answer is not simply a result
     * @param allocator where larger memory comes from
     * @param threads tells whether the calling thread is one of the client's event loops, and runs what has to wait
     */
    public RawEngine(
            Config config,
            KeySpace keySpace,
            OperationPool pool,
            Router router,
            RegionCache regions,
            SlowPath slowPath,
            ByteBufAllocator allocator,
            Threads threads) {
        super(config, keySpace, pool, router, regions, slowPath, allocator, threads);
        this.limits = new Limits(config);
        this.directCalls = new DirectCalls(this);
    }

    RawView view(RawOptions options) {
        return new RawView(config(), keySpace(), options);
    }

    Limits limits() {
        return limits;
    }

    DirectCalls directCalls() {
        return directCalls;
    }

    int pageSize(ScanOptions options) {
        return options.pageSize() == ScanOptions.DEFAULT_PAGE_SIZE ? config().scanPage() : options.pageSize();
    }

    // Requests on one key; the key is the first field of each body

    int keyOffset(RawView view, int keyLength) {
        int storeKeyLength = view.prefixLength + keyLength;
        return 1 + WireWriter.varintSize(storeKeyLength) + view.prefixLength;
    }

    void get(Operation operation, RawView view, OperationKind kind, byte[] key, long startNs) {
        operation.begin(kind, true, startNs, startNs + view.timeoutNs, view.context(kind));
        view.points.writeGet(operation.newBody(view.points.getSize(key.length)), key);
        operation.routeBy(keyOffset(view, key.length), key.length);
    }

    void put(Operation operation, RawView view, byte[] key, byte[] value, long ttl, long startNs) {
        operation.begin(
                OperationKind.RAW_PUT,
                view.replayableWrites,
                startNs,
                startNs + view.timeoutNs,
                view.context(OperationKind.RAW_PUT));
        ByteBuf body = operation.newBody(view.points.putSize(key.length, value.length, ttl));
        view.points.writePut(body, key, value, ttl);
        operation.routeBy(keyOffset(view, key.length), key.length);
    }

    void delete(Operation operation, RawView view, byte[] key, long startNs) {
        operation.begin(
                OperationKind.RAW_DELETE,
                view.replayableWrites,
                startNs,
                startNs + view.timeoutNs,
                view.context(OperationKind.RAW_DELETE));
        view.points.writeDelete(operation.newBody(view.points.deleteSize(key.length)), key);
        operation.routeBy(keyOffset(view, key.length), key.length);
    }

    int casSize(RawView view, byte[] key, byte @Nullable [] expected, byte[] value) {
        int previous = expected == null ? 2 : expected.length + WireWriter.MAX_VARINT_SIZE;
        return view.points.putSize(key.length, value.length, Long.MAX_VALUE) + previous;
    }

    void compareAndSwap(
            Operation operation,
            RawView view,
            byte[] key,
            byte @Nullable [] expected,
            byte[] value,
            long ttl,
            long startNs) {
        operation.begin(
                OperationKind.RAW_COMPARE_AND_SWAP,
                false,
                startNs,
                startNs + view.timeoutNs,
                view.context(OperationKind.RAW_COMPARE_AND_SWAP));
        ByteBuf body = operation.newBody(casSize(view, key, expected, value));
        view.points.writeCompareAndSwap(body, key, expected, value, ttl);
        operation.routeBy(keyOffset(view, key.length), key.length);
    }

    // Answers

    <T extends @Nullable Object> void answer(
            Operation operation, AnswerReader<T> reader, ByteBuf message, int offset, int length, Promise<T> promise)
            throws MalformedMessageException {
        RawReaders readers = RawReaders.current();
        RawResponseReader answer = reader.wrap(readers, message, offset, length);
        if (isError(operation, answer)) {
            return;
        }
        T result;
        try {
            result = reader.result(readers);
        } catch (RuntimeException | Error broken) {
            slowPath().failUnreadable(operation, broken);
            return;
        }
        operation.release();
        promise.succeed(result);
    }

    /**
     * Handles the errors of an answer.
     *
     * @return true when there was one; the operation then belongs to somebody else
     */
    boolean isError(Operation operation, RawResponseReader answer) {
        if (answer.hasRegionError()) {
            slowPath()
                    .onRegionError(operation, answer.buffer(), answer.regionErrorOffset(), answer.regionErrorLength());
            return true;
        }
        if (answer.hasError()) {
            operation.fail(ServerErrors.of(operation, answer.error()));
            return true;
        }
        return false;
    }
}
