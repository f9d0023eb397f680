package io.tikvdirect.client.internal.log;

import io.tikvdirect.client.KeyRedaction;
import java.util.Arrays;
import java.util.HexFormat;

/** Thread-safe, without state. How a key is shown to people. */
public final class KeyFormat {
    /** Longer keys are cut when shown in full: a message should stay one line. */
    private static final int MAX_SHOWN_BYTES = 128;

    private KeyFormat() {}

    /**
     * A key as it may be shown.
     *
     * @param key any key
     * @param redaction how much of it may be shown
     * @return its length, its length and hash, or the key with non-printable bytes as {@code \xHH}
     */
    public static String show(final byte[] key, final KeyRedaction redaction) {
        return switch (redaction) {
            case FULL -> "(" + key.length + " bytes)";
            case HASH -> "(" + key.length + " bytes #" + HexFormat.of().toHexDigits(Arrays.hashCode(key)) + ')';
            case OFF -> escaped(key);
        };
    }

    private static String escaped(final byte[] key) {
        final StringBuilder out = new StringBuilder(key.length + 2).append('\'');
        for (int i = 0; i < Math.min(key.length, MAX_SHOWN_BYTES); i++) {
            escape(key[i], out);
        }
        return out.append(key.length > MAX_SHOWN_BYTES ? "...'" : "'").toString();
    }

    private static void escape(final byte value, final StringBuilder out) {
        if (value == '\\' || value == '\'') {
            out.append('\\').append((char) value);
        } else if (value >= 0x20 && value < 0x7F) {
            out.append((char) value);
        } else {
            out.append("\\x").append(HexFormat.of().toHexDigits(value));
        }
    }
}
