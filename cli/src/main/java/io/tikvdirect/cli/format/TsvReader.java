package io.tikvdirect.cli.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Confined to one thread. Reads TSV: one record a line, columns as {@link TsvField} has them. */
final class TsvReader implements RecordReader {
    private final LineReader lines;
    private final int keyIndex;
    private final int valueIndex;
    private final Fields fields = new Fields();

    TsvReader(LineReader lines, int keyIndex, int valueIndex) {
        this.lines = lines;
        this.keyIndex = keyIndex;
        this.valueIndex = valueIndex;
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
        fields.clear();
        split(lines.buffer(), lines.start(), lines.length(), fields);
        byte[] value = valueIndex == Header.ALL ? lines.line() : fields.require(valueIndex);
        return Records.pair(fields.require(keyIndex), value);
    }

    static void split(byte[] line, int start, int length, Fields fields) throws MalformedRecordException {
        int end = start + length;
        int from = start;
        for (int i = start; i < end; i++) {
            if (line[i] == '\t') {
                fields.add(TsvField.decode(line, from, i));
                from = i + 1;
            }
        }
        fields.add(TsvField.decode(line, from, end));
    }
}
