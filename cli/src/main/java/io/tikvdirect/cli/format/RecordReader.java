package io.tikvdirect.cli.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Confined to one thread. Gives the records of an input one by one, good ones and rejected ones, none left out. */
public interface RecordReader {
    /**
     * The next record, or null at the end of the input.
     *
     * @throws IOException if the input cannot be read
     */
    @Nullable
    SourceRecord next() throws IOException;

    /**
     * A reader of {@code format}.
     *
     * @param lines the input, behind its header line if it has one
     * @param columns which column is what
     * @param header what the header line named; empty without a header
     * @throws MalformedRecordException if the header lacks a column that was asked for
     */
    static RecordReader of(RecordFormat format, LineReader lines, ColumnChoice columns, Header header)
            throws MalformedRecordException {
        return switch (format) {
            case TSV -> new TsvReader(lines, header.keyIndex(columns), header.valueIndex(columns));
            case CSV -> new CsvReader(lines, header.keyIndex(columns), header.valueIndex(columns));
            case JSONL -> new JsonlReader(lines, columns);
        };
    }
}
