package io.tikvdirect.cli.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.cli.CommandRun;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadDumpTest {
    private static EmbeddedCluster cluster;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = EmbeddedCluster.builder().stores(3).regions(8).start();
    }

    @AfterAll
    static void closeCluster() {
        cluster.close();
    }

    @Test
    void aTsvFileOfAnyBytesComesBackByteForByte() throws Exception {
        Path source = directory.resolve("in.tsv");
        Files.write(source, records(5_000));

        CommandRun load = load(source, "--format", "tsv", "--key", "1", "--value", "2", "--prefix", "tsv/");
        CommandRun dump =
                dump("--prefix", "tsv/", "--out", directory.resolve("out.tsv").toString());

        assertThat(load.exitCode()).as(load.err()).isZero();
        assertThat(load.out()).contains("loaded 5,000 records", "records/s", "p99", "rejected: 0");
        assertThat(dump.exitCode()).as(dump.err()).isZero();
        assertThat(dump.out()).contains("dumped 5,000 records");
        assertThat(directory.resolve("out.tsv")).hasSameBinaryContentAs(source);
        assertThat(directory.resolve("in.tsv.tikv-load")).doesNotExist();
        assertThat(directory.resolve("out.tsv.part")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tsv", "csv", "jsonl"})
    void whatOneFormatDumpsEveryFormatCarriesOn(String format) throws Exception {
        Path first = directory.resolve("first.tsv");
        Files.write(first, "k1\thex:000a0922\nk2\tplain \"text\", é\nk3\t\n".getBytes(UTF_8));
        Path carried = directory.resolve("carried." + format);
        boolean named = format.equals("jsonl");

        load(first, "--key", "1", "--value", "2", "--prefix", format + "1/");
        dump("--prefix", format + "1/", "--out", carried.toString());
        load(carried, "--key", named ? "key" : "1", "--value", named ? "value" : "2", "--prefix", format + "2/");
        CommandRun back = dump("--prefix", format + "2/", "--format", "tsv");

        assertThat(back.out()).isEqualTo(Files.readString(first));
        assertThat(back.err()).contains("dumped 3 records");
    }

    @Test
    void wholeRecordsComeBackAsTheFileTheyWere() throws Exception {
        Path source = directory.resolve("all.jsonl");
        Files.writeString(source, "{\"id\":\"a\", \"n\": 1}\n{\"id\":\"b\",\"n\":[2]}\n");

        load(source, "--key", "id", "--all", "--prefix", "all/");
        CommandRun back = dump("--prefix", "all/", "--format", "jsonl", "--all");

        assertThat(back.out()).isEqualTo(Files.readString(source));
    }

    @Test
    void columnsByNameAndAHeaderThatComesBack() throws Exception {
        Path source = directory.resolve("named.csv");
        Files.writeString(source, "note,id\r\n\"x, y\",k1\r\nz,k2\r\n");

        load(source, "--key", "id", "--value", "note", "--prefix", "named/");
        CommandRun back =
                dump("--prefix", "named/", "--format", "csv", "--header", "--key-name", "id", "--value-name", "note");

        assertThat(back.out()).isEqualTo("id,note\nk1,\"x, y\"\nk2,z\n");
    }

    @Test
    void standardInputIsASourceToo() {
        CommandRun load = CommandRun.withInput(
                "a\t1\nb\t2\n",
                "load",
                "-",
                "--format",
                "tsv",
                "--key",
                "1",
                "--value",
                "2",
                "--prefix",
                "in/",
                "--timeout",
                "60s",
                "--pd",
                pd());

        assertThat(load.exitCode()).as(load.err()).isZero();
        assertThat(dump("--prefix", "in/").out()).isEqualTo("a\t1\nb\t2\n");
    }

    @Test
    void ofAKeyThatOccursOftenTheLastLineWins() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            lines.append("same").append(i % 3).append('\t').append(i).append('\n');
        }
        Path source = directory.resolve("same.tsv");
        Files.writeString(source, lines.toString());

        CommandRun load = load(source, "--key", "1", "--value", "2", "--prefix", "dup/");

        assertThat(load.exitCode()).as(load.err()).isZero();
        assertThat(dump("--prefix", "dup/").out()).isEqualTo("same0\t19998\nsame1\t19999\nsame2\t19997\n");
    }

    @Test
    void rejectedLinesAreReportedByNumberAndTheOthersAreLoaded() throws Exception {
        Path source = directory.resolve("bad.tsv");
        String tooLong = "k".repeat(9_000);
        Files.writeString(source, "g1\t1\nonly one column\n\tno key\ng2\t2\nx\thex:0\n" + tooLong + "\t5\ng3\t3\n");

        CommandRun load = load(source, "--key", "1", "--value", "2", "--prefix", "bad/");

        assertThat(load.exitCode()).isEqualTo(1);
        assertThat(load.err())
                .contains("line 2 rejected: has 1 column", "line 3 rejected: has an empty key", "line 5 rejected: ")
                .contains("line 6 rejected: ");
        assertThat(load.out()).contains("loaded 3 records", "rejected: 4");
        assertThat(dump("--prefix", "bad/").out()).isEqualTo("g1\t1\ng2\t2\ng3\t3\n");
    }

    @Test
    void theWrongOptionsDoNotRejectAWholeFileOneByOne() throws Exception {
        Path source = directory.resolve("wrong.tsv");
        Files.writeString(source, "a\n".repeat(5_000));

        CommandRun load = load(source, "--key", "1", "--value", "2", "--max-rejected", "10");

        assertThat(load.exitCode()).isEqualTo(1);
        assertThat(load.err().lines()).hasSizeBetween(11, 13);
        assertThat(load.err()).contains("more than 10 records were rejected, given up at line 11");
    }

    @Test
    void aLoadThatEndedEarlyGoesOnWhereItEnded() throws Exception {
        Path source = directory.resolve("resume.tsv");
        byte[] good = records(4_000);
        byte[] bad = "broken line\n".getBytes(UTF_8);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int half = endOfLine(good, good.length / 2);
        all.write(good, 0, half);
        all.write(bad);
        all.write(good, half, good.length - half);
        Files.write(source, all.toByteArray());
        String[] options = {"--key", "1", "--value", "2", "--prefix", "resume/"};

        CommandRun first = load(source, with(options, "--max-rejected", "0"));
        LoadState state = LoadState.read(directory.resolve("resume.tsv.tikv-load"));
        CommandRun second = load(source, with(options, "--resume"));

        assertThat(first.exitCode()).isEqualTo(1);
        assertThat(state.progress().loaded()).isPositive().isLessThan(4_000);
        assertThat(second.err()).contains("resuming behind line");
        assertThat(second.out()).contains("with the part loaded before: 4,000 records", "rejected: 1");
        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(dump(
                                "--prefix",
                                "resume/",
                                "--out",
                                directory.resolve("back").toString())
                        .exitCode())
                .isZero();
        assertThat(Files.readAllBytes(directory.resolve("back"))).isEqualTo(good);
        assertThat(directory.resolve("resume.tsv.tikv-load")).doesNotExist();
    }

    @Test
    void aTransactionalLoadIsReadByTransactionsAndRejectsWhatTheyCannotStore() throws Exception {
        Path source = directory.resolve("txn.tsv");
        Files.writeString(source, "1\told\n2\ttwo\n3\t\n1\tnew\n");

        // raw and transactional keys have different forms in API V1, so that they do not share a cluster
        try (EmbeddedCluster own = EmbeddedCluster.builder().stores(1).start()) {
            String pd = own.pdAddresses().get(0);
            CommandRun load = CommandRun.of(
                    ("load " + source + " --pd " + pd + " --timeout 60s --key 1 --value 2 --prefix txn/ --txn")
                            .split(" "));

            assertThat(load.exitCode()).as(load.err()).isEqualTo(1);
            assertThat(load.err()).contains("line 3").contains("empty value");
            CommandRun read = CommandRun.withInput(
                    "snapshot s\ns scan txn/ txn0\nraw get txn/1\n", "shell", "--json", "--timeout", "60s", "--pd", pd);
            assertThat(read.outLines().subList(1, 3))
                    .containsExactly(
                            "{\"ok\":true,\"pairs\":[[\"txn/1\",\"new\"],[\"txn/2\",\"two\"]]}",
                            "{\"ok\":true,\"value\":null}");
        }
    }

    @Test
    void anotherFileOrOtherOptionsAreNotResumed() throws Exception {
        Path source = directory.resolve("changed.tsv");
        Files.writeString(source, "a\t1\nbroken\nb\t2\n");
        String[] options = {"--key", "1", "--value", "2", "--prefix", "changed/"};
        load(source, with(options, "--max-rejected", "0"));

        CommandRun otherOptions = load(source, "--key", "2", "--value", "1", "--prefix", "changed/", "--resume");
        Files.writeString(source, "a\t1\nmended\t\nb\t2\n");
        CommandRun otherFile = load(source, with(options, "--resume"));
        CommandRun fromTheStart = load(source, options);

        assertThat(otherOptions.exitCode()).isEqualTo(1);
        assertThat(otherOptions.err()).contains("cannot resume").contains("without --resume");
        assertThat(otherFile.exitCode()).isEqualTo(1);
        assertThat(fromTheStart.exitCode()).as(fromTheStart.err()).isZero();
    }

    @Test
    void withoutAStateThereIsNothingToResumeAndTheLoadBegins() throws Exception {
        Path source = directory.resolve("fresh.tsv");
        Files.writeString(source, "a\t1\n");

        CommandRun load = load(source, "--key", "1", "--value", "2", "--prefix", "fresh/", "--resume");

        assertThat(load.exitCode()).isZero();
        assertThat(load.err()).contains("nothing to resume");
    }

    @Test
    void aRangeIsDumpedBetweenItsBounds() throws Exception {
        Path source = directory.resolve("range.tsv");
        Files.writeString(source, "a\t1\nb\t2\nc\t3\nd\t4\n");
        load(source, "--key", "1", "--value", "2", "--prefix", "range/");

        assertThat(dump("range/b", "hex:72616e67652f64").out()).isEqualTo("range/b\t2\nrange/c\t3\n");
    }

    private static byte[] records(int count) throws IOException {
        Random random = new Random(7);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            out.write(String.format("%08d\t", i).getBytes(UTF_8));
            byte[] value = new byte[random.nextInt(60)];
            random.nextBytes(value);
            out.write(new String(value, ISO_8859_1)
                    .replace('\n', ' ')
                    .replace('\t', ' ')
                    .getBytes(ISO_8859_1));
            out.write('\n');
        }
        return out.toByteArray();
    }

    private static int endOfLine(byte[] bytes, int from) {
        int at = from;
        while (bytes[at] != '\n') {
            at++;
        }
        return at + 1;
    }

    private static String pd() {
        return cluster.pdAddresses().get(0);
    }

    private static CommandRun load(Path source, String... options) {
        return CommandRun.of(with(new String[] {"load", source.toString(), "--pd", pd(), "--timeout", "60s"}, options));
    }

    private static CommandRun dump(String... options) {
        return CommandRun.of(with(new String[] {"dump", "--pd", pd(), "--timeout", "60s"}, options));
    }

    private static String[] with(String[] first, String... more) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
