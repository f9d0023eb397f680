package io.tikvdirect.cli.text;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe (only static functions). Writes plain Java values as one line of JSON (RFC 8259), fields in the order of
 * their map.
 *
 * <p>Known values: null, strings, booleans, whole and floating numbers, maps and collections of these. Control
 * characters and lone surrogates are written as escapes, so that the line is always valid UTF-8 without a line break.
 */
public final class JsonWriter {
    private JsonWriter() {}

    /**
     * The value as JSON without a line break.
     *
     * @throws IllegalArgumentException if the value (or one inside it) is of a kind JSON does not know
     */
    public static String write(@Nullable Object value) {
        StringBuilder out = new StringBuilder(64);
        append(out, value);
        return out.toString();
    }

    private static void append(StringBuilder out, @Nullable Object value) {
        if (value == null || value instanceof Boolean || value instanceof Long || value instanceof Integer) {
            out.append(value);
        } else if (value instanceof CharSequence text) {
            string(out, text);
        } else if (value instanceof Double number) {
            number(out, number);
        } else if (value instanceof Map<?, ?> map) {
            object(out, map);
        } else if (value instanceof Collection<?> items) {
            array(out, items);
        } else {
            throw new IllegalArgumentException(
                    "no JSON form for " + value.getClass().getName());
        }
    }

    /** Whole doubles are written without a fraction; JSON has no NaN and no infinity, they become null. */
    private static void number(StringBuilder out, double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            out.append("null");
        } else if (number == Math.rint(number) && Math.abs(number) < 1e15) {
            out.append((long) number);
        } else {
            out.append(number);
        }
    }

    private static void object(StringBuilder out, Map<?, ?> map) {
        char separator = '{';
        for (Map.Entry<?, ?> field : map.entrySet()) {
            out.append(separator);
            string(out, String.valueOf(field.getKey()));
            out.append(':');
            append(out, field.getValue());
            separator = ',';
        }
        out.append(map.isEmpty() ? "{}" : "}");
    }

    private static void array(StringBuilder out, Collection<?> items) {
        char separator = '[';
        for (Object item : items) {
            out.append(separator);
            append(out, item);
            separator = ',';
        }
        out.append(items.isEmpty() ? "[]" : "]");
    }

    private static void string(StringBuilder out, CharSequence text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            character(out, text, i);
        }
        out.append('"');
    }

    private static void character(StringBuilder out, CharSequence text, int i) {
        char c = text.charAt(i);
        switch (c) {
            case '"', '\\' -> out.append('\\').append(c);
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (c < 0x20 || c == 0x7f || isLoneSurrogate(text, i)) {
                    out.append(String.format("\\u%04x", (int) c));
                } else {
                    out.append(c);
                }
            }
        }
    }

    private static boolean isLoneSurrogate(CharSequence text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }
}
