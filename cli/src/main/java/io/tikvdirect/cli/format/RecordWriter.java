package io.tikvdirect.cli.format;

import io.tikvdirect.cli.text.EscapedBytes;
import io.tikvdirect.cli.text.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Confined to one thread. Writes pairs as records that {@link RecordReader} reads back as the same bytes.
 *
 * <p>Which bytes are written depends on the pair only, so the same data gives the same file.
 */
public abstract class RecordWriter {
    final OutputStream out;

    RecordWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * Writes one record with its line feed.
     *
     * @throws MalformedRecordException if the format cannot hold the pair; nothing was written
     * @throws IOException if the output cannot be written
     */
    public abstract void write(byte[] key, byte[] value) throws IOException, MalformedRecordException;

    /** Writes the line that names the two columns; nothing in JSON Lines, where each record names them. */
    public abstract void writeHeader(String keyName, String valueName) throws IOException;

    /**
     * A writer of two columns.
     *
     * @param keyName name of the key's field in JSON Lines
     * @param valueName name of the value's field in JSON Lines
     */
    public static RecordWriter of(RecordFormat format, OutputStream out, String keyName, String valueName) {
        return switch (format) {
            case TSV -> new Tsv(out);
            case CSV -> new Csv(out);
            case JSONL -> new Jsonl(out, keyName, valueName);
        };
    }

    /** A writer of values only, each a whole record as {@code load --all} stored it. */
    public static RecordWriter ofWholeRecords(RecordFormat format, OutputStream out) {
        return new Whole(out, format == RecordFormat.CSV);
    }

    private static final class Tsv extends RecordWriter {
        Tsv(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] key, byte[] value) throws IOException {
            out.write(TsvField.encode(key));
            out.write('\t');
            out.write(TsvField.encode(value));
            out.write('\n');
        }

        @Override
        public void writeHeader(String keyName, String valueName) throws IOException {
            write(keyName.getBytes(StandardCharsets.UTF_8), valueName.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static final class Csv extends RecordWriter {
        Csv(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] key, byte[] value) throws IOException {
            column(key);
            out.write(',');
            column(value);
            out.write('\n');
        }

        @Override
        public void writeHeader(String keyName, String valueName) throws IOException {
            write(keyName.getBytes(StandardCharsets.UTF_8), valueName.getBytes(StandardCharsets.UTF_8));
        }

        private void column(byte[] bytes) throws IOException {
            if (!needsQuotes(bytes)) {
                out.write(bytes);
                return;
            }
            out.write('"');
            for (byte b : bytes) {
                if (b == '"') {
                    out.write('"');
                }
                out.write(b);
            }
            out.write('"');
        }

        private static boolean needsQuotes(byte[] bytes) {
            for (byte b : bytes) {
                if (b == ',' || b == '"' || b == '\n' || b == '\r') {
                    return true;
                }
            }
            return false;
        }
    }

    private static final class Jsonl extends RecordWriter {
        private final byte[] keyHead;
        private final byte[] valueHead;

        Jsonl(OutputStream out, String keyName, String valueName) {
            super(out);
            this.keyHead = ("{" + JsonBytes.string(keyName) + ":").getBytes(StandardCharsets.UTF_8);
            this.valueHead = ("," + JsonBytes.string(valueName) + ":").getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void write(byte[] key, byte[] value) throws IOException {
            out.write(keyHead);
            out.write(JsonBytes.value(key));
            out.write(valueHead);
            out.write(JsonBytes.value(value));
            out.write('}');
            out.write('\n');
        }

        @Override
        public void writeHeader(String keyName, String valueName) {
            // Each record names its fields
        }
    }

    private static final class Whole extends RecordWriter {
        private final boolean linesAllowed;

        Whole(OutputStream out, boolean linesAllowed) {
            super(out);
            this.linesAllowed = linesAllowed;
        }

        @Override
        public void write(byte[] key, byte[] value) throws IOException, MalformedRecordException {
            if (!linesAllowed) {
                requireOneLine(value);
            }
            out.write(value);
            out.write('\n');
        }

        @Override
        public void writeHeader(String keyName, String valueName) {
            // A whole record has the columns it was loaded with
        }

        private static void requireOneLine(byte[] value) throws MalformedRecordException {
            for (byte b : value) {
                if (b == '\n') {
                    throw new MalformedRecordException("holds a line break, so it is not one whole record");
                }
            }
        }
    }

    /** The JSON form of a byte string: a string if it is valid UTF-8, else its hexadecimal digits in an object. */
    private static final class JsonBytes {
        private JsonBytes() {}

        static byte[] value(byte[] bytes) {
            try {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
                return string(text).getBytes(StandardCharsets.UTF_8);
            } catch (CharacterCodingException e) {
                return ("{\"hex\":\"" + EscapedBytes.hex(bytes) + "\"}").getBytes(StandardCharsets.US_ASCII);
            }
        }

        static String string(String text) {
            return JsonWriter.write(text);
        }
    }
}
