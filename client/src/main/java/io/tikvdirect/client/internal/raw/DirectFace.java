package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.raw.DirectBatch;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.raw.DirectRawClient;
import io.tikvdirect.client.raw.RawOptions;
import io.tikvdirect.client.raw.ScanOptions;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;

/** Thread-safe. The direct face: nothing between the caller's buffers and the operation. */
final class DirectFace implements DirectRawClient {

    private static final int POOLED_BATCHES = 256;
    private static final int POOLED_SCANS = 256;

    private final RawEngine engine;
    private final RawView view;
    private final Limits limits;
    private final MpmcVarHandleArrayQueue<DirectBatchCall> batches = new MpmcVarHandleArrayQueue<>(POOLED_BATCHES);

    private final MpmcVarHandleArrayQueue<MultiView> scans = new MpmcVarHandleArrayQueue<>(POOLED_SCANS);

    DirectFace(RawEngine engine, RawView view) {
        this.engine = engine;
        this.view = view;
        this.limits = engine.limits();
    }

    @Override
    public boolean get(DirectBuffer key, int offset, int length, long correlationId, DirectCallback callback) {
        limits.key(length);
        int size = view.points.getSize(length);
        Operation operation = engine.pool().tryAcquire(size);
        if (operation == null) {
            return false;
        }
        try {
            begin(operation, OperationKind.RAW_GET, true, correlationId, callback);
            view.points.writeGet(operation.newBody(size), key, offset, length);
        } catch (RuntimeException refused) {
            operation.release();
            throw refused;
        }
        return send(operation, length);
    }

    @Override
    public boolean put(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer value,
            int valueOffset,
            int valueLength,
            long ttlSeconds,
            long correlationId,
            DirectCallback callback) {
        limits.key(keyLength);
        limits.value(valueLength);
        limits.ttlSeconds(ttlSeconds);
        int size = view.points.putSize(keyLength, valueLength, ttlSeconds);
        Operation operation = engine.pool().tryAcquire(size);
        if (operation == null) {
            return false;
        }
        try {
            begin(operation, OperationKind.RAW_PUT, view.replayableWrites, correlationId, callback);
            ByteBuf body = operation.newBody(size);
            view.points.writePut(body, key, keyOffset, keyLength, value, valueOffset, valueLength, ttlSeconds);
        } catch (RuntimeException refused) {
            operation.release();
            throw refused;
        }
        return send(operation, keyLength);
    }

    @Override
    public boolean delete(DirectBuffer key, int offset, int length, long correlationId, DirectCallback callback) {
        limits.key(length);
        int size = view.points.deleteSize(length);
        Operation operation = engine.pool().tryAcquire(size);
        if (operation == null) {
            return false;
        }
        try {
            begin(operation, OperationKind.RAW_DELETE, view.replayableWrites, correlationId, callback);
            view.points.writeDelete(operation.newBody(size), key, offset, length);
        } catch (RuntimeException refused) {
            operation.release();
            throw refused;
        }
        return send(operation, length);
    }

    private void begin(
            Operation operation, OperationKind kind, boolean replayable, long correlationId, DirectCallback callback) {
        long startNs = System.nanoTime();
        operation.begin(kind, replayable, startNs, startNs + view.timeoutNs, view.context(kind));
        operation.listener(engine.directCalls());
        operation.directCaller(Objects.requireNonNull(callback, "callback"), correlationId);
    }

    private boolean send(Operation operation, int keyLength) {
        operation.routeBy(engine.keyOffset(view, keyLength), keyLength);
        engine.router().route(operation);
        return true;
    }

    @Override
    public boolean batchGet(DirectBatch keys, long correlationId, DirectCallback callback) {
        return batch(OperationKind.RAW_BATCH_GET, keys, 0, correlationId, callback);
    }

    @Override
    public boolean batchPut(DirectBatch pairs, long ttlSeconds, long correlationId, DirectCallback callback) {
        limits.ttlSeconds(ttlSeconds);
        return batch(OperationKind.RAW_BATCH_PUT, pairs, ttlSeconds, correlationId, callback);
    }

    @Override
    public boolean batchDelete(DirectBatch keys, long correlationId, DirectCallback callback) {
        return batch(OperationKind.RAW_BATCH_DELETE, keys, 0, correlationId, callback);
    }

    private boolean batch(
            OperationKind kind, DirectBatch batch, long ttlSeconds, long correlationId, DirectCallback callback) {
        Objects.requireNonNull(callback, "callback");
        if (batch.size() == 0) {
            throw new InvalidArgumentException("the batch is empty");
        }
        for (int i = 0; i < batch.size(); i++) {
            limits.key(batch.keyLength(i));
            limits.value(batch.valueLength(i));
        }
        Operation operation = engine.pool().tryAcquire(Limits.CHUNK_BYTES);
        if (operation == null) {
            return false;
        }
        DirectBatchCall call = batches.poll();
        if (call == null) {
            call = new DirectBatchCall(engine, view, batches);
        }
        try {
            call.start(operation, view, kind, batch, ttlSeconds, System.nanoTime(), correlationId, callback);
        } catch (RuntimeException | Error refused) {
            operation.release();
            throw refused;
        }
        return true;
    }

    @Override
    public boolean scan(
            DirectBuffer start,
            int startOffset,
            int startLength,
            DirectBuffer end,
            int endOffset,
            int endLength,
            ScanOptions options,
            long correlationId,
            DirectCallback callback) {
        Objects.requireNonNull(callback, "callback");
        limits.scanLimit(options);
        Operation operation = engine.pool().tryAcquire(0);
        if (operation == null) {
            return false;
        }
        byte[] lower = new byte[startLength];
        byte[] upper = new byte[endLength];
        try {
            start.getBytes(startOffset, lower);
            end.getBytes(endOffset, upper);
        } catch (RuntimeException refused) {
            operation.release();
            throw refused;
        }
        ScanCursor cursor = ScanCursor.start(lower, upper, options.reverse(), options.limit());
        new DirectScanCall(
                        engine,
                        view,
                        cursor,
                        options.keyOnly(),
                        options.limit(),
                        System.nanoTime(),
                        scans,
                        correlationId,
                        callback)
                .step(operation);
        return true;
    }

    @Override
    public DirectRawClient with(RawOptions options) {
        return new DirectFace(engine, engine.view(options));
    }

    @Override
    public RawOptions options() {
        return view.options;
    }
}
