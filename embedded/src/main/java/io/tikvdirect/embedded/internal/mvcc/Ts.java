package io.tikvdirect.embedded.internal.mvcc;

/** Immutable. Timestamps: unsigned, 46 bits of milliseconds and 18 bits that count within one. */
public final class Ts {
    /** The largest timestamp, which a read uses for "the newest committed". */
    public static final long MAX = -1L;

    private static final int LOGICAL_BITS = 18;

    private Ts() {}

    /** Whether {@code a} is before {@code b}. */
    public static boolean isBefore(long a, long b) {
        return Long.compareUnsigned(a, b) < 0;
    }

    /** The later one. */
    public static long max(long a, long b) {
        return isBefore(a, b) ? b : a;
    }

    /** The milliseconds of a timestamp. */
    public static long physicalMs(long ts) {
        return ts >>> LOGICAL_BITS;
    }

    /** The first timestamp of a millisecond. */
    public static long ofMs(long ms) {
        return ms << LOGICAL_BITS;
    }
}
