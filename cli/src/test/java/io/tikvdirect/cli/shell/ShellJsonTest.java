package io.tikvdirect.cli.shell;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.cli.CommandRun;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every command of the shell with {@code --json}: its exact answer. */
class ShellJsonTest {
    private static EmbeddedCluster v1;
    private static EmbeddedCluster v1ttl;

    @BeforeAll
    static void startClusters() throws Exception {
        v1 = EmbeddedCluster.builder().stores(3).start();
        v1ttl = EmbeddedCluster.builder()
                .stores(1)
                .apiVersion(EmbeddedApiVersion.V1TTL)
                .start();
    }

    @AfterAll
    static void closeClusters() {
        v1.close();
        v1ttl.close();
    }

    @Test
    void pointCommands() {
        expect(v1, "v1")
                .line("raw get p1", "{\"ok\":true,\"value\":null}")
                .line("raw put p1 v", "{\"ok\":true}")
                .line("raw get p1", "{\"ok\":true,\"value\":\"v\"}")
                .line("raw put p1 \"\"", "{\"ok\":true}")
                .line("raw get p1", "{\"ok\":true,\"value\":\"\"}")
                .line("raw del p1", "{\"ok\":true}")
                .line("raw del p1", "{\"ok\":true}")
                .line("raw get p1", "{\"ok\":true,\"value\":null}")
                .check();
    }

    @Test
    void bytesAreEscapedOnTheWayInAndOut() {
        expect(v1, "v1")
                .line("raw put \\x00\\xff \"a b\\n\\t\\\\\\\"\\x7f\"", "{\"ok\":true}")
                .line("raw get hex:00FF", "{\"ok\":true,\"value\":\"a b\\\\n\\\\t\\\\\\\\\\\"\\\\x7f\"}")
                .line("raw put u é", "{\"ok\":true}")
                .line("raw get u", "{\"ok\":true,\"value\":\"\\\\xc3\\\\xa9\"}")
                .line("raw put \"--cf\" x", "{\"ok\":true}")
                .line("raw get \"--cf\"", "{\"ok\":true,\"value\":\"x\"}")
                .check();
    }

    @Test
    void batchCommands() {
        expect(v1, "v1")
                .line("raw mput b1 1 b2 2 b3 3", "{\"ok\":true}")
                .line("raw mget b3 none b1 b3", "{\"ok\":true,\"values\":[\"3\",null,\"1\",\"3\"]}")
                .line("raw mdel b1 b3 none", "{\"ok\":true}")
                .line("raw mget b1 b2 b3", "{\"ok\":true,\"values\":[null,\"2\",null]}")
                .check();
    }

    @Test
    void scansAndRanges() {
        expect(v1, "v1")
                .line("raw mput s1 1 s2 2 s3 3 s4 4", "{\"ok\":true}")
                .line(
                        "raw scan s t",
                        "{\"ok\":true,\"pairs\":[[\"s1\",\"1\"],[\"s2\",\"2\"],[\"s3\",\"3\"],[\"s4\",\"4\"]]}")
                .line("raw scan s2 s4 --limit 1", "{\"ok\":true,\"pairs\":[[\"s2\",\"2\"]]}")
                .line(
                        "raw scan s1 s4 --reverse",
                        "{\"ok\":true,\"pairs\":[[\"s3\",\"3\"],[\"s2\",\"2\"],[\"s1\",\"1\"]]}")
                .line("raw scan s4 s1 --reverse --limit 1", "{\"ok\":true,\"pairs\":[[\"s3\",\"3\"]]}")
                .line("raw scan s3 t --keys-only", "{\"ok\":true,\"pairs\":[[\"s3\"],[\"s4\"]]}")
                .line("raw scan s9 t", "{\"ok\":true,\"pairs\":[]}")
                .line("raw delrange s2 s4", "{\"ok\":true}")
                .line("raw scan s t --keys-only", "{\"ok\":true,\"pairs\":[[\"s1\"],[\"s4\"]]}")
                .check();
    }

    @Test
    void compareAndSwap() {
        expect(v1, "v1")
                .line("raw cas c --absent 1", "{\"ok\":true,\"swapped\":true,\"previous\":null}")
                .line("raw cas c --absent 2", "{\"ok\":true,\"swapped\":false,\"previous\":\"1\"}")
                .line("raw cas c 0 2", "{\"ok\":true,\"swapped\":false,\"previous\":\"1\"}")
                .line("raw cas c 1 2", "{\"ok\":true,\"swapped\":true,\"previous\":\"1\"}")
                .line("raw get c", "{\"ok\":true,\"value\":\"2\"}")
                .check();
    }

    @Test
    void timesToLive() {
        expect(v1ttl, "v1ttl")
                .line("raw put t1 v", "{\"ok\":true}")
                .line("raw ttl t1", "{\"ok\":true,\"ttl\":0}")
                .line("raw ttl none", "{\"ok\":true,\"ttl\":null}")
                .line("raw put t2 v --ttl 0", "{\"ok\":true}")
                .line("raw ttl t2", "{\"ok\":true,\"ttl\":0}")
                .line("raw mput t3 v t4 v --ttl 1000000", "{\"ok\":true}")
                .line("raw cas t5 --absent v --ttl 1000000", "{\"ok\":true,\"swapped\":true,\"previous\":null}")
                .check();
        CommandRun run = shell(v1ttl, "v1ttl", "raw put t6 v --ttl 1000000\nraw ttl t6\nraw ttl t3\nraw ttl t5\n");
        assertThat(run.outLines().subList(1, 4))
                .allMatch(line -> line.matches("\\{\"ok\":true,\"ttl\":(1000000|9999\\d\\d)}"));
    }

    @Test
    void aTimeToLiveWhereTheClusterHasNoneIsATypedError() {
        CommandRun run = shell(v1, "v1", "raw put k v --ttl 5\nraw ttl k\n");

        assertThat(run.outLines()).hasSize(2).allMatch(line -> line.startsWith(failure("TTL_NOT_SUPPORTED")));
    }

    @Test
    void checksums() {
        CommandRun run = shell(v1, "v1", "raw mput x1 a x2 b\nraw checksum x y\nraw checksum y z\nraw mdel x1 x2\n");

        assertThat(run.outLines().get(1))
                .matches("\\{\"ok\":true,\"crc64_xor\":\"[0-9a-f]{16}\",\"kvs\":2,\"bytes\":6}");
        assertThat(run.outLines().get(2))
                .isEqualTo("{\"ok\":true,\"crc64_xor\":\"0000000000000000\",\"kvs\":0,\"bytes\":0}");
    }

    @Test
    void columnFamilies() {
        expect(v1, "v1")
                .line("raw put f w --cf write", "{\"ok\":true}")
                .line("raw get f", "{\"ok\":true,\"value\":null}")
                .line("raw get f --cf write", "{\"ok\":true,\"value\":\"w\"}")
                .check();
    }

    @Test
    void timestampsRise() {
        List<String> lines = shell(v1, "v1", "ts\nts\n").outLines();

        assertThat(lines).allMatch(line -> line.matches("\\{\"ok\":true,\"ts\":\\d{15,}}"));
        assertThat(lines.get(0)).isLessThan(lines.get(1));
    }

    @Test
    void splitsShowUpInTheRegions() {
        List<String> lines =
                shell(v1, "v1", "split m1 m2\nregions m1 m2\nregions\nstores\n").outLines();

        assertThat(lines.get(0)).isEqualTo("{\"ok\":true}");
        assertThat(lines.get(1))
                .matches(
                        "\\{\"ok\":true,\"regions\":\\[\\{\"id\":\\d+,\"start\":\"m1\",\"end\":\"m2\",\"version\":\\d+,"
                                + "\"conf_version\":\\d+,\"leader_store\":\\d+,\"stores\":\\[\\d+,\\d+,\\d+]}]}");
        assertThat(lines.get(2)).contains("\"end\":\"m1\"", "\"start\":\"m2\"");
        assertThat(lines.get(3))
                .startsWith("{\"ok\":true,\"stores\":[{\"id\":")
                .contains("\"address\":\"127.0.0.1:", "\"state\":\"Up\"");
    }

    @Test
    void helpIsAnAnswerToo() {
        List<String> lines =
                shell(v1, "v1", "help\nhelp raw get\nhelp raw\nhelp nonsense\n").outLines();

        assertThat(lines.get(0)).startsWith("{\"ok\":true,\"help\":\"").contains("raw checksum START END");
        assertThat(lines.get(1)).isEqualTo("{\"ok\":true,\"help\":\"raw get K [--cf CF]\\n    Reads a key.\"}");
        assertThat(lines.get(2)).contains("raw put", "raw copr");
        assertThat(lines.get(3)).startsWith(failure("INVALID_ARGUMENT"));
    }

    @Test
    void aMalformedLineIsAnsweredAndTheShellGoesOn() {
        List<String> malformed = List.of(
                "nonsense",
                "raw",
                "raw nonsense k",
                "raw get",
                "raw get a b",
                "raw get \"open",
                "raw get \\q",
                "raw get k --nonsense",
                "raw put k v --ttl",
                "raw put k v --ttl soon",
                "raw put k v --ttl -1",
                "raw mput k",
                "raw cas k old",
                "raw scan a b --limit 0",
                "raw scan a b --limit 10241",
                "raw get \"\"",
                "regions a",
                "\"raw\" get k");

        CommandRun run = shell(v1, "v1", String.join("\n", malformed) + "\nraw get alive\n");

        assertThat(run.outLines()).hasSize(malformed.size() + 1);
        for (int i = 0; i < malformed.size(); i++) {
            assertThat(run.outLines().get(i)).as(malformed.get(i)).startsWith(failure("INVALID_ARGUMENT"));
        }
        assertThat(run.outLines().get(malformed.size())).isEqualTo("{\"ok\":true,\"value\":null}");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void everyLineHasExactlyOneAnswerBlankLinesAndCommentsToo() {
        String input = "\n# comment\n   \nraw get none # tail\n\r\nraw\n\nexit\nraw get none\n";
        CommandRun run = shell(v1, "v1", input);

        String nothingToDo = "{\"ok\":true}";
        assertThat(run.outLines()).hasSize(8);
        assertThat(run.outLines().subList(0, 5))
                .containsExactly(nothingToDo, nothingToDo, nothingToDo, "{\"ok\":true,\"value\":null}", nothingToDo);
        assertThat(run.outLines().get(5)).startsWith(failure("INVALID_ARGUMENT"));
        assertThat(run.outLines().subList(6, 8)).containsExactly(nothingToDo, "{\"ok\":true}");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void withoutJsonBlankLinesAndCommentsHaveNoAnswer() {
        String[] arguments = {
            "shell", "--timeout", "20s", "--pd", v1.pdAddresses().get(0)
        };
        CommandRun run = CommandRun.withInput("\n# comment\nraw get none # tail\n\n", arguments);

        assertThat(run.outLines()).containsExactly("(absent)");
    }

    @Test
    void aLineThatIsNoTextIsStillAnswered() {
        byte[] input = "raw put k \u00ff\u00fe\u0000\nraw get k".getBytes(ISO_8859_1);

        CommandRun run = CommandRun.withInput(input, arguments(v1, "v1"));

        assertThat(run.outLines())
                .containsExactly("{\"ok\":true}", "{\"ok\":true,\"value\":\"\\\\xff\\\\xfe\\\\x00\"}");
    }

    @Test
    void withoutJsonAPersonReadsItAndAFailureIsExitCodeOne() {
        String[] arguments = {
            "shell", "--timeout", "20s", "--pd", v1.pdAddresses().get(0)
        };

        CommandRun good = CommandRun.withInput("raw put h \"a b\"\nraw get h\nraw scan h i\nraw get none\n", arguments);
        CommandRun bad = CommandRun.withInput("raw get\nraw get h\n", arguments);

        assertThat(good.exitCode()).isZero();
        assertThat(good.outLines()).containsExactly("OK", "\"a b\"", "h \"a b\"", "(1 pair)", "(absent)");
        assertThat(bad.exitCode()).isEqualTo(1);
        assertThat(bad.err()).startsWith("INVALID_ARGUMENT: usage: raw get K");
        assertThat(bad.out()).isEqualTo("\"a b\"\n");
    }

    @Test
    void apiV2WithAKeyspace() throws Exception {
        try (EmbeddedCluster v2 = EmbeddedCluster.builder()
                .apiVersion(EmbeddedApiVersion.V2)
                .keyspaces("orders")
                .start()) {
            String[] arguments = {
                "shell", "--json", "--pd", v2.pdAddresses().get(0), "--api", "v2", "--keyspace", "orders"
            };
            CommandRun run =
                    CommandRun.withInput("raw put k v --ttl 900\nsplit kk\nraw scan \"\" \"\"\nregions\n", arguments);

            assertThat(run.outLines().subList(0, 3))
                    .containsExactly("{\"ok\":true}", "{\"ok\":true}", "{\"ok\":true,\"pairs\":[[\"k\",\"v\"]]}");
            assertThat(run.outLines().get(3)).contains("\"end\":\"kk\"", "\"start\":\"kk\"");
        }
    }

    private static String failure(String code) {
        return "{\"ok\":false,\"error\":{\"code\":\"" + code + "\",\"message\":\"";
    }

    private static CommandRun shell(EmbeddedCluster cluster, String api, String input) {
        return CommandRun.withInput(input.getBytes(UTF_8), arguments(cluster, api));
    }

    private static String[] arguments(EmbeddedCluster cluster, String api) {
        return new String[] {
            "shell",
            "--json",
            "--timeout",
            "20s",
            "--pd",
            cluster.pdAddresses().get(0),
            "--api",
            api.toLowerCase(Locale.ROOT)
        };
    }

    private static Expectation expect(EmbeddedCluster cluster, String api) {
        return new Expectation(cluster, api);
    }

    /** Lines and the answers they must have, in order. */
    private static final class Expectation {
        private final EmbeddedCluster cluster;
        private final String api;
        private final List<String> lines = new ArrayList<>();
        private final List<String> answers = new ArrayList<>();

        Expectation(EmbeddedCluster cluster, String api) {
            this.cluster = cluster;
            this.api = api;
        }

        Expectation line(String line, String answer) {
            lines.add(line);
            answers.add(answer);
            return this;
        }

        void check() {
            CommandRun run = shell(cluster, api, String.join("\n", lines) + "\n");
            assertThat(run.outLines()).containsExactlyElementsOf(answers);
            assertThat(run.err()).isEmpty();
            assertThat(run.exitCode()).isZero();
        }
    }
}
