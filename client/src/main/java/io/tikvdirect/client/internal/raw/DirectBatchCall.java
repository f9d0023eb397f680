package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.raw.DirectBatch;
import io.tikvdirect.client.raw.DirectCallback;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe like its superclass. A batch call of the direct face; pooled with all it has grown, so that once warm
 * nothing is allocated per key.
 */
final class DirectBatchCall extends BatchCall {

    private final Queue<DirectBatchCall> home;
    private final CopiedItems copy = new CopiedItems();
    private final MultiView view = new MultiView();
    private @Nullable DirectCallback callback;
    private long correlationId;

    DirectBatchCall(RawEngine engine, RawView view, Queue<DirectBatchCall> home) {
        super(engine, view);
        this.home = home;
    }

    void start(
            Operation operation,
            RawView newView,
            OperationKind newKind,
            DirectBatch batch,
            long ttlSeconds,
            long startNs,
            long newCorrelationId,
            DirectCallback newCallback) {
        copy.copy(batch);
        callback = newCallback;
        correlationId = newCorrelationId;
        boolean reads = newKind == OperationKind.RAW_BATCH_GET;
        view.reset(reads ? batch.size() : 0, reads ? batch.size() : 0, false);
        start(operation, newView, newKind, copy, ttlSeconds, startNs);
    }

    @Override
    int keep(int chunk, ByteBuf message) {
        return view.addSource(message);
    }

    @Override
    void found(int item, int source, ByteBuf message, int valueOffset, int valueLength) {
        view.setValue(item, source, valueOffset, valueLength);
    }

    @Override
    void missing(int item) {
        view.setAbsent(item);
    }

    @Override
    protected void finish() {
        DirectCallback receiver = Objects.requireNonNull(callback);
        long number = correlationId;
        TikvException failure = hasFailed() ? failure() : null;
        callback = null;
        if (failure == null) {
            engine.directCalls().complete(receiver, number, view);
        }
        view.releaseSources();
        plan.clear(copy.size());
        home.offer(this);
        if (failure != null) {
            engine.directCalls().fail(receiver, number, failure);
        }
    }
}
