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
 * in another array. Here the prefix common to all keys but the first is compared once, and the <i>heads</i>, the 63 bits
 * behind it, are searched as a {@link HeadTree}; a key is looked at only where those bits are equal. The first key is left
 * out of the prefix because it is the empty key in the leftmost chunk; it is taken to be below whatever is searched.
 *
 * <p>What is searched may be an array or a buffer. The two forms of a method are the same but for how they read bytes.
 */
final class KeyIndex extends HeadTree {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[][] keys;
    private final int shared;
    private final byte[] prefix;

    /** Over ascending keys, at least one. */
    KeyIndex(final byte[][] keys) {
        this(keys, sharedPrefix(keys));
    }

    private KeyIndex(final byte[][] keys, final int shared) {
        super(heads(keys, shared));
        this.keys = keys;
        this.shared = shared;
        this.prefix = shared == 0 ? Bytes.EMPTY : Arrays.copyOf(keys[1], shared);
    }

    private static long[] heads(final byte[][] keys, final int shared) {
        final long[] heads = new long[keys.length];
        for (int i = 1; i < keys.length; i++) {
            heads[i] = head(keys[i], 0, keys[i].length, shared);
        }
        return heads;
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

    /** The last key at or below the searched one; 0 when it is below the second. Companions: see {@link HeadTree}. */
    int floor(final byte[] key, final int offset, final int length, final Object[] companions) {
        if (!hasPrefix(key, offset, length)) {
            return Bytes.compare(key, offset, Math.min(length, shared), prefix) < 0 ? 0 : keys.length - 1;
        }
        final long head = head(key, offset, length, shared);
        int high = lastAtMost(head, companions);
        if (high == 0 || at(high) != head) {
            return high;
        }
        int low = firstOf(head, companions);
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

    /** The last key at or below the searched one; 0 when it is below the second. Companions: see {@link HeadTree}. */
    int floor(final DirectBuffer key, final int offset, final int length, final Object[] companions) {
        if (!hasPrefix(key, offset, length)) {
            return Bytes.compare(key, offset, Math.min(length, shared), prefix) < 0 ? 0 : keys.length - 1;
        }
        final long head = head(key, offset, length, shared);
        int high = lastAtMost(head, companions);
        if (high == 0 || at(high) != head) {
            return high;
        }
        int low = firstOf(head, companions);
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

    /** By words, the last one overlapping the one before it: prefixes are short, and a call would cost more. */
    private boolean hasPrefix(final byte[] key, final int offset, final int length) {
        final byte[] wanted = prefix;
        final int last = wanted.length - Long.BYTES;
        if (length < wanted.length) {
            return false;
        }
        if (last < 0) {
            return Arrays.equals(key, offset, offset + wanted.length, wanted, 0, wanted.length);
        }
        for (int i = 0; i < last; i += Long.BYTES) {
            if ((long) LONG.get(key, offset + i) != (long) LONG.get(wanted, i)) {
                return false;
            }
        }
        return (long) LONG.get(key, offset + last) == (long) LONG.get(wanted, last);
    }

    private boolean hasPrefix(final DirectBuffer key, final int offset, final int length) {
        return length >= shared && Bytes.compare(key, offset, shared, prefix) == 0;
    }

    /** The first place with that head, other than the first of all. */
    private int firstOf(final long head, final Object[] companions) {
        return head == 0 ? 1 : lastAtMost(head - 1, companions) + 1;
    }

    /** The bits behind the prefix; beyond the key's end they are zero. */
    private static long head(final byte[] key, final int offset, final int length, final int shared) {
        final int rest = length - shared;
        if (rest >= Long.BYTES) {
            return bounded((long) LONG.get(key, offset + shared));
        }
        if (rest <= 0) {
            return 0;
        }
        if (offset + length >= Long.BYTES) {
            return bounded((long) LONG.get(key, offset + length - Long.BYTES) << unused(rest));
        }
        long head = 0;
        for (int i = offset + shared; i < offset + length; i++) {
            head = (head << Byte.SIZE) | (key[i] & 0xFF);
        }
        return bounded(head << unused(rest));
    }

    /** The bits behind the prefix; beyond the key's end they are zero. */
    private static long head(final DirectBuffer key, final int offset, final int length, final int shared) {
        final int rest = length - shared;
        if (rest >= Long.BYTES) {
            return bounded(key.getLong(offset + shared, ByteOrder.BIG_ENDIAN));
        }
        if (rest <= 0) {
            return 0;
        }
        if (offset + length >= Long.BYTES) {
            return bounded(key.getLong(offset + length - Long.BYTES, ByteOrder.BIG_ENDIAN) << unused(rest));
        }
        long head = 0;
        for (int i = offset + shared; i < offset + length; i++) {
            head = (head << Byte.SIZE) | (key.getByte(i) & 0xFF);
        }
        return bounded(head << unused(rest));
    }

    private static int unused(final int bytes) {
        return Long.SIZE - Byte.SIZE * bytes;
    }

    /** The upper 63 bits, which are never negative, and never the number that fills up a {@link HeadTree}. */
    private static long bounded(final long bits) {
        return Math.min(bits >>> 1, HeadTree.MAX);
    }
}
