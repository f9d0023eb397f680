package io.tikvdirect.cli.format;

import io.tikvdirect.cli.text.EscapedBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Thread-safe (only static functions). One column of a TSV line and the bytes it stands for.
 *
 * <p>A column is its bytes, literally: backslashes, quotes and carriage returns mean nothing, so a file made by another
 * program comes back equal to the byte. Only what a column cannot hold, a tab or a line feed, is written as
 * {@code hex:} and the digits of the whole value; so is a value that itself begins with {@code hex:}.
 */
final class TsvField {
    private static final byte[] HEX = "hex:".getBytes(StandardCharsets.US_ASCII);

    private TsvField() {}

    static byte[] encode(byte[] value) {
        for (byte b : value) {
            if (b == '\t' || b == '\n') {
                return hex(value);
            }
        }
        return isHex(value, 0, value.length) ? hex(value) : value;
    }

    /** The bytes of a column that {@link #isHex}. */
    static byte[] unhex(byte[] line, int start, int end) throws MalformedRecordException {
        try {
            return EscapedBytes.unhex(
                    new String(line, start + HEX.length, end - start - HEX.length, StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw new MalformedRecordException("a column that begins with hex: has " + e.getMessage());
        }
    }

    private static byte[] hex(byte[] value) {
        return ("hex:" + EscapedBytes.hex(value)).getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether a column stands for other bytes than its own. */
    static boolean isHex(byte[] bytes, int start, int end) {
        return end - start >= HEX.length && Arrays.equals(bytes, start, start + HEX.length, HEX, 0, HEX.length);
    }
}
