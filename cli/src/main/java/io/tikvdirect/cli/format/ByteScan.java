package io.tikvdirect.cli.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Stateless. Looks for a byte, eight at a time. */
final class ByteScan {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private ByteScan() {}

    /**
     * The first index of a byte in a range of an array.
     *
     * @param to end of the range, exclusive
     * @return the index, or {@code to} if it is not there
     */
    static int indexOf(byte wanted, byte[] bytes, int from, int to) {
        long pattern = (wanted & 0xFFL) * LOW_BITS;
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            // A byte that is wanted becomes zero; the lowest high bit that is left is that of the first zero
            long difference = (long) LONGS.get(bytes, at) ^ pattern;
            long found = (difference - LOW_BITS) & ~difference & HIGH_BITS;
            if (found != 0) {
                return at + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (at < to && bytes[at] != wanted) {
            at++;
        }
        return at;
    }
}
