package io.tikvdirect.cli.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Confined to one thread. Reads records that begin with a line each: what is the same in all formats, which is how a record
 * is accepted or rejected and where it was.
 */
abstract class LineRecords implements RecordReader {
    private final LineReader lines;
    private final Slice key = new Slice();
    private final Slice value = new Slice();
    private long firstLine;
    private @Nullable String rejection;

    LineRecords(LineReader lines) {
        this.lines = lines;
    }

    @Override
    public final boolean next() throws IOException {
        if (!lines.next()) {
            return false;
        }
        firstLine = lines.lineNumber();
        rejection = null;
        try {
            requireLength();
            pair(lines, key, value);
            requireKey();
        } catch (MalformedRecordException e) {
            rejection = String.valueOf(e.getMessage());
        }
        return true;
    }

    @Override
    public final @Nullable String rejection() {
        return rejection;
    }

    @Override
    public final Slice key() {
        return key;
    }

    @Override
    public final Slice value() {
        return value;
    }

    @Override
    public final long firstLine() {
        return firstLine;
    }

    @Override
    public final long lastLine() {
        return lines.lineNumber();
    }

    @Override
    public final long endOffset() {
        return lines.nextOffset();
    }

    /**
     * The pair of the record that begins with the current line, which is not too long.
     *
     * @param lines at that line; is at the record's last line afterwards, rejected or not
     * @param key becomes the key; may be a part of the line
     * @param value becomes the value; may be a part of the line
     */
    abstract void pair(LineReader lines, Slice key, Slice value) throws IOException, MalformedRecordException;

    private void requireKey() throws MalformedRecordException {
        if (key.length() == 0) {
            throw new MalformedRecordException("has an empty key");
        }
    }

    /** Refuses a line over the limit. */
    final void requireLength() throws MalformedRecordException {
        if (lines.tooLong()) {
            throw new MalformedRecordException("is longer than " + LineReader.MAX_LINE_BYTES + " bytes");
        }
    }
}
