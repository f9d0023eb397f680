package io.tikvdirect.cli.format;

import io.tikvdirect.cli.text.EscapedBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Confined to one thread. Parses a line that is one JSON object (RFC 8259) into its fields and the bytes they stand for.
 *
 * <p>A string stands for its UTF-8 bytes, {@code {"hex":"00ff"}} for those bytes (what a JSON string cannot hold), and a
 * number, boolean, array or any other object for its own JSON text as it stands in the line. {@code null} stands for
 * nothing. A field given twice is an error, because one of the two would be lost.
 */
final class JsonObjectLine {
    private static final String HEX_FIELD = "hex";

    private final byte[] line;
    private final JsonCursor cursor;

    private JsonObjectLine(byte[] line) {
        this.line = line;
        this.cursor = new JsonCursor(line);
    }

    /** The fields in their order; a null value stands for JSON's null. */
    static Map<String, byte @Nullable []> parse(byte[] line) throws MalformedRecordException {
        return new JsonObjectLine(line).fields();
    }

    private Map<String, byte @Nullable []> fields() throws MalformedRecordException {
        Map<String, byte @Nullable []> fields = new LinkedHashMap<>();
        cursor.expect('{');
        if (!cursor.skipIf('}')) {
            do {
                String name = cursor.string();
                cursor.expect(':');
                if (fields.containsKey(name)) {
                    throw new MalformedRecordException("has the field \"" + name + "\" twice");
                }
                fields.put(name, value());
            } while (cursor.skipIf(','));
            cursor.expect('}');
        }
        cursor.expectEnd();
        return fields;
    }

    private byte @Nullable [] value() throws MalformedRecordException {
        if (cursor.peek() == '"') {
            return cursor.string().getBytes(StandardCharsets.UTF_8);
        }
        int start = cursor.position();
        cursor.skipValue();
        byte[] text = Arrays.copyOfRange(line, start, cursor.position());
        if (text[0] == 'n') {
            return null;
        }
        String digits = text[0] == '{' ? hexDigits(text) : null;
        return digits == null ? text : unhex(digits);
    }

    /** The digits of {@code {"hex":"..."}}, or null if the object is not exactly that. */
    private static @Nullable String hexDigits(byte[] object) throws MalformedRecordException {
        JsonCursor cursor = new JsonCursor(object);
        cursor.expect('{');
        if (cursor.peek() != '"' || !cursor.string().equals(HEX_FIELD)) {
            return null;
        }
        cursor.expect(':');
        if (cursor.peek() != '"') {
            return null;
        }
        String digits = cursor.string();
        return cursor.skipIf('}') ? digits : null;
    }

    private static byte[] unhex(String digits) throws MalformedRecordException {
        try {
            return EscapedBytes.unhex(digits);
        } catch (IllegalArgumentException e) {
            throw new MalformedRecordException("a {\"hex\":...} value has " + e.getMessage());
        }
    }
}
