package io.tikvdirect.cli.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RejectedRecordsTest {
    private static final ColumnChoice FIRST_TWO = new ColumnChoice("1", "2");
    private static final ColumnChoice BY_NAME = new ColumnChoice("key", "value");

    @Test
    void aLineWithTooFewColumnsIsRejectedByItsNumberAndTheOthersAreNot() throws Exception {
        List<SourceRecord> records = read(RecordFormat.TSV, "a\t1\nb\n\tx\nc\t3\n", FIRST_TWO);

        assertThat(records).extracting(SourceRecord::firstLine).containsExactly(1L, 2L, 3L, 4L);
        assertThat(records.get(1).rejection()).isEqualTo("has 1 column, column 2 is asked for");
        assertThat(records.get(2).rejection()).isEqualTo("has an empty key");
        assertThat(records.get(3).pair().value()).asString().isEqualTo("3");
    }

    @Test
    void badHexDigitsOfATsvColumnAreRejected() throws Exception {
        assertThat(read(RecordFormat.TSV, "k\thex:0g\n", FIRST_TWO).get(0).rejection())
                .contains("hex:")
                .contains("0g");
    }

    @Test
    void aCsvColumnWithALineBreakIsOneRecordOfTwoLines() throws Exception {
        List<SourceRecord> records = read(RecordFormat.CSV, "a,\"x\r\n\"\"y\"\"\"\r\nb,2\r\n", FIRST_TWO);

        assertThat(records.get(0).pair().value()).asString().isEqualTo("x\r\n\"y\"");
        assertThat(records.get(0).lastLine()).isEqualTo(2);
        assertThat(records.get(1).firstLine()).isEqualTo(3);
        assertThat(records.get(1).pair().value()).asString().isEqualTo("2");
    }

    @Test
    void brokenQuotesOfCsvAreRejected() throws Exception {
        List<SourceRecord> records = read(RecordFormat.CSV, "a\"b,1\nc,\"2\"x\nd,4\ne,\"open\nstill\n", FIRST_TWO);

        assertThat(records.get(0).rejection()).contains("not quoted");
        assertThat(records.get(1).rejection()).contains("behind a closing quote");
        assertThat(records.get(2).pair().key()).asString().isEqualTo("d");
        assertThat(records.get(3).rejection()).contains("within a quoted column");
        assertThat(records.get(3).firstLine()).isEqualTo(4);
        assertThat(records.get(3).lastLine()).isEqualTo(5);
        assertThat(records).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"key\":\"k\"}",
                "{\"key\":\"k\",\"value\":null}",
                "{\"key\":\"k\",\"value\":\"v\"} x",
                "{\"key\":\"k\",\"key\":\"k\",\"value\":\"v\"}",
                "{\"key\":\"k\",\"value\":\"\\q\"}",
                "{\"key\":\"k\",\"value\":\"\\ud800\"}",
                "{\"key\":\"k\",\"value\":\"\\u00g0\"}",
                "{\"key\":\"k\",\"value\":01}",
                "{\"key\":\"k\",\"value\":1.}",
                "{\"key\":\"k\",\"value\":tru}",
                "{\"key\":\"k\",\"value\":{\"hex\":\"0\"}}",
                "{\"key\":\"k\",\"value\":[1,]}",
                "{\"key\":\"\",\"value\":\"v\"}",
                "{'key':'k'}"
            })
    void whatIsNotTheObjectAskedForIsRejected(String line) throws Exception {
        SourceRecord record = read(RecordFormat.JSONL, line + "\n", BY_NAME).get(0);

        assertThat(record.pair()).isNull();
        assertThat(record.rejection()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"v\"", "17", "-1.5e+3", "true", "[1, {\"a\": null}]", "{\"b\":\"\\\"}\"}", "{\"hex\":\"6162\"}"
            })
    void everyOtherJsonValueHasItsBytes(String value) throws Exception {
        SourceRecord record = read(RecordFormat.JSONL, " {\"value\" : " + value + ",\"key\":\"k\"} \n", BY_NAME)
                .get(0);

        String expected =
                switch (value) {
                    case "\"v\"" -> "v";
                    case "{\"hex\":\"6162\"}" -> "ab";
                    default -> value;
                };
        assertThat(record.rejection()).isNull();
        assertThat(new String(record.pair().value(), UTF_8)).isEqualTo(expected);
    }

    @Test
    void escapesOfJsonStringsStandForTheirCharacters() throws Exception {
        String line = "{\"key\":\"\\u00e9\\ud83d\\ude00\\n\\/\",\"value\":\"\"}\n";

        assertThat(new String(
                        read(RecordFormat.JSONL, line, BY_NAME).get(0).pair().key(), UTF_8))
                .isEqualTo("é😀\n/");
    }

    @Test
    void deepNestingIsRejectedAndDoesNotOverflow() throws Exception {
        String line = "{\"key\":\"k\",\"value\":" + "[".repeat(100_000) + "\n";

        assertThat(read(RecordFormat.JSONL, line, BY_NAME).get(0).rejection()).contains("nested deeper");
    }

    @Test
    void invalidUtf8InAJsonStringIsRejected() throws Exception {
        byte[] line = "{\"key\":\"k\",\"value\":\"?\"}\n".getBytes(UTF_8);
        line[line.length - 4] = (byte) 0xff;

        assertThat(RecordRoundTripTest.read(RecordFormat.JSONL, line, BY_NAME)
                        .get(0)
                        .rejection())
                .contains("UTF-8");
    }

    @Property(tries = 1_000)
    void noInputIsLostOrEndsTheReader(@ForAll RecordFormat format, @ForAll byte[] source) throws Exception {
        List<SourceRecord> records = RecordRoundTripTest.read(format, source, FIRST_TWO);
        long next = 1;
        for (SourceRecord record : records) {
            assertThat(record.firstLine()).isEqualTo(next);
            assertThat(record.pair() == null).isNotEqualTo(record.rejection() == null);
            next = record.lastLine() + 1;
        }
        assertThat(records.isEmpty() ? 0 : records.get(records.size() - 1).endOffset())
                .isEqualTo(source.length);
    }

    @Test
    void columnsAreFoundByTheNamesOfTheHeader() throws Exception {
        LineReader lines = new LineReader(new ByteArrayInputStream("id,\"a b\",c\r\n1,2,3\n".getBytes(UTF_8)), 0, 0);
        Header header = Header.read(RecordFormat.CSV, lines);
        RecordReader reader = RecordReader.of(RecordFormat.CSV, lines, new ColumnChoice("c", "a b"), header);

        SourceRecord record = SourceRecord.next(reader);
        assertThat(record.pair().key()).asString().isEqualTo("3");
        assertThat(record.pair().value()).asString().isEqualTo("2");
        assertThatThrownBy(() -> RecordReader.of(RecordFormat.CSV, lines, new ColumnChoice("d", "1"), header))
                .hasMessageContaining("no column \"d\"")
                .hasMessageContaining("id, a b, c");
        assertThatThrownBy(() -> RecordReader.of(RecordFormat.TSV, lines, new ColumnChoice("0", "1"), Header.NONE))
                .hasMessageContaining("counted from 1");
    }

    private static List<SourceRecord> read(RecordFormat format, String source, ColumnChoice columns) throws Exception {
        return RecordRoundTripTest.read(format, source.getBytes(UTF_8), columns);
    }
}
