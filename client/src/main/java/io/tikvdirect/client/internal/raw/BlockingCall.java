package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.PendingResult;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. One call of the blocking face: the result waited for and the operation's listener in one object.
 *
 * @param <T> the result
 */
final class BlockingCall<T extends @Nullable Object> extends PendingResult<T> implements OperationListener {

    private final RawEngine engine;
    private final @Nullable AnswerReader<T> reader;

    /**
     * A call of the current thread.
     *
     * @param engine its engine
     * @param reader makes the result; null when someone else does
     * @param harmfulTwice whether it is a write that must not be repeated
     */
    BlockingCall(RawEngine engine, @Nullable AnswerReader<T> reader, boolean harmfulTwice) {
        super(harmfulTwice);
        this.engine = engine;
        this.reader = reader;
    }

    @Override
    public void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        engine.answer(operation, Objects.requireNonNull(reader), message, offset, length, this);
    }

    @Override
    public void onFailure(Operation operation, TikvException why) {
        operation.release();
        fail(why);
    }

    @Override
    public void onRoute(Operation operation) {
        engine.router().route(operation);
    }
}
