package io.tikvdirect.cli.text;

import java.util.Locale;

/**
 * Thread-safe (only static functions). Bytes as printable ASCII and back, in the shell language's escapes.
 *
 * <p>Bytes 0x20 to 0x7e stand for themselves, except the backslash; line feed and tab are {@code \n} and {@code \t};
 * every other byte is {@code \xHH}. The form is one for a byte string and never ambiguous, also inside a JSON string.
 */
public final class EscapedBytes {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private EscapedBytes() {}

    /** The bytes as printable text, without quotes. */
    public static String escape(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length + 8);
        for (byte b : bytes) {
            appendEscaped(out, b);
        }
        return out.toString();
    }

    /** One word that the shell reads back as exactly these bytes; in quotes only where quotes are needed. */
    public static String quote(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length + 8);
        boolean quotes = bytes.length == 0;
        for (byte b : bytes) {
            quotes |= b == ' ' || b == '"' || b == '#';
            if (b == '"') {
                out.append('\\');
            }
            appendEscaped(out, b);
        }
        String text = out.toString();
        boolean readsOtherwise = text.startsWith(ShellWords.HEX_PREFIX) || text.startsWith("--");
        return quotes || readsOtherwise ? '"' + text + '"' : text;
    }

    /** The bytes as lower-case hexadecimal digits. */
    public static String hex(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length * 2);
        for (byte b : bytes) {
            out.append(HEX[(b >> 4) & 0xf]).append(HEX[b & 0xf]);
        }
        return out.toString();
    }

    /**
     * The bytes that pairs of hexadecimal digits stand for.
     *
     * @throws IllegalArgumentException if the count of digits is odd or a character is not a hexadecimal digit
     */
    public static byte[] unhex(String digits) {
        if (digits.length() % 2 != 0) {
            throw new IllegalArgumentException("an odd number of hexadecimal digits");
        }
        byte[] bytes = new byte[digits.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            int high = digit(digits.charAt(2 * i));
            int low = digit(digits.charAt(2 * i + 1));
            if (high < 0 || low < 0) {
                throw new IllegalArgumentException("not a hexadecimal byte: "
                        + digits.substring(2 * i, 2 * i + 2).toLowerCase(Locale.ROOT));
            }
            bytes[i] = (byte) (high << 4 | low);
        }
        return bytes;
    }

    /** The value of a hexadecimal digit in ASCII, or -1. */
    static int digit(int c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    private static void appendEscaped(StringBuilder out, byte b) {
        switch (b) {
            case '\n' -> out.append("\\n");
            case '\t' -> out.append("\\t");
            case '\\' -> out.append("\\\\");
            default -> {
                if (b >= 0x20 && b < 0x7f) {
                    out.append((char) b);
                } else {
                    out.append("\\x").append(HEX[(b >> 4) & 0xf]).append(HEX[b & 0xf]);
                }
            }
        }
    }
}
