package io.tikvdirect.client.internal.region;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Immutable. What tells ascending keys apart, in 59 bits each: their <i>heads</i>, the seven bytes behind what they share
 * and, for a key that ends before, how many of them it has. Heads ascend as the keys do; they are equal only where keys
 * share more than was left out. How far a head's bytes are above the lowest ones, cut to 30 bits of what there is between the
 * lowest and the highest, is its <i>code</i>; how many bytes there are has no part in it, so that a search need not know.
 *
 * <p>The first key of all is taken to be below whatever is searched, and has no say in what the keys share: it is the empty
 * key in the leftmost chunk.
 */
final class KeyHeads {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int CODE_BITS = 30;
    /** Above the code of every key, for heads above all. */
    private static final long TOP = 1L << CODE_BITS;

    /** The bits of how many bytes there are. */
    private static final int LENGTH_BITS = 3;

    private static final int BYTES = 7;
    /** Bytes that keys share but whoever is searched need not: so few do not make heads too coarse if they are part of them. */
    private static final int SLACK = 3;

    /** Bytes left out at the front of each key. */
    final int shared;
    /** Whether a searched key must be asked if it has the bytes left out. */
    final boolean checked;

    final long[] heads;
    /** The bytes of the lowest head. */
    final long lowest;

    final int shift;

    /**
     * Of some of ascending keys.
     *
     * @param from the first of them
     * @param to behind the last of them
     * @param known how many bytes all keys that will ever be searched share with them
     */
    KeyHeads(final byte[][] keys, final int from, final int to, final int known) {
        final int own = to - from < 2 ? 0 : sharedBytes(keys[from + 1], keys[to - 1]);
        this.checked = own > known + SLACK;
        this.shared = checked ? own : Math.min(own, known);
        this.heads = new long[to - from];
        heads[0] = -1;
        for (int i = 1; i < heads.length; i++) {
            heads[i] = of(keys[from + i], shared, keys[from + i].length - shared);
        }
        this.lowest = heads.length > 1 ? heads[1] >>> LENGTH_BITS : 0;
        final long range = heads.length > 1 ? (heads[heads.length - 1] >>> LENGTH_BITS) - lowest : 0;
        this.shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(range) - CODE_BITS);
    }

    /** How many bytes two keys have in common at their front. */
    static int sharedBytes(final byte[] key, final byte[] other) {
        final int mismatch = Arrays.mismatch(key, other);
        return mismatch < 0 ? key.length : mismatch;
    }

    /** Whether two heads differ in nothing but how many bytes there are. */
    static boolean haveSameBytes(final long head, final long other) {
        return head >>> LENGTH_BITS == other >>> LENGTH_BITS;
    }

    /** Of all the heads, in their order; 0 for the first. */
    int[] codes() {
        final int[] codes = new int[heads.length];
        for (int i = 1; i < codes.length; i++) {
            codes[i] = code(heads[i] >>> LENGTH_BITS, lowest, shift);
        }
        return codes;
    }

    /** From 1 on for bytes from the lowest on, 0 below. */
    static int code(final long bytes, final long lowest, final int shift) {
        return (int) Math.min(TOP, Math.max(-1, (bytes - lowest) >> shift)) + 1;
    }

    /** Of a key, of which so many bytes are left from there on. */
    static long of(final byte[] key, final int offset, final int rest) {
        return withLength(bytes(key, offset, rest), rest);
    }

    /** Of a key, of which so many bytes are left from there on. */
    static long of(final DirectBuffer key, final int offset, final int rest) {
        return withLength(bytes(key, offset, rest), rest);
    }

    /** The seven bytes of the head, zeros where there are fewer. Read by one load where as many are before the end. */
    static long bytes(final byte[] key, final int offset, final int rest) {
        final int last = offset + rest - Long.BYTES;
        if (rest <= 0 || last < 0) {
            return fewBytes(key, offset, rest);
        }
        final int at = Math.min(offset, last);
        return (long) LONG.get(key, at) << ((offset - at) * Byte.SIZE) >>> Byte.SIZE;
    }

    /** So near the array's beginning that eight bytes before the key's end are not there, or none at all. */
    private static long fewBytes(final byte[] key, final int offset, final int rest) {
        long bytes = 0;
        for (int i = 0; i < BYTES; i++) {
            bytes = (bytes << Byte.SIZE) | (i < rest ? key[offset + i] & 0xFF : 0);
        }
        return bytes;
    }

    /** The seven bytes of the head, zeros where there are fewer. Read by one load where as many are before the end. */
    static long bytes(final DirectBuffer key, final int offset, final int rest) {
        final int last = offset + rest - Long.BYTES;
        if (rest <= 0 || last < 0) {
            return fewBytes(key, offset, rest);
        }
        final int at = Math.min(offset, last);
        return key.getLong(at, ByteOrder.BIG_ENDIAN) << ((offset - at) * Byte.SIZE) >>> Byte.SIZE;
    }

    private static long fewBytes(final DirectBuffer key, final int offset, final int rest) {
        long bytes = 0;
        for (int i = 0; i < BYTES; i++) {
            bytes = (bytes << Byte.SIZE) | (i < rest ? key.getByte(offset + i) & 0xFF : 0);
        }
        return bytes;
    }

    private static long withLength(final long bytes, final int rest) {
        return (bytes << LENGTH_BITS) | Math.max(0, Math.min(rest, BYTES));
    }
}
