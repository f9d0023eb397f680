package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tikvdirect.client.raw.ResultView;
import io.tikvdirect.client.raw.RetainedResult;
import io.tikvdirect.codec.buffer.BufferView;
import java.util.Objects;
import org.agrona.DirectBuffer;

/** Confined to one thread at a time. The result of a get, put or delete: no value or one, in place. */
public class ValueView implements ResultView {

    private final BufferView view = new BufferView();
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int offset;
    private int length;
    private int size;

    /** A result without a value. */
    public ValueView() {}

    /**
     * Becomes a result without a value.
     *
     * @return this
     */
    public final ValueView empty() {
        buffer = Unpooled.EMPTY_BUFFER;
        size = 0;
        return this;
    }

    /**
     * Becomes a value.
     *
     * @param message where it lies, <i>borrowed</i> until this becomes something else
     * @param valueOffset absolute index
     * @param valueLength in bytes
     * @return this
     */
    public final ValueView of(ByteBuf message, int valueOffset, int valueLength) {
        buffer = message;
        offset = valueOffset;
        length = valueLength;
        size = 1;
        return this;
    }

    final ByteBuf buffer() {
        return buffer;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean isPresent(int index) {
        Objects.checkIndex(index, size);
        return true;
    }

    @Override
    public DirectBuffer value(int index) {
        Objects.checkIndex(index, size);
        return view.wrap(buffer, offset, length);
    }

    @Override
    public int valueOffset(int index) {
        Objects.checkIndex(index, size);
        return 0;
    }

    @Override
    public int valueLength(int index) {
        Objects.checkIndex(index, size);
        return length;
    }

    @Override
    public DirectBuffer key(int index) {
        throw noKeys();
    }

    @Override
    public int keyOffset(int index) {
        throw noKeys();
    }

    @Override
    public int keyLength(int index) {
        throw noKeys();
    }

    private static IllegalStateException noKeys() {
        return new IllegalStateException("only the result of a scan has keys");
    }

    @Override
    public RetainedResult retain() {
        Retained retained = new Retained();
        if (size == 1) {
            buffer.retain();
            retained.of(buffer, offset, length);
        }
        return retained;
    }

    /** A value that outlives its callback. */
    private static final class Retained extends ValueView implements RetainedResult {
        private boolean closed;

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                ByteBuf held = buffer();
                empty();
                held.release();
            }
        }
    }
}
