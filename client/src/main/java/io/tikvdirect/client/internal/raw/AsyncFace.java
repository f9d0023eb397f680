package io.tikvdirect.client.internal.raw;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.call.PagePublisher;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.raw.AsyncRawClient;
import io.tikvdirect.client.raw.CasResult;
import io.tikvdirect.client.raw.KeyTtl;
import io.tikvdirect.client.raw.RawChecksum;
import io.tikvdirect.client.raw.RawCoprocessorRequest;
import io.tikvdirect.client.raw.RawCoprocessorResponse;
import io.tikvdirect.client.raw.RawOptions;
import io.tikvdirect.client.raw.ScanOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Thread-safe. The asynchronous face: a skin over {@link RawEngine} and {@link RawCalls}. */
final class AsyncFace implements AsyncRawClient {

    private final RawEngine engine;
    private final RawView view;
    private final RawCalls calls;
    private final Limits limits;

    AsyncFace(RawEngine engine, RawView view) {
        this.engine = engine;
        this.view = view;
        this.calls = new RawCalls(engine, view, false);
        this.limits = engine.limits();
    }

    @Override
    public CompletionStage<byte @Nullable []> get(byte[] key) {
        AsyncCall<byte @Nullable []> call = new AsyncCall<>(engine, AnswerReader.GET);
        try {
            limits.key(key);
            long startNs = System.nanoTime();
            Operation operation = engine.pool().tryAcquire(view.points.getSize(key.length));
            if (operation == null) {
                byte[] kept = key.clone();
                later(call, kept.length, startNs, late -> sendGet(call, late, kept, startNs));
            } else {
                beginGet(call, operation, key, startNs);
            }
        } catch (TikvException refused) {
            call.fail(refused);
        }
        return call;
    }

    /** As {@link CallEngine#begin}, without an object for what is to be done: not every compiler takes it away again. */
    private void beginGet(AsyncCall<byte @Nullable []> call, Operation operation, byte[] key, long startNs) {
        try {
            sendGet(call, operation, key, startNs);
        } catch (RuntimeException | Error refused) {
            CallEngine.refused(call, operation, refused);
        }
    }

    private void sendGet(AsyncCall<byte @Nullable []> call, Operation operation, byte[] key, long startNs) {
        engine.get(operation, view, OperationKind.RAW_GET, key, startNs);
        send(call, operation, key);
    }

    @Override
    public CompletionStage<@Nullable Void> put(byte[] key, byte[] value) {
        return put(key, value, 0);
    }

    @Override
    public CompletionStage<@Nullable Void> put(byte[] key, byte[] value, Duration ttl) {
        try {
            return put(key, value, limits.ttlSeconds(ttl));
        } catch (TikvException refused) {
            return failed(refused);
        }
    }

    private CompletionStage<@Nullable Void> put(byte[] key, byte[] value, long ttl) {
        AsyncCall<@Nullable Void> call = new AsyncCall<>(engine, AnswerReader.WRITE);
        try {
            limits.key(key);
            limits.value(value);
            long startNs = System.nanoTime();
            int size = view.points.putSize(key.length, value.length, ttl);
            Operation operation = engine.pool().tryAcquire(size);
            if (operation == null) {
                byte[] keptKey = key.clone();
                byte[] keptValue = value.clone();
                later(call, size, startNs, late -> sendPut(call, late, keptKey, keptValue, ttl, startNs));
            } else {
                beginPut(call, operation, key, value, ttl, startNs);
            }
        } catch (TikvException refused) {
            call.fail(refused);
        }
        return call;
    }

    /** As {@link #beginGet}. */
    private void beginPut(
            AsyncCall<@Nullable Void> call, Operation operation, byte[] key, byte[] value, long ttl, long startNs) {
        try {
            sendPut(call, operation, key, value, ttl, startNs);
        } catch (RuntimeException | Error refused) {
            CallEngine.refused(call, operation, refused);
        }
    }

    private void sendPut(
            AsyncCall<@Nullable Void> call, Operation operation, byte[] key, byte[] value, long ttl, long startNs) {
        engine.put(operation, view, key, value, ttl, startNs);
        send(call, operation, key);
    }

    @Override
    public CompletionStage<@Nullable Void> delete(byte[] key) {
        return point(
                AnswerReader.WRITE, key, (operation, kept, startNs) -> engine.delete(operation, view, kept, startNs));
    }

    @Override
    public CompletionStage<KeyTtl> keyTtl(byte[] key) {
        try {
            limits.ttlSupported();
        } catch (TikvException refused) {
            return failed(refused);
        }
        return point(
                AnswerReader.KEY_TTL,
                key,
                (operation, kept, startNs) ->
                        engine.get(operation, view, OperationKind.RAW_GET_KEY_TTL, kept, startNs));
    }

    /** Encodes a request on one key into an operation. */
    private interface PointEncoder {
        void encode(Operation operation, byte[] key, long startNs);
    }

    private <T extends @Nullable Object> CompletionStage<T> point(
            AnswerReader<T> reader, byte[] key, PointEncoder encoder) {
        AsyncCall<T> call = new AsyncCall<>(engine, reader);
        try {
            limits.key(key);
            byte[] kept = key.clone();
            long startNs = System.nanoTime();
            later(call, view.points.deleteSize(key.length), startNs, operation -> {
                encoder.encode(operation, kept, startNs);
                send(call, operation, kept);
            });
        } catch (TikvException refused) {
            call.fail(refused);
        }
        return call;
    }

    @Override
    public CompletionStage<CasResult> compareAndSwap(byte[] key, byte @Nullable [] expected, byte[] value) {
        return compareAndSwap(key, expected, value, 0);
    }

    @Override
    public CompletionStage<CasResult> compareAndSwap(
            byte[] key, byte @Nullable [] expected, byte[] value, Duration ttl) {
        try {
            return compareAndSwap(key, expected, value, limits.ttlSeconds(ttl));
        } catch (TikvException refused) {
            return failed(refused);
        }
    }

    private CompletionStage<CasResult> compareAndSwap(byte[] key, byte @Nullable [] expected, byte[] value, long ttl) {
        AsyncCall<CasResult> call = new AsyncCall<>(engine, AnswerReader.CAS);
        try {
            limits.compareAndSwap(view.options);
            limits.key(key);
            limits.value(value);
            byte[] keptKey = key.clone();
            byte[] keptExpected = expected == null ? null : expected.clone();
            byte[] keptValue = value.clone();
            long startNs = System.nanoTime();
            later(call, engine.casSize(view, key, expected, value), startNs, operation -> {
                engine.compareAndSwap(operation, view, keptKey, keptExpected, keptValue, ttl, startNs);
                send(call, operation, keptKey);
            });
        } catch (TikvException refused) {
            call.fail(refused);
        }
        return call;
    }

    private void later(AsyncCall<?> call, int bodyBytes, long startNs, Consumer<Operation> starter) {
        calls.whenFree(call, bodyBytes, startNs + view.timeoutNs, starter);
    }

    private void send(AsyncCall<?> call, Operation operation, byte[] key) {
        operation.listener(call);
        call.cancels(operation);
        engine.router().route(operation, key);
    }

    private <T extends @Nullable Object> CompletionStage<T> failed(TikvException refused) {
        AsyncCall<T> call = new AsyncCall<>(engine, null);
        call.fail(refused);
        return call;
    }

    @Override
    public CompletionStage<List<byte @Nullable []>> batchGet(List<byte[]> keys) {
        return calls.async(call -> calls.batchGet(keys, call));
    }

    @Override
    public CompletionStage<@Nullable Void> batchPut(List<KvPair> pairs) {
        return calls.async(call -> calls.batchPut(pairs, 0, call));
    }

    @Override
    public CompletionStage<@Nullable Void> batchPut(List<KvPair> pairs, Duration ttl) {
        return calls.async(call -> calls.batchPut(pairs, limits.ttlSeconds(ttl), call));
    }

    @Override
    public CompletionStage<@Nullable Void> batchPut(List<KvPair> pairs, List<Duration> ttls) {
        return calls.async(call -> calls.batchPut(pairs, limits.ttlSeconds(ttls, pairs.size()), call));
    }

    @Override
    public CompletionStage<@Nullable Void> batchDelete(List<byte[]> keys) {
        return calls.async(call -> calls.batchDelete(keys, call));
    }

    @Override
    public CompletionStage<List<KvPair>> scan(KeyRange range, ScanOptions options) {
        return calls.async(call -> calls.scan(range, options, call));
    }

    @Override
    public CompletionStage<List<KvPair>> scan(List<KeyRange> ranges, ScanOptions options) {
        return calls.async(call -> calls.scan(ranges, options, call));
    }

    @Override
    public Flow.Publisher<KvPair> scanPublisher(KeyRange range, ScanOptions options) {
        int pairs = engine.pageSize(options);
        return new PagePublisher(
                (cursor, promise) -> calls.page(cursor, options.keyOnly(), pairs, promise),
                engine.slowPath(),
                range,
                options);
    }

    @Override
    public CompletionStage<@Nullable Void> deleteRange(KeyRange range) {
        return calls.async(call -> calls.deleteRange(range, call));
    }

    @Override
    public CompletionStage<RawChecksum> checksum(KeyRange range) {
        return calls.async(call -> calls.checksum(range, call));
    }

    @Override
    public CompletionStage<List<RawCoprocessorResponse>> coprocessor(RawCoprocessorRequest request) {
        return calls.async(call -> calls.coprocessor(request, call));
    }

    @Override
    public AsyncRawClient with(RawOptions options) {
        return new AsyncFace(engine, engine.view(options));
    }

    @Override
    public RawOptions options() {
        return view.options;
    }
}
