package io.tikvdirect.embedded.internal.txn;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Immutable. The 64-bit fingerprint of a key as TiKV names it in deadlocks and lock waits: FarmHash's Fingerprint64, whose
 * values are fixed for all time.
 */
final class KeyHash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long K0 = 0xc3a5c85c97cb3127L;
    private static final long K1 = 0xb492b66fbe98f273L;
    private static final long K2 = 0x9ae16a3b2f90404fL;
    private static final int BLOCK = 64;

    private KeyHash() {}

    static long of(byte[] key) {
        if (key.length <= 16) {
            return upTo16(key);
        }
        if (key.length <= 32) {
            return upTo32(key);
        }
        return key.length <= BLOCK ? upTo64(key) : longer(key);
    }

    private static long upTo16(byte[] key) {
        int n = key.length;
        long mul = K2 + n * 2L;
        if (n >= 8) {
            long a = long64(key, 0) + K2;
            long b = long64(key, n - 8);
            long c = rotate(b, 37) * mul + a;
            long d = (rotate(a, 25) + b) * mul;
            return mix(c, d, mul);
        }
        if (n >= 4) {
            return mix(n + (int32(key, 0) << 3), int32(key, n - 4), mul);
        }
        if (n == 0) {
            return K2;
        }
        long y = (key[0] & 0xff) + ((key[n >> 1] & 0xffL) << 8);
        long z = n + ((key[n - 1] & 0xffL) << 2);
        return fold((y * K2) ^ (z * K0)) * K2;
    }

    private static long upTo32(byte[] key) {
        int n = key.length;
        long mul = K2 + n * 2L;
        long a = long64(key, 0) * K1;
        long b = long64(key, 8);
        long c = long64(key, n - 8) * mul;
        long d = long64(key, n - 16) * K2;
        return mix(rotate(a + b, 43) + rotate(c, 30) + d, a + rotate(b + K2, 18) + c, mul);
    }

    private static long upTo64(byte[] key) {
        int n = key.length;
        long mul = K2 + n * 2L;
        long a = long64(key, 0) * K2;
        long b = long64(key, 8);
        long c = long64(key, n - 8) * mul;
        long d = long64(key, n - 16) * K2;
        long y = rotate(a + b, 43) + rotate(c, 30) + d;
        long z = mix(y, a + rotate(b + K2, 18) + c, mul);
        long e = long64(key, 16) * mul;
        long f = long64(key, 24);
        long g = (y + long64(key, n - 32)) * mul;
        long h = (z + long64(key, n - 24)) * mul;
        return mix(rotate(e + f, 43) + rotate(g, 30) + h, e + rotate(f + a, 18) + g, mul);
    }

    private static long longer(byte[] key) {
        Long64 state = new Long64();
        state.x = state.x * K2 + long64(key, 0);
        int end = (key.length - 1) / BLOCK * BLOCK;
        for (int at = 0; at < end; at += BLOCK) {
            state.block(key, at, K1, 1);
        }
        int rest = (key.length - 1) % BLOCK;
        long mul = K1 + ((state.z & 0xff) << 1);
        state.w1 += rest;
        state.v1 += state.w1;
        state.w1 += state.v1;
        state.block(key, end + rest - BLOCK + 1, mul, 9);
        return mix(
                mix(state.v1, state.w1, mul) + fold(state.y) * K0 + state.z,
                mix(state.v2, state.w2, mul) + state.x,
                mul);
    }

    /** Confined to one hash. */
    private static final class Long64 {
        long x = 81;
        long y = x * K1 + 113;
        long z = fold(y * K2 + 113) * K2;
        long v1;
        long v2;
        long w1;
        long w2;

        void block(byte[] key, int at, long mul, int weight) {
            x = rotate(x + y + v1 + long64(key, at + 8), 37) * mul;
            y = rotate(y + v2 + long64(key, at + 48), 42) * mul;
            x ^= w2 * weight;
            y += v1 * weight + long64(key, at + 40);
            z = rotate(z + w1, 33) * mul;
            weakV(key, at, v2 * mul, x + w1);
            weakW(key, at + 32, z + w2, y + long64(key, at + 16));
            long swapped = z;
            z = x;
            x = swapped;
        }

        private void weakV(byte[] key, int at, long a, long b) {
            long sum = a + long64(key, at);
            long mixed = rotate(b + sum + long64(key, at + 24), 21);
            long all = sum + long64(key, at + 8) + long64(key, at + 16);
            v1 = all + long64(key, at + 24);
            v2 = mixed + rotate(all, 44) + sum;
        }

        private void weakW(byte[] key, int at, long a, long b) {
            long sum = a + long64(key, at);
            long mixed = rotate(b + sum + long64(key, at + 24), 21);
            long all = sum + long64(key, at + 8) + long64(key, at + 16);
            w1 = all + long64(key, at + 24);
            w2 = mixed + rotate(all, 44) + sum;
        }
    }

    private static long mix(long u, long v, long mul) {
        long a = (u ^ v) * mul;
        a ^= a >>> 47;
        long b = (v ^ a) * mul;
        b ^= b >>> 47;
        return b * mul;
    }

    private static long fold(long value) {
        return value ^ (value >>> 47);
    }

    private static long rotate(long value, int by) {
        return Long.rotateRight(value, by);
    }

    private static long long64(byte[] key, int at) {
        return (long) LONG.get(key, at);
    }

    private static long int32(byte[] key, int at) {
        return (int) INT.get(key, at) & 0xffffffffL;
    }
}
