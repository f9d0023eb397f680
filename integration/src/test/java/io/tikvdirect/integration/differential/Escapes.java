package io.tikvdirect.integration.differential;

import java.util.regex.Pattern;

/** Stateless. Bytes as words of a template: nothing in them has a meaning of its own, neither there nor in the shell. */
final class Escapes {
    private static final String SPECIAL = " \"#\\@$~";

    private static final Pattern LONG = Pattern.compile("~([0-9]+)");

    private Escapes() {}

    /** Bytes behind something else in a word. */
    static String escape(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length + 8);
        for (byte b : bytes) {
            if (b > 0x20 && b < 0x7f && SPECIAL.indexOf(b) < 0) {
                out.append((char) b);
            } else {
                appendHex(out, b);
            }
        }
        return out.toString();
    }

    /** Bytes that are a word alone, and must not look like an option or like {@code hex:}. */
    static String escapeWord(byte[] bytes) {
        String text = escape(bytes);
        if (text.startsWith("-") || text.startsWith("h")) {
            StringBuilder first = new StringBuilder();
            appendHex(first, bytes[0]);
            return first + text.substring(1);
        }
        return text;
    }

    /** The template with {@code ~N} replaced by N bytes, which keeps long values out of files. */
    static String expand(String template) {
        return LONG.matcher(template).replaceAll(found -> "v".repeat(Integer.parseInt(found.group(1))));
    }

    private static void appendHex(StringBuilder out, byte b) {
        out.append("\\x").append(Character.forDigit((b >> 4) & 0xf, 16)).append(Character.forDigit(b & 0xf, 16));
    }
}
