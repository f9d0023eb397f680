package io.tikvdirect.cli.format;

/** Thread-safe (only static functions). The steps that all record readers share. */
final class Records {
    private Records() {}

    static SourceRecord good(LineReader lines, long firstLine, SourceRecord.Pair pair) {
        return new SourceRecord(firstLine, lines.lineNumber(), lines.nextOffset(), pair, null);
    }

    static SourceRecord rejected(LineReader lines, long firstLine, MalformedRecordException reason) {
        return new SourceRecord(
                firstLine, lines.lineNumber(), lines.nextOffset(), null, String.valueOf(reason.getMessage()));
    }

    static void requireLength(LineReader lines) throws MalformedRecordException {
        if (lines.tooLong()) {
            throw new MalformedRecordException("is longer than " + LineReader.MAX_LINE_BYTES + " bytes");
        }
    }

    static SourceRecord.Pair pair(byte[] key, byte[] value) throws MalformedRecordException {
        if (key.length == 0) {
            throw new MalformedRecordException("has an empty key");
        }
        return new SourceRecord.Pair(key, value);
    }
}
