package io.tikvdirect.cli.shell;

import io.tikvdirect.cli.text.EscapedBytes;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. What one statement answered, as the fields of a JSON object and as lines for a person.
 *
 * @param ok whether the statement was executed
 * @param fields the JSON fields in their order, {@code ok} first
 * @param text lines for a person; one sentence if it failed
 */
record Answer(boolean ok, Map<String, @Nullable Object> fields, List<String> text) {
    /** The text for a key or value that does not exist. */
    static final String ABSENT = "(absent)";

    /** An answer without fields. */
    static Answer done() {
        return new Answer(true, okFields(), List.of("OK"));
    }

    /** An answer with one field. */
    static Answer of(String field, @Nullable Object value, List<String> text) {
        Map<String, @Nullable Object> fields = okFields();
        fields.put(field, value);
        return new Answer(true, fields, text);
    }

    /** An answer with several fields, {@code ok} is put before them. */
    static Answer of(Map<String, @Nullable Object> more, List<String> text) {
        Map<String, @Nullable Object> fields = okFields();
        fields.putAll(more);
        return new Answer(true, fields, text);
    }

    /** The answer to a get. */
    static Answer value(byte @Nullable [] value) {
        return of("value", json(value), List.of(shown(value)));
    }

    /** The answer to a get of several keys. */
    static Answer values(List<byte @Nullable []> values) {
        List<@Nullable String> json = new ArrayList<>();
        values.forEach(value -> json.add(json(value)));
        return of("values", json, shownAll(values));
    }

    /** The answer to a scan. */
    static Answer pairs(List<KvPair> pairs, boolean keysOnly) {
        List<List<@Nullable String>> json = new ArrayList<>();
        List<String> text = new ArrayList<>();
        for (KvPair pair : pairs) {
            json.add(keysOnly ? Arrays.asList(json(pair.key())) : Arrays.asList(json(pair.key()), json(pair.value())));
            text.add(shown(pair.key()) + (keysOnly ? "" : " " + shown(pair.value())));
        }
        text.add("(" + pairs.size() + (pairs.size() == 1 ? " pair)" : " pairs)"));
        return of("pairs", json, text);
    }

    static Answer failed(TikvException e) {
        return failed(e.code(), String.valueOf(e.getMessage()), e.isRetryable(), e.isUndetermined());
    }

    static Answer failed(ErrorCode code, String message) {
        return failed(code, message, false, false);
    }

    private static Answer failed(ErrorCode code, String message, boolean retryable, boolean undetermined) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("code", code.name());
        error.put("message", message);
        error.put("retryable", retryable);
        error.put("undetermined", undetermined);
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("ok", false);
        fields.put("error", error);
        return new Answer(false, fields, List.of(code.name() + ": " + message.replace("\n", "; ")));
    }

    /** Bytes as JSON shows them: null, or text with non-printable bytes escaped. */
    static @Nullable String json(byte @Nullable [] bytes) {
        return bytes == null ? null : EscapedBytes.escape(bytes);
    }

    /** Bytes as a person reads them and may type them again. */
    static String shown(byte @Nullable [] bytes) {
        return bytes == null ? ABSENT : EscapedBytes.quote(bytes);
    }

    /** Bounds of regions as a person reads them. */
    static List<String> shownAll(List<byte @Nullable []> values) {
        List<String> lines = new ArrayList<>(values.size());
        for (byte[] value : values) {
            lines.add(shown(value));
        }
        return lines;
    }

    private static Map<String, @Nullable Object> okFields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("ok", true);
        return fields;
    }
}
