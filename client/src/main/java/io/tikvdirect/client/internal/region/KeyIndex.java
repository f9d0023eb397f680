package io.tikvdirect.client.internal.region;

import io.tikvdirect.codec.buffer.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Immutable. Ascending keys, searched without allocation.
 *
 * <p>Regions of one table share long prefixes, so comparing whole keys would read the same bytes at every step, each time
 * in another array. Here the prefix common to all keys but the first is compared once, and the eight bytes behind it lie
 * in a {@code long[]}: the search runs in that array and looks at a key only where those bytes are equal. The first key is
 * left out of the prefix because it is the empty key in the leftmost chunk; it is taken to be below whatever is searched.
 */
final class KeyIndex {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[][] keys;
    private final long[] heads;
    private final int shared;
    private final byte[] prefix;

    /** Over ascending keys, at least one. */
    KeyIndex(final byte[][] keys) {
        this.keys = keys;
        this.shared = sharedPrefix(keys);
        this.prefix = shared == 0 ? Bytes.EMPTY : Arrays.copyOf(keys[1], shared);
        this.heads = new long[keys.length];
        heads[0] = Long.MIN_VALUE;
        for (int i = 1; i < keys.length; i++) {
            heads[i] = head(keys[i], shared, keys[i].length - shared);
        }
    }

    private static int sharedPrefix(final byte[][] keys) {
        if (keys.length < 2) {
            return 0;
        }
        final byte[] low = keys[1];
        final byte[] high = keys[keys.length - 1];
        final int mismatch = Arrays.mismatch(low, high);
        return mismatch < 0 ? low.length : mismatch;
    }

    byte[] key(final int index) {
        return keys[index];
    }

    /** The last key at or below the searched one; 0 when it is below the second. */
    int floor(final byte[] key, final int offset, final int length) {
        if (keys.length == 1) {
            return 0;
        }
        final int side = Bytes.compare(key, offset, Math.min(length, shared), prefix);
        if (side != 0) {
            return side < 0 ? 0 : keys.length - 1;
        }
        final long head = head(key, offset + shared, length - shared);
        int high = lastAtMost(head);
        if (heads[high] != head || high == 0) {
            return high;
        }
        int low = lastBelow(head) + 1;
        while (low <= high) {
            final int mid = (low + high) >>> 1;
            if (Bytes.compare(key, offset, length, keys[mid]) >= 0) {
                low = mid + 1;
            } else {
                high = mid - 1;
            }
        }
        return high;
    }

    /** The last key at or below the searched one; 0 when it is below the second. */
    int floor(final DirectBuffer key, final int offset, final int length) {
        if (keys.length == 1) {
            return 0;
        }
        final int side = Bytes.compare(key, offset, Math.min(length, shared), prefix);
        if (side != 0) {
            return side < 0 ? 0 : keys.length - 1;
        }
        final long head = head(key, offset + shared, length - shared);
        int high = lastAtMost(head);
        if (heads[high] != head || high == 0) {
            return high;
        }
        int low = lastBelow(head) + 1;
        while (low <= high) {
            final int mid = (low + high) >>> 1;
            if (Bytes.compare(key, offset, length, keys[mid]) >= 0) {
                low = mid + 1;
            } else {
                high = mid - 1;
            }
        }
        return high;
    }

    private int lastAtMost(final long head) {
        int low = 1;
        int high = heads.length - 1;
        while (low <= high) {
            final int mid = (low + high) >>> 1;
            if (heads[mid] <= head) {
                low = mid + 1;
            } else {
                high = mid - 1;
            }
        }
        return high;
    }

    private int lastBelow(final long head) {
        int low = 1;
        int high = heads.length - 1;
        while (low <= high) {
            final int mid = (low + high) >>> 1;
            if (heads[mid] < head) {
                low = mid + 1;
            } else {
                high = mid - 1;
            }
        }
        return high;
    }

    /** Up to eight bytes in big-endian order, the rest zero, with the sign flipped so that signed order is byte order. */
    private static long head(final byte[] key, final int offset, final int length) {
        if (length >= Long.BYTES) {
            return (long) LONG.get(key, offset) ^ Long.MIN_VALUE;
        }
        long head = 0;
        for (int i = 0; i < length; i++) {
            head |= (key[offset + i] & 0xFFL) << (Long.SIZE - Byte.SIZE * (i + 1));
        }
        return head ^ Long.MIN_VALUE;
    }

    private static long head(final DirectBuffer key, final int offset, final int length) {
        if (length >= Long.BYTES) {
            return key.getLong(offset, ByteOrder.BIG_ENDIAN) ^ Long.MIN_VALUE;
        }
        long head = 0;
        for (int i = 0; i < length; i++) {
            head |= (key.getByte(offset + i) & 0xFFL) << (Long.SIZE - Byte.SIZE * (i + 1));
        }
        return head ^ Long.MIN_VALUE;
    }
}
