package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.codec.buffer.Bytes;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe like its superclass. A batch call of the blocking or asynchronous face: values are copied out as they come.
 */
final class ObjectBatchCall extends BatchCall {

    private final Promise<List<byte @Nullable []>> promise;
    private final @Nullable Object[] values;

    ObjectBatchCall(RawEngine engine, RawView view, int items, Promise<List<byte @Nullable []>> promise) {
        super(engine, view);
        this.promise = promise;
        this.values = new Object[items];
    }

    @Override
    int keep(int chunk, ByteBuf message) {
        return chunk;
    }

    @Override
    void found(int item, int source, ByteBuf message, int valueOffset, int valueLength) {
        values[item] = Bytes.copy(message, valueOffset, valueLength);
    }

    @Override
    void missing(int item) {
        values[item] = null;
    }

    @SuppressWarnings("unchecked") // holds arrays of bytes and nulls only
    private List<byte @Nullable []> list() {
        return (List<byte @Nullable []>) (List<?>) Arrays.asList(values);
    }

    @Override
    protected boolean isWanted() {
        return promise.isWanted();
    }

    @Override
    protected void finish() {
        if (hasFailed()) {
            promise.fail(failure());
        } else {
            promise.succeed(list());
        }
    }
}
