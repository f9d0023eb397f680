package io.tikvdirect.client.internal.raw;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.raw.AsyncRawClient;
import io.tikvdirect.client.raw.CasResult;
import io.tikvdirect.client.raw.DirectRawClient;
import io.tikvdirect.client.raw.KeyTtl;
import io.tikvdirect.client.raw.RawChecksum;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.RawCoprocessorRequest;
import io.tikvdirect.client.raw.RawCoprocessorResponse;
import io.tikvdirect.client.raw.RawOptions;
import io.tikvdirect.client.raw.RawScanner;
import io.tikvdirect.client.raw.ScanOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Thread-safe. The blocking face: takes a place in the window, sends, parks. */
public final class BlockingFace implements RawClient {

    private final RawEngine engine;
    private final RawView view;
    private final RawCalls calls;
    private final Limits limits;
    private final AsyncFace async;
    private final DirectFace direct;

    /**
     * Makes the faces over an engine.
     *
     * @param engine the engine
     * @param options the options of every call
     */
    public BlockingFace(RawEngine engine, RawOptions options) {
        this.engine = engine;
        this.view = engine.view(options);
        this.calls = new RawCalls(engine, view, true);
        this.limits = engine.limits();
        this.async = new AsyncFace(engine, view);
        this.direct = new DirectFace(engine, view);
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        limits.key(key);
        engine.checkMayBlock();
        long startNs = System.nanoTime();
        Operation operation = engine.acquire(view.points.getSize(key.length), startNs + view.timeoutNs);
        try {
            engine.get(operation, view, OperationKind.RAW_GET, key, startNs);
        } catch (RuntimeException refused) {
            operation.release();
            throw refused;
        }
        return send(AnswerReader.GET, operation, key);
    }

    @Override
    public void put(byte[] key, byte[] value) {
        put(key, value, 0);
    }

    @Override
    public void put(byte[] key, byte[] value, Duration ttl) {
        put(key, value, limits.ttlSeconds(ttl));
    }

    private void put(byte[] key, byte[] value, long ttl) {
        limits.key(key);
        limits.value(value);
        engine.checkMayBlock();
        long startNs = System.nanoTime();
        int size = view.points.putSize(key.length, value.length, ttl);
        Operation operation = engine.acquire(size, startNs + view.timeoutNs);
        try {
            engine.put(operation, view, key, value, ttl, startNs);
        } catch (RuntimeException refused) {
            operation.release();
            throw refused;
        }
        send(AnswerReader.WRITE, operation, key);
    }

    @Override
    public void delete(byte[] key) {
        limits.key(key);
        engine.checkMayBlock();
        long startNs = System.nanoTime();
        Operation operation = engine.acquire(view.points.deleteSize(key.length), startNs + view.timeoutNs);
        try {
            engine.delete(operation, view, key, startNs);
        } catch (RuntimeException refused) {
            operation.release();
            throw refused;
        }
        send(AnswerReader.WRITE, operation, key);
    }

    private <T extends @Nullable Object> T send(AnswerReader<T> reader, Operation operation, byte[] key) {
        BlockingCall<T> call = new BlockingCall<>(engine, reader, !operation.replayable());
        int generation = operation.generation();
        long deadlineNs = operation.deadlineNs();
        operation.listener(call);
        engine.router().route(operation, key);
        return call.await(deadlineNs, operation, generation);
    }

    @Override
    public List<byte @Nullable []> batchGet(List<byte[]> keys) {
        return calls.blocking(call -> calls.batchGet(keys, call));
    }

    @Override
    public void batchPut(List<KvPair> pairs) {
        calls.<@Nullable Void>blockingWrite(call -> calls.batchPut(pairs, 0, call));
    }

    @Override
    public void batchPut(List<KvPair> pairs, Duration ttl) {
        long seconds = limits.ttlSeconds(ttl);
        calls.<@Nullable Void>blockingWrite(call -> calls.batchPut(pairs, seconds, call));
    }

    @Override
    public void batchPut(List<KvPair> pairs, List<Duration> ttls) {
        long[] seconds = limits.ttlSeconds(ttls, pairs.size());
        calls.<@Nullable Void>blocking(call -> calls.batchPut(pairs, seconds, call));
    }

    @Override
    public void batchDelete(List<byte[]> keys) {
        calls.<@Nullable Void>blockingWrite(call -> calls.batchDelete(keys, call));
    }

    @Override
    public List<KvPair> scan(KeyRange range, ScanOptions options) {
        return calls.blocking(call -> calls.scan(range, options, call));
    }

    @Override
    public List<KvPair> scan(List<KeyRange> ranges, ScanOptions options) {
        return calls.blocking(call -> calls.scan(ranges, options, call));
    }

    @Override
    public RawScanner scanner(KeyRange range, ScanOptions options) {
        return new PagedScanner(engine, calls, range, options);
    }

    @Override
    public void deleteRange(KeyRange range) {
        calls.<@Nullable Void>blockingWrite(call -> calls.deleteRange(range, call));
    }

    @Override
    public CasResult compareAndSwap(byte[] key, byte @Nullable [] expected, byte[] value) {
        return compareAndSwap(key, expected, value, 0);
    }

    @Override
    public CasResult compareAndSwap(byte[] key, byte @Nullable [] expected, byte[] value, Duration ttl) {
        return compareAndSwap(key, expected, value, limits.ttlSeconds(ttl));
    }

    private CasResult compareAndSwap(byte[] key, byte @Nullable [] expected, byte[] value, long ttl) {
        limits.compareAndSwap(view.options);
        limits.key(key);
        limits.value(value);
        engine.checkMayBlock();
        long startNs = System.nanoTime();
        int size = engine.casSize(view, key, expected, value);
        Operation operation = engine.acquire(size, startNs + view.timeoutNs);
        try {
            engine.compareAndSwap(operation, view, key, expected, value, ttl, startNs);
        } catch (RuntimeException refused) {
            operation.release();
            throw refused;
        }
        return send(AnswerReader.CAS, operation, key);
    }

    @Override
    public KeyTtl keyTtl(byte[] key) {
        limits.ttlSupported();
        limits.key(key);
        engine.checkMayBlock();
        long startNs = System.nanoTime();
        Operation operation = engine.acquire(view.points.getSize(key.length), startNs + view.timeoutNs);
        try {
            engine.get(operation, view, OperationKind.RAW_GET_KEY_TTL, key, startNs);
        } catch (RuntimeException refused) {
            operation.release();
            throw refused;
        }
        return send(AnswerReader.KEY_TTL, operation, key);
    }

    @Override
    public RawChecksum checksum(KeyRange range) {
        return calls.blocking(call -> calls.checksum(range, call));
    }

    @Override
    public List<RawCoprocessorResponse> coprocessor(RawCoprocessorRequest request) {
        return calls.blockingWrite(call -> calls.coprocessor(request, call));
    }

    @Override
    public RawClient with(RawOptions options) {
        return new BlockingFace(engine, options);
    }

    @Override
    public RawOptions options() {
        return view.options;
    }

    @Override
    public AsyncRawClient async() {
        return async;
    }

    @Override
    public DirectRawClient direct() {
        return direct;
    }
}
