package io.tikvdirect.cli.load;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Stateless. Spreads keys over 64 bits, eight bytes at a time. */
final class KeyHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private KeyHash() {}

    static long of(byte[] bytes, int offset, int length) {
        long hash = length;
        int at = offset;
        int end = offset + length;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            hash = mix(hash ^ (long) LONGS.get(bytes, at));
        }
        long rest = 0;
        for (; at < end; at++) {
            rest = (rest << 8) | (bytes[at] & 0xFF);
        }
        return mix(hash ^ rest);
    }

    private static long mix(long hash) {
        long product = hash * MULTIPLIER;
        return product ^ (product >>> 29);
    }
}
