package io.tikvdirect.cli.format;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Confined to one thread. Reads JSON Lines: one object a line, fields as {@link JsonObjectLine} has them. */
final class JsonlReader implements RecordReader {
    private final LineReader lines;
    private final ColumnChoice columns;

    JsonlReader(LineReader lines, ColumnChoice columns) {
        this.lines = lines;
        this.columns = columns;
    }

    @Override
    public @Nullable SourceRecord next() throws IOException {
        if (!lines.next()) {
            return null;
        }
        try {
            return Records.good(lines, lines.lineNumber(), pair());
        } catch (MalformedRecordException e) {
            return Records.rejected(lines, lines.lineNumber(), e);
        }
    }

    private SourceRecord.Pair pair() throws MalformedRecordException {
        Records.requireLength(lines);
        byte[] line = lines.line();
        Map<String, byte @Nullable []> fields = JsonObjectLine.parse(line);
        String value = columns.value();
        return Records.pair(require(fields, columns.key()), value == null ? line : require(fields, value));
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
