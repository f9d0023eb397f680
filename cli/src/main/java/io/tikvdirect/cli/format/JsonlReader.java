package io.tikvdirect.cli.format;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Confined to one thread. Reads JSON Lines: one object a line, fields as {@link JsonObjectLine} has them. */
final class JsonlReader extends LineRecords {
    private final ColumnChoice columns;

    JsonlReader(LineReader lines, ColumnChoice columns) {
        super(lines);
        this.columns = columns;
    }

    @Override
    void pair(LineReader lines, Slice key, Slice value) throws MalformedRecordException {
        byte[] line = lines.line();
        Map<String, byte @Nullable []> fields = JsonObjectLine.parse(line);
        String name = columns.value();
        key.set(require(fields, columns.key()));
        value.set(name == null ? line : require(fields, name));
    }

    private static byte[] require(Map<String, byte @Nullable []> fields, String name) throws MalformedRecordException {
        byte[] value = fields.get(name);
        if (value == null) {
            throw new MalformedRecordException(
                    (fields.containsKey(name) ? "has null in the field \"" : "has no field \"") + name + "\"");
        }
        return value;
    }
}
