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
    void pair(LineReader lines, Slice key, Slice value) throws MalformedRecordException {
        fields.clear();
        split(lines.buffer(), lines.start(), lines.length(), fields);
        if (valueIndex == Header.ALL) {
            value.set(lines.buffer(), lines.start(), lines.length());
        } else {
            value.set(fields.require(valueIndex));
        }
        key.set(fields.require(keyIndex));
    }

    /** Adds the columns of a line to {@code fields}: parts of the line but for those in hexadecimal digits. */
    static void split(byte[] line, int start, int length, Fields fields) throws MalformedRecordException {
        int end = start + length;
        int from = start;
        while (true) {
            int tab = ByteScan.indexOf((byte) '\t', line, from, end);
            if (TsvField.isHex(line, from, tab)) {
                fields.add(TsvField.unhex(line, from, tab));
            } else {
                fields.add(line, from, tab);
            }
            if (tab == end) {
                return;
            }
            from = tab + 1;
        }
    }
}
