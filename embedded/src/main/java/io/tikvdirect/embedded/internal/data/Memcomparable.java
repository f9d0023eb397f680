package io.tikvdirect.embedded.internal.data;

import java.io.ByteArrayOutputStream;

/**
 * Immutable. The encoding that keeps the order of keys when something follows them: groups of 8 bytes, each followed by a
 * marker 0xff minus the number of padding zeros in the group; the last group has at least one.
 */
public final class Memcomparable {
    private static final int GROUP = 8;
    private static final int MARKER = 0xff;

    private Memcomparable() {}

    /** The encoding of {@code key}, {@code (length / 8 + 1) * 9} bytes. */
    public static byte[] encode(byte[] key) {
        byte[] encoded = new byte[encodedSize(key.length)];
        for (int from = 0, to = 0; from <= key.length; from += GROUP, to += GROUP + 1) {
            int used = Math.min(GROUP, key.length - from);
            System.arraycopy(key, from, encoded, to, used);
            encoded[to + GROUP] = (byte) (MARKER - (GROUP - used));
        }
        return encoded;
    }

    /** How many bytes a key of {@code bytes} bytes is when encoded. */
    public static int encodedSize(int bytes) {
        return (bytes / GROUP + 1) * (GROUP + 1);
    }

    /** How many bytes of {@code bytes} are one whole encoded key, or -1 when it does not begin with one. */
    public static int encodedLength(byte[] bytes) {
        for (int at = 0; at + GROUP < bytes.length; at += GROUP + 1) {
            int padding = MARKER - (bytes[at + GROUP] & 0xff);
            if (padding == 0) {
                continue;
            }
            return padding <= GROUP && isZero(bytes, at + GROUP - padding, at + GROUP) ? at + GROUP + 1 : -1;
        }
        return -1;
    }

    /**
     * The key whose encoding {@code bytes} begins with.
     *
     * @throws IllegalArgumentException when it does not begin with one
     */
    public static byte[] decode(byte[] bytes) {
        int length = encodedLength(bytes);
        if (length < 0) {
            throw new IllegalArgumentException("not a memcomparable key");
        }
        ByteArrayOutputStream key = new ByteArrayOutputStream(length);
        for (int at = 0; at < length; at += GROUP + 1) {
            key.write(bytes, at, GROUP - (MARKER - (bytes[at + GROUP] & 0xff)));
        }
        return key.toByteArray();
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            if (bytes[at] != 0) {
                return false;
            }
        }
        return true;
    }
}
