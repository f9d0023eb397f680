package io.tikvdirect.cli.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * Confined to one thread. Reads CSV by RFC 4180: columns separated by commas, {@code "..."} with doubled quotes inside,
 * quoted columns may hold line breaks; records end with LF or CRLF. Bytes are otherwise taken as they are.
 */
final class CsvReader extends LineRecords {
    private final int keyIndex;
    private final int valueIndex;
    private final Fields fields = new Fields();

    CsvReader(LineReader lines, int keyIndex, int valueIndex) {
        super(lines);
        this.keyIndex = keyIndex;
        this.valueIndex = valueIndex;
    }

    @Override
    void pair(LineReader lines, Slice key, Slice value) throws IOException, MalformedRecordException {
        splitRecord(lines, value);
        if (valueIndex != Header.ALL) {
            value.set(fields.require(valueIndex));
        }
        key.set(fields.require(keyIndex));
    }

    /** Splits the record that begins with the current line; {@code record} becomes its bytes, without the line end. */
    private void splitRecord(LineReader lines, Slice record) throws IOException, MalformedRecordException {
        int length = withoutReturn(lines.buffer(), lines.start(), lines.length());
        fields.clear();
        if (split(lines.buffer(), lines.start(), length, fields)) {
            record.set(lines.buffer(), lines.start(), length);
        } else {
            record.set(splitLines(lines));
        }
    }

    /** The first line ends within a quoted column: adds lines until one closes it. */
    private byte[] splitLines(LineReader lines) throws IOException, MalformedRecordException {
        byte[] firstLine = lines.line();
        ByteArrayOutputStream joined = new ByteArrayOutputStream(firstLine.length * 2);
        joined.writeBytes(firstLine);
        do {
            appendNextLine(lines, joined);
        } while (evenQuotes(lines));
        byte[] all = joined.toByteArray();
        byte[] record = Arrays.copyOf(all, withoutReturn(all, 0, all.length));
        fields.clear();
        if (!split(record, 0, record.length, fields)) {
            throw new MalformedRecordException("ends within a quoted column");
        }
        return record;
    }

    private void appendNextLine(LineReader lines, ByteArrayOutputStream joined)
            throws IOException, MalformedRecordException {
        if (!lines.next()) {
            throw new MalformedRecordException("ends within a quoted column");
        }
        requireLength();
        if (joined.size() + lines.length() > LineReader.MAX_LINE_BYTES) {
            throw new MalformedRecordException(
                    "has a quoted column that does not end within " + LineReader.MAX_LINE_BYTES + " bytes");
        }
        joined.write('\n');
        joined.write(lines.buffer(), lines.start(), lines.length());
    }

    /** Within an open column, a line with an even count of quotes leaves it open: all of them are doubled or reopen. */
    private static boolean evenQuotes(LineReader lines) {
        boolean even = true;
        for (int i = lines.start(); i < lines.start() + lines.length(); i++) {
            even ^= lines.buffer()[i] == '"';
        }
        return even;
    }

    private static int withoutReturn(byte[] record, int start, int length) {
        return length > 0 && record[start + length - 1] == '\r' ? length - 1 : length;
    }

    /** Adds the columns of a record to {@code fields}; false if it ends within a quoted column. */
    static boolean split(byte[] record, int start, int length, Fields fields) throws MalformedRecordException {
        int end = start + length;
        int at = start;
        while (true) {
            int next = at < end && record[at] == '"'
                    ? quotedColumn(record, at + 1, end, fields)
                    : plainColumn(record, at, end, fields);
            if (next < 0) {
                return false;
            }
            if (next == end) {
                return true;
            }
            at = next + 1;
        }
    }

    private static int plainColumn(byte[] record, int start, int end, Fields fields) throws MalformedRecordException {
        int at = start;
        while (at < end && record[at] != ',') {
            if (record[at] == '"') {
                throw new MalformedRecordException("has a quote inside a column that is not quoted");
            }
            at++;
        }
        fields.add(record, start, at);
        return at;
    }

    private static int quotedColumn(byte[] record, int start, int end, Fields fields) throws MalformedRecordException {
        ByteArrayOutputStream column = new ByteArrayOutputStream();
        int at = start;
        while (at < end) {
            if (record[at] != '"') {
                column.write(record[at++]);
            } else if (at + 1 < end && record[at + 1] == '"') {
                column.write('"');
                at += 2;
            } else {
                return closedColumn(record, at + 1, end, column, fields);
            }
        }
        return -1;
    }

    private static int closedColumn(byte[] record, int at, int end, ByteArrayOutputStream column, Fields fields)
            throws MalformedRecordException {
        if (at < end && record[at] != ',') {
            throw new MalformedRecordException("has something behind a closing quote");
        }
        fields.add(column.toByteArray());
        return at;
    }
}
