package io.tikvdirect.cli.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Confined to one thread. Goes through the records of an input one by one, good ones and rejected ones, none left out. What
 * it says is about the current record, and valid until the next one.
 */
public interface RecordReader {
    /**
     * Goes on to the next record; false at the end of the input.
     *
     * @throws IOException if the input cannot be read
     */
    boolean next() throws IOException;

    /** Why the record is rejected; null for a good one. */
    @Nullable
    String rejection();

    /** The key of a good record: 1 byte or more; <i>borrowed</i>. */
    Slice key();

    /** The value of a good record; <i>borrowed</i>. */
    Slice value();

    /** Number of the record's first line, from 1. */
    long firstLine();

    /** Number of the record's last line; only CSV has records of several lines. */
    long lastLine();

    /** Offset in the source behind the record. */
    long endOffset();

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
