package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.raw.ResultView;
import io.tikvdirect.client.raw.RetainedResult;
import io.tikvdirect.codec.buffer.BufferView;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;

/**
 * Filled by the loops that read the answers, each its own elements, then read by one thread. Results that lie in several
 * answers: which buffer each element is in, and where. Its arrays are kept and used again.
 */
class MultiView implements ResultView {

    private static final int STRIDE = 5;
    private static final int SOURCE = 0;
    private static final int KEY_OFFSET = 1;
    private static final int KEY_LENGTH = 2;
    private static final int VALUE_OFFSET = 3;
    private static final int VALUE_LENGTH = 4;
    private static final int ABSENT = -1;

    /** 1,024 elements take 20 KiB. */
    private static final int SMALL_ELEMENTS = 1_024;

    private final BufferView keyView = new BufferView();
    private final BufferView valueView = new BufferView();
    private final AtomicInteger sourceCount = new AtomicInteger();
    private ByteBuf[] sources = new ByteBuf[0];
    private int[] elements = new int[0];
    private int size;
    private boolean withKeys;

    /** Becomes a list of absent elements. */
    final void reset(int newSize, int maxSources, boolean hasKeys) {
        if (elements.length < newSize * STRIDE) {
            elements = new int[newSize * STRIDE];
        }
        if (sources.length < maxSources) {
            sources = new ByteBuf[maxSources];
        }
        size = newSize;
        sourceCount.set(0);
        withKeys = hasKeys;
    }

    /** Keeps an answer and gives it a number. */
    final int addSource(ByteBuf message) {
        int number = sourceCount.getAndIncrement();
        sources[number] = message.retain();
        return number;
    }

    /** Whether it has never held so much that it should not be kept. */
    final boolean isSmall() {
        return elements.length <= SMALL_ELEMENTS * STRIDE;
    }

    final void setAbsent(int index) {
        elements[index * STRIDE + VALUE_LENGTH] = ABSENT;
    }

    final void setValue(int index, int source, int offset, int length) {
        int base = index * STRIDE;
        elements[base + SOURCE] = source;
        elements[base + VALUE_OFFSET] = offset;
        elements[base + VALUE_LENGTH] = length;
    }

    /** Adds an element with a key at the end. */
    final void addPair(int source, int keyOffset, int keyLength, int valueOffset, int valueLength) {
        if ((size + 1) * STRIDE > elements.length) {
            elements = Arrays.copyOf(elements, Math.max(64 * STRIDE, 2 * elements.length));
        }
        int base = size++ * STRIDE;
        elements[base + SOURCE] = source;
        elements[base + KEY_OFFSET] = keyOffset;
        elements[base + KEY_LENGTH] = keyLength;
        elements[base + VALUE_OFFSET] = valueOffset;
        elements[base + VALUE_LENGTH] = valueLength;
    }

    /** Makes room for one more answer, while only one thread fills. */
    final void growSources() {
        if (sourceCount.get() == sources.length) {
            sources = Arrays.copyOf(sources, Math.max(4, 2 * sources.length));
        }
    }

    /** Gives all answers back. */
    @SuppressWarnings("NullAway") // slots beyond the count are never read
    final void releaseSources() {
        for (int i = 0; i < sourceCount.get(); i++) {
            sources[i].release();
            sources[i] = null;
        }
        sourceCount.set(0);
        size = 0;
    }

    private int element(int index, int field) {
        return elements[Objects.checkIndex(index, size) * STRIDE + field];
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean isPresent(int index) {
        return element(index, VALUE_LENGTH) != ABSENT;
    }

    @Override
    public DirectBuffer value(int index) {
        return valueView.wrap(
                sources[element(index, SOURCE)], element(index, VALUE_OFFSET), element(index, VALUE_LENGTH));
    }

    @Override
    public int valueOffset(int index) {
        Objects.checkIndex(index, size);
        return 0;
    }

    @Override
    public int valueLength(int index) {
        return element(index, VALUE_LENGTH);
    }

    @Override
    public DirectBuffer key(int index) {
        if (!withKeys) {
            throw new IllegalStateException("only the result of a scan has keys");
        }
        return keyView.wrap(sources[element(index, SOURCE)], element(index, KEY_OFFSET), element(index, KEY_LENGTH));
    }

    @Override
    public int keyOffset(int index) {
        Objects.checkIndex(index, size);
        return 0;
    }

    @Override
    public int keyLength(int index) {
        return element(index, KEY_LENGTH);
    }

    @Override
    public RetainedResult retain() {
        Retained retained = new Retained();
        ((MultiView) retained).copyOf(this);
        return retained;
    }

    private void copyOf(MultiView other) {
        reset(other.size, other.sourceCount.get(), other.withKeys);
        System.arraycopy(other.elements, 0, elements, 0, other.size * STRIDE);
        for (int i = 0; i < other.sourceCount.get(); i++) {
            addSource(other.sources[i]);
        }
    }

    /** Results that outlive their callback. */
    private static final class Retained extends MultiView implements RetainedResult {
        @Override
        public void close() {
            releaseSources();
        }
    }
}
