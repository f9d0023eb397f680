package io.tikvdirect.cli.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Immutable. The column names of a TSV or CSV file's first line.
 *
 * @param names the names in their order; empty if there is no header
 */
public record Header(List<String> names) {
    /** For a file without a header line. */
    public static final Header NONE = new Header(List.of());

    /** The value's index when the whole record is the value. */
    static final int ALL = -1;

    /**
     * Reads the header line.
     *
     * @throws MalformedRecordException if there is no line or it is not a record of the format
     */
    public static Header read(RecordFormat format, LineReader lines) throws IOException, MalformedRecordException {
        Fields fields = new Fields();
        byte[] line = nextLine(lines);
        if (format == RecordFormat.CSV) {
            int length = line.length > 0 && line[line.length - 1] == '\r' ? line.length - 1 : line.length;
            if (!CsvReader.split(line, 0, length, fields)) {
                throw new MalformedRecordException("the header line ends within a quoted column");
            }
        } else {
            TsvReader.split(line, 0, line.length, fields);
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < fields.count(); i++) {
            names.add(new String(fields.column(i).copy(), StandardCharsets.UTF_8));
        }
        return new Header(List.copyOf(names));
    }

    int keyIndex(ColumnChoice columns) throws MalformedRecordException {
        return ColumnChoice.index(columns.key(), names);
    }

    int valueIndex(ColumnChoice columns) throws MalformedRecordException {
        String value = columns.value();
        return value == null ? ALL : ColumnChoice.index(value, names);
    }

    private static byte[] nextLine(LineReader lines) throws IOException, MalformedRecordException {
        if (!lines.next()) {
            throw new MalformedRecordException("the file is empty, there is no header line");
        }
        if (lines.tooLong()) {
            throw new MalformedRecordException("the header line is longer than " + LineReader.MAX_LINE_BYTES);
        }
        return lines.line();
    }
}
