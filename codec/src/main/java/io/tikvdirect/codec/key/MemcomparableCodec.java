package io.tikvdirect.codec.key;

import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;

/**
 * Stateless: the order-preserving, self-delimiting encoding of byte strings in which PD and the regions' bounds speak of
 * keys.
 *
 * <p>A string is cut into groups of eight bytes. Each group is padded with zeros to eight and followed by a marker: 0xFF
 * if another group follows, else 0xFF less the number of padding bytes. The last group always has padding, so a string of
 * eight bytes has a second group of eight zeros with the marker 0xF7, and the empty string is that group alone. Comparing
 * two encodings byte by byte orders them as the strings are ordered.
 */
public final class MemcomparableCodec {
    private static final int GROUP = 8;
    private static final int ENCODED_GROUP = GROUP + 1;
    private static final int FULL_MARKER = 0xFF;

    private MemcomparableCodec() {}

    /**
     * Length of an encoding.
     *
     * @param length of the string
     * @return bytes of its encoding
     * @throws ArithmeticException if that is more than an array can have
     */
    public static int encodedLength(final int length) {
        return Math.multiplyExact(length / GROUP + 1, ENCODED_GROUP);
    }

    /**
     * Encodes a string.
     *
     * @param key any bytes
     * @return a new array
     */
    public static byte[] encode(final byte[] key) {
        final byte[] encoded = new byte[encodedLength(key.length)];
        int out = 0;
        for (int in = 0; in <= key.length; in += GROUP) {
            final int count = Math.min(GROUP, key.length - in);
            System.arraycopy(key, in, encoded, out, count);
            encoded[out + GROUP] = (byte) (FULL_MARKER - (GROUP - count));
            out += ENCODED_GROUP;
        }
        return encoded;
    }

    /**
     * Decodes an encoding that takes up the whole array.
     *
     * @param encoded from a peer
     * @return a new array with the string
     * @throws MalformedMessageException if it is not an encoding: wrong length, impossible marker, padding that is not
     *     zero, or bytes after the last group
     */
    public static byte[] decode(final byte[] encoded) throws MalformedMessageException {
        if (encoded.length == 0 || encoded.length % ENCODED_GROUP != 0) {
            throw invalid("length " + encoded.length + " is no multiple of " + ENCODED_GROUP);
        }
        final int lastGroup = encoded.length - ENCODED_GROUP;
        final int lastCount = lastCount(encoded, lastGroup);
        final byte[] key = new byte[lastGroup / ENCODED_GROUP * GROUP + lastCount];
        int out = 0;
        for (int in = 0; in < lastGroup; in += ENCODED_GROUP) {
            if ((encoded[in + GROUP] & 0xFF) != FULL_MARKER) {
                throw invalid("the encoding ends before its bytes do");
            }
            System.arraycopy(encoded, in, key, out, GROUP);
            out += GROUP;
        }
        System.arraycopy(encoded, lastGroup, key, out, lastCount);
        return key;
    }

    private static int lastCount(final byte[] encoded, final int lastGroup) throws MalformedMessageException {
        final int padding = FULL_MARKER - (encoded[lastGroup + GROUP] & 0xFF);
        if (padding < 1 || padding > GROUP) {
            throw invalid("the last group's marker stands for " + padding + " bytes of padding");
        }
        for (int i = lastGroup + GROUP - padding; i < lastGroup + GROUP; i++) {
            if (encoded[i] != 0) {
                throw invalid("padding that is not zero");
            }
        }
        return GROUP - padding;
    }

    private static MalformedMessageException invalid(final String detail) {
        return new MalformedMessageException(Reason.INVALID_KEY_ENCODING, "not a memcomparable encoding: " + detail);
    }
}
