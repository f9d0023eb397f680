package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.region.RegionCache;
import io.tikvdirect.client.raw.DirectBatch;
import io.tikvdirect.codec.buffer.BufferView;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.RawBatchBodies;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Filled by one thread, then read by several. A copy of a {@link DirectBatch}, in memory that is used again for the next
 * one.
 */
final class CopiedItems implements BatchItems {

    private byte[] bytes = new byte[0];
    private ByteBuf memory = Unpooled.EMPTY_BUFFER;
    private final BufferView buffer = new BufferView();
    private int[] keyStarts = new int[0];
    private int[] valueStarts = new int[0];
    private int size;

    void copy(DirectBatch batch) {
        size = batch.size();
        if (keyStarts.length < size + 1) {
            keyStarts = new int[size + 1];
            valueStarts = new int[size + 1];
        }
        if (bytes.length < batch.totalBytes()) {
            bytes = new byte[Math.max(batch.totalBytes(), 2 * bytes.length)];
            memory = Unpooled.wrappedBuffer(bytes);
        }
        System.arraycopy(batch.array(), 0, bytes, 0, batch.totalBytes());
        for (int i = 0; i < size; i++) {
            keyStarts[i] = batch.keyOffset(i);
            valueStarts[i] = batch.valueOffset(i);
        }
        keyStarts[size] = batch.totalBytes();
        buffer.wrap(memory, 0, memory.capacity());
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int keyLength(int item) {
        return valueStarts[item] - keyStarts[item];
    }

    @Override
    public int valueLength(int item) {
        return keyStarts[item + 1] - valueStarts[item];
    }

    @Override
    public @Nullable Region locate(RegionCache regions, int item) {
        return regions.locate(buffer, keyStarts[item], keyLength(item));
    }

    @Override
    public boolean isIn(Region region, int item) {
        int start = keyStarts[item];
        int length = keyLength(item);
        return Bytes.compare(bytes, start, length, region.start()) >= 0
                && (region.end().length == 0 || Bytes.compare(bytes, start, length, region.end()) < 0);
    }

    @Override
    public byte[] key(int item) {
        return Arrays.copyOfRange(bytes, keyStarts[item], valueStarts[item]);
    }

    @Override
    public void writeKey(RawBatchBodies bodies, ByteBuf out, int item) {
        bodies.writeKey(out, buffer, keyStarts[item], keyLength(item));
    }

    @Override
    public void writePair(RawBatchBodies bodies, ByteBuf out, int item) {
        bodies.writePair(out, bytes, keyStarts[item], keyLength(item), valueStarts[item], valueLength(item));
    }

    @Override
    public boolean hasKey(int item, ByteBuf message, int offset, int length) {
        int start = keyStarts[item];
        if (keyLength(item) != length) {
            return false;
        }
        for (int i = length - 1; i >= 0; i--) {
            if (message.getByte(offset + i) != bytes[start + i]) {
                return false;
            }
        }
        return true;
    }
}
