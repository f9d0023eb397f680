package io.tikvdirect.cli.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Confined to one thread. Reads records that begin with a line each: what is the same in all formats, which is how a record
 * is accepted or rejected and where it was.
 */
abstract class LineRecords implements RecordReader {
    private final LineReader lines;

    LineRecords(LineReader lines) {
        this.lines = lines;
    }

    @Override
    public final @Nullable SourceRecord next() throws IOException {
        if (!lines.next()) {
            return null;
        }
        long firstLine = lines.lineNumber();
        try {
            requireLength();
            return record(firstLine, pair(lines), null);
        } catch (MalformedRecordException e) {
            return record(firstLine, null, String.valueOf(e.getMessage()));
        }
    }

    private SourceRecord record(long firstLine, SourceRecord.@Nullable Pair pair, @Nullable String rejection) {
        return new SourceRecord(firstLine, lines.lineNumber(), lines.nextOffset(), pair, rejection);
    }

    /**
     * The pair of the record that begins with the current line, which is not too long.
     *
     * @param lines at that line; is at the record's last line afterwards, rejected or not
     */
    abstract SourceRecord.Pair pair(LineReader lines) throws IOException, MalformedRecordException;

    /** Refuses a line over the limit. */
    final void requireLength() throws MalformedRecordException {
        if (lines.tooLong()) {
            throw new MalformedRecordException("is longer than " + LineReader.MAX_LINE_BYTES + " bytes");
        }
    }

    static SourceRecord.Pair pairOf(byte[] key, byte[] value) throws MalformedRecordException {
        if (key.length == 0) {
            throw new MalformedRecordException("has an empty key");
        }
        return new SourceRecord.Pair(key, value);
    }
}
