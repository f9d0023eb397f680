package io.tikvdirect.cli.format;

/** Confined to one thread. Reads TSV: one record a line, columns as {@link TsvField} has them. */
final class TsvReader extends LineRecords {
    private final int keyIndex;
    private final int valueIndex;
    private final Fields fields = new Fields();

    TsvReader(LineReader lines, int keyIndex, int valueIndex) {
        super(lines);
        this.keyIndex = keyIndex;
        this.valueIndex = valueIndex;
    }

    @Override
    SourceRecord.Pair pair(LineReader lines) throws MalformedRecordException {
        fields.clear();
        split(lines.buffer(), lines.start(), lines.length(), fields);
        byte[] value = valueIndex == Header.ALL ? lines.line() : fields.require(valueIndex);
        return pairOf(fields.require(keyIndex), value);
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
