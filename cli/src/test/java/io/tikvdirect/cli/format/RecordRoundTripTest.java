package io.tikvdirect.cli.format;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordRoundTripTest {
    @Property(tries = 1_000)
    void whatIsDumpedIsLoadedAsTheSameBytes(
            @ForAll RecordFormat format, @ForAll @Size(max = 6) List<@net.jqwik.api.From("byteStrings") byte[]> values)
            throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RecordWriter writer = RecordWriter.of(format, out, "key", "value");
        for (byte[] value : values) {
            writer.write(withoutEmpty(value), value);
        }

        List<SourceRecord> records = read(format, out.toByteArray(), named(format));

        assertThat(records).hasSameSizeAs(values);
        for (int i = 0; i < values.size(); i++) {
            assertThat(records.get(i).rejection()).isNull();
            assertThat(records.get(i).pair().key()).isEqualTo(withoutEmpty(values.get(i)));
            assertThat(records.get(i).pair().value()).isEqualTo(values.get(i));
        }
        long lines = out.toString(ISO_8859_1).chars().filter(c -> c == '\n').count();
        assertThat(records.isEmpty() ? 0 : records.get(records.size() - 1).lastLine())
                .isEqualTo(lines);
    }

    @Property(tries = 500)
    void aForeignTsvFileComesBackByteForByte(@ForAll("tsvColumns") List<byte[]> columns) throws Exception {
        ByteArrayOutputStream source = new ByteArrayOutputStream();
        for (byte[] column : columns) {
            source.write('k');
            source.write(column);
            source.write('\t');
            source.write(column);
            source.write('\n');
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RecordWriter writer = RecordWriter.of(RecordFormat.TSV, out, "key", "value");

        for (SourceRecord record : read(RecordFormat.TSV, source.toByteArray(), new ColumnChoice("1", "2"))) {
            writer.write(record.pair().key(), record.pair().value());
        }

        assertThat(out.toByteArray()).isEqualTo(source.toByteArray());
    }

    @ParameterizedTest
    @EnumSource(RecordFormat.class)
    void wholeRecordsComeBackAsTheyWere(RecordFormat format) throws Exception {
        String source =
                switch (format) {
                    case TSV -> "a\tone\\n\"two\"\t3\nb\t\n";
                    case CSV -> "a,\"one\ntwo\",3\nb,\"x\"\"y\"\n";
                    case JSONL -> "{\"key\": \"a\", \"n\": [1, 2.5e3]}\n{\"key\":\"b\"}\n";
                };
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RecordWriter writer = RecordWriter.ofWholeRecords(format, out);
        ColumnChoice columns = new ColumnChoice(format == RecordFormat.JSONL ? "key" : "1", null);

        for (SourceRecord record : read(format, source.getBytes(UTF_8), columns)) {
            writer.write(record.pair().key(), record.pair().value());
        }

        assertThat(out.toString(UTF_8)).isEqualTo(source);
    }

    @Test
    void textStaysReadableInEveryFormat() throws Exception {
        byte[] value = "C:\\dir \"é\", x".getBytes(UTF_8);

        assertThat(written(RecordFormat.TSV, value)).isEqualTo("k\tC:\\dir \"é\", x\n");
        assertThat(written(RecordFormat.CSV, value)).isEqualTo("k,\"C:\\dir \"\"é\"\", x\"\n");
        assertThat(written(RecordFormat.JSONL, value))
                .isEqualTo("{\"key\":\"k\",\"value\":\"C:\\\\dir \\\"é\\\", x\"}\n");
    }

    @Test
    void bytesThatAFormatCannotHoldAreHexadecimal() throws Exception {
        assertThat(written(RecordFormat.TSV, new byte[] {'a', '\t'})).isEqualTo("k\thex:6109\n");
        assertThat(written(RecordFormat.TSV, "hex:".getBytes(UTF_8))).isEqualTo("k\thex:6865783a\n");
        assertThat(written(RecordFormat.JSONL, new byte[] {(byte) 0xff}))
                .isEqualTo("{\"key\":\"k\",\"value\":{\"hex\":\"ff\"}}\n");
    }

    private static String written(RecordFormat format, byte[] value) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RecordWriter.of(format, out, "key", "value").write(new byte[] {'k'}, value);
        return out.toString(UTF_8);
    }

    static List<SourceRecord> read(RecordFormat format, byte[] source, ColumnChoice columns)
            throws IOException, MalformedRecordException {
        LineReader lines = new LineReader(new ByteArrayInputStream(source), 0, 0);
        RecordReader reader = RecordReader.of(format, lines, columns, Header.NONE);
        List<SourceRecord> records = new ArrayList<>();
        for (SourceRecord record = SourceRecord.next(reader); record != null; record = SourceRecord.next(reader)) {
            records.add(record);
        }
        return records;
    }

    private static ColumnChoice named(RecordFormat format) {
        return format == RecordFormat.JSONL ? new ColumnChoice("key", "value") : new ColumnChoice("1", "2");
    }

    private static byte[] withoutEmpty(byte[] value) {
        return value.length == 0 ? new byte[] {0} : value;
    }

    @Provide
    static Arbitrary<byte[]> byteStrings() {
        Arbitrary<Byte> delicate =
                Arbitraries.of((byte) '"', (byte) ',', (byte) '\n', (byte) '\r', (byte) '\t', (byte) '\\', (byte) 0);
        return Arbitraries.frequencyOf(Tuple.of(1, delicate), Tuple.of(2, Arbitraries.bytes()))
                .array(byte[].class)
                .ofMaxSize(24);
    }

    @Provide
    static Arbitrary<List<byte[]>> tsvColumns() {
        return Arbitraries.bytes()
                .filter(b -> b != '\t' && b != '\n')
                .array(byte[].class)
                .ofMaxSize(20)
                .filter(column -> !new String(column, ISO_8859_1).startsWith("hex:"))
                .list()
                .ofMaxSize(5);
    }
}
