package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.PendingStage;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. One call of the asynchronous face: the stage handed out and the operation's listener in one object.
 *
 * @param <T> the result
 */
final class AsyncCall<T extends @Nullable Object> extends PendingStage<T> implements OperationListener {

    private final RawEngine engine;
    private final @Nullable AnswerReader<T> reader;
    private @Nullable Operation operation;
    private int generation;

    /**
     * A call that has not begun.
     *
     * @param engine its engine
     * @param reader makes the result; null when someone else does
     */
    AsyncCall(RawEngine engine, @Nullable AnswerReader<T> reader) {
        super(engine.callbackExecutor());
        this.engine = engine;
        this.reader = reader;
    }

    /** Remembers what to cancel; before the operation is sent. */
    void cancels(Operation sent) {
        operation = sent;
        generation = sent.generation();
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        Operation sent = operation;
        if (sent != null) {
            sent.cancel(generation);
        }
        return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public void onResponse(Operation answered, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        engine.answer(answered, Objects.requireNonNull(reader), message, offset, length, this);
    }

    @Override
    public void onFailure(Operation failed, TikvException why) {
        failed.release();
        fail(why);
    }

    @Override
    public void onRoute(Operation waiting) {
        engine.router().route(waiting);
    }
}
