package io.tikvdirect.cli.format;

import java.util.Arrays;

/** Confined to one thread. A part of an array that somebody else owns; set anew for every record. */
public final class Slice {
    private static final byte[] NOTHING = {};

    private byte[] array = NOTHING;
    private int offset;
    private int length;

    Slice() {}

    void set(byte[] newArray, int newOffset, int newLength) {
        if (array != newArray) { // a reference that is stored costs the collector's barrier, here for every column
            array = newArray;
        }
        offset = newOffset;
        length = newLength;
    }

    void set(byte[] whole) {
        set(whole, 0, whole.length);
    }

    void set(Slice other) {
        set(other.array, other.offset, other.length);
    }

    /** The array, from {@link #offset()}, {@link #length()} bytes long. */
    public byte[] array() {
        return array;
    }

    /** Index of the first byte. */
    public int offset() {
        return offset;
    }

    /** Bytes. */
    public int length() {
        return length;
    }

    /** A copy of the bytes. */
    public byte[] copy() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }
}
