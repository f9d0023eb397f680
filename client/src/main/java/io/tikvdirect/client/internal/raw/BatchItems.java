package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.internal.call.ChunkItems;
import io.tikvdirect.client.internal.call.KeyItems;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.region.RegionCache;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.RawBatchBodies;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Read by several threads, written by none after it was filled. The keys, or keys with values, of a batch call in the
 * caller's order. {@link OfKeys} and {@link OfPairs} read the caller's own arrays; {@link CopiedItems} keeps a copy.
 */
interface BatchItems extends ChunkItems {

    void writeKey(RawBatchBodies bodies, ByteBuf out, int item);

    void writePair(RawBatchBodies bodies, ByteBuf out, int item);

    /** Whether an item's key is that of an answer. */
    boolean hasKey(int item, ByteBuf message, int offset, int length);

    private static boolean same(byte[] key, ByteBuf message, int offset, int length) {
        return key.length == length && Bytes.compare(message, offset, length, key) == 0;
    }

    /** Immutable. Keys as the caller's arrays. */
    record OfKeys(List<byte[]> keys) implements BatchItems, KeyItems {

        @Override
        public void writeKey(RawBatchBodies bodies, ByteBuf out, int item) {
            bodies.writeKey(out, keys.get(item));
        }

        @Override
        public void writePair(RawBatchBodies bodies, ByteBuf out, int item) {
            throw new IllegalStateException("keys have no values");
        }

        @Override
        public boolean hasKey(int item, ByteBuf message, int offset, int length) {
            return same(keys.get(item), message, offset, length);
        }
    }

    /** Immutable. Pairs as the caller's arrays. */
    record OfPairs(List<KvPair> pairs) implements BatchItems {

        private static final byte[] NO_VALUE = new byte[0];

        @Override
        public int size() {
            return pairs.size();
        }

        @Override
        public int keyLength(int item) {
            return key(item).length;
        }

        @Override
        public int valueLength(int item) {
            return value(item).length;
        }

        @Override
        public @Nullable Region locate(RegionCache regions, int item) {
            return regions.locate(key(item));
        }

        @Override
        public boolean isIn(Region region, int item) {
            return region.contains(key(item));
        }

        @Override
        public byte[] key(int item) {
            return pairs.get(item).key();
        }

        private byte[] value(int item) {
            byte[] value = pairs.get(item).value();
            return value == null ? NO_VALUE : value;
        }

        @Override
        public void writeKey(RawBatchBodies bodies, ByteBuf out, int item) {
            bodies.writeKey(out, key(item));
        }

        @Override
        public void writePair(RawBatchBodies bodies, ByteBuf out, int item) {
            bodies.writePair(out, key(item), value(item));
        }

        @Override
        public boolean hasKey(int item, ByteBuf message, int offset, int length) {
            return same(key(item), message, offset, length);
        }
    }
}
