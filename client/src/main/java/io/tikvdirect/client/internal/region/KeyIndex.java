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
 * in another array. Here the prefix common to all keys but the first is compared once. The 63 bits behind it are a key's
 * <i>head</i>; how far a head is above the lowest one, cut to 30 bits of what there is between the lowest and the highest,
 * is its <i>code</i>. Codes are searched as a {@link CodeTree}; where they are equal heads decide, and where these are
 * equal, keys. The first key is left out of the prefix because it is the empty key in the leftmost chunk; it is taken to be
 * below whatever is searched.
 *
 * <p>What is searched may be an array or a buffer. The two forms of a method are the same but for how they read bytes.
 */
final class KeyIndex extends CodeTree {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int CODE_BITS = 30;
    /** Above the code of every key, for heads above all. */
    private static final long TOP = 1L << CODE_BITS;

    private final byte[][] keys;
    private final long[] heads;
    private final long lowest;
    private final int shift;
    private final int shared;
    private final byte[] prefix;

    /** Over ascending keys, at least one. */
    KeyIndex(final byte[][] keys) {
        this(keys, sharedPrefix(keys));
    }

    private KeyIndex(final byte[][] keys, final int shared) {
        this(keys, shared, heads(keys, shared));
    }

    private KeyIndex(final byte[][] keys, final int shared, final long[] heads) {
        super(codes(heads));
        this.keys = keys;
        this.heads = heads;
        this.lowest = lowest(heads);
        this.shift = shift(heads);
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

    private static long lowest(final long[] heads) {
        return heads.length > 1 ? heads[1] : 0;
    }

    /** How many bits to drop so that the distance between the lowest and the highest head fits into a code. */
    private static int shift(final long[] heads) {
        final long range = heads[heads.length - 1] - lowest(heads);
        return Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(range) - CODE_BITS);
    }

    private static int[] codes(final long[] heads) {
        final int[] codes = new int[heads.length];
        for (int i = 1; i < heads.length; i++) {
            codes[i] = code(heads[i], lowest(heads), shift(heads));
        }
        return codes;
    }

    /** From 1 on for heads from the lowest on, 0 below; none of them can overflow, heads having 63 bits. */
    private static int code(final long head, final long lowest, final int shift) {
        return (int) Math.min(TOP, Math.max(-1, (head - lowest) >> shift)) + 1;
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

    /** The last key at or below the searched one; 0 when it is below the second. Companions: see {@link CodeTree}. */
    int floor(final byte[] key, final int offset, final int length, final Object[] companions) {
        if (!hasPrefix(key, offset, length)) {
            return Bytes.compare(key, offset, Math.min(length, shared), prefix) < 0 ? 0 : keys.length - 1;
        }
        final long head = head(key, offset, length, shared);
        final int code = code(head, lowest, shift);
        final int high = lastAtMost(code, companions);
        return high == 0 || code(high) != code ? high : lastAtMost(key, offset, length, head, high, companions);
    }

    private int lastAtMost(
            final byte[] key,
            final int offset,
            final int length,
            final long head,
            final int last,
            final Object[] companions) {
        int low = firstOf(code(last), companions);
        int high = last;
        while (low <= high) {
            final int mid = (low + high) >>> 1;
            if (head > heads[mid] || (head == heads[mid] && Bytes.compare(key, offset, length, keys[mid]) >= 0)) {
                low = mid + 1;
            } else {
                high = mid - 1;
            }
        }
        return high;
    }

    /** The last key at or below the searched one; 0 when it is below the second. Companions: see {@link CodeTree}. */
    int floor(final DirectBuffer key, final int offset, final int length, final Object[] companions) {
        if (!hasPrefix(key, offset, length)) {
            return Bytes.compare(key, offset, Math.min(length, shared), prefix) < 0 ? 0 : keys.length - 1;
        }
        final long head = head(key, offset, length, shared);
        final int code = code(head, lowest, shift);
        final int high = lastAtMost(code, companions);
        return high == 0 || code(high) != code ? high : lastAtMost(key, offset, length, head, high, companions);
    }

    private int lastAtMost(
            final DirectBuffer key,
            final int offset,
            final int length,
            final long head,
            final int last,
            final Object[] companions) {
        int low = firstOf(code(last), companions);
        int high = last;
        while (low <= high) {
            final int mid = (low + high) >>> 1;
            if (head > heads[mid] || (head == heads[mid] && Bytes.compare(key, offset, length, keys[mid]) >= 0)) {
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

    /** The first place with a code, which is not 0. */
    private int firstOf(final int code, final Object[] companions) {
        return lastAtMost(code - 1, companions) + 1;
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

    /** The upper 63 bits, which are never negative. */
    private static long bounded(final long bits) {
        return bits >>> 1;
    }
}
