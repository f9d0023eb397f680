package io.tikvdirect.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Holds {@code docs/parity.md} against the sources: every capability has its row, every test that is named exists, and a
 * group that calls itself finished leaves nothing open.
 */
class ParityTableTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path TABLE = ROOT.resolve("docs/parity.md");
    private static final Pattern ROW = Pattern.compile("\\| ([A-Z]+-\\d\\d) \\| ([a-z /]+) \\| (.*?) \\| (.*?) \\|");
    private static final Pattern API_ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| (\\S.*) \\| (\\S.*) \\|$");
    private static final Pattern NAMED_ROW = Pattern.compile("(?<![`\\w])([A-Z]+-\\d\\d)");
    private static final Pattern NAMED_TEST = Pattern.compile("`(\\w+)#(\\w+)`");
    private static final Pattern FINISHED = Pattern.compile("Finished groups: (.*)\\.");
    private static final Pattern CAPABILITY = Pattern.compile(
            "@Capability\\(\\s*(?:value = )?(\\{[^}]*\\}|\"[^\"]*\")[^)]*\\)\\s+(?:@\\w+(?:\\([^)]*\\))?\\s+)*void (\\w+)");
    /** An annotation of a test and, before the next empty line, its method. */
    private static final Pattern TEST_METHOD = Pattern.compile(
            "@(?:Test|ParameterizedTest|Property|FuzzTest|RepeatedTest)\\b(?:(?!\n\n).)*?\\bvoid (\\w+)\\(",
            Pattern.DOTALL);

    private static final int API_ROWS = 556;

    private static String table;
    private static Map<String, Row> rows;
    private static Map<String, List<String>> testMethods;

    /** One line of the table. */
    private record Row(String id, String state, String ours, List<String> tests) {}

    @BeforeAll
    static void read() throws IOException {
        table = Files.readString(TABLE);
        rows = new LinkedHashMap<>();
        ROW.matcher(table).results().forEach(found -> {
            List<String> tests = NAMED_TEST
                    .matcher(found.group(4))
                    .results()
                    .map(test -> test.group(1) + '#' + test.group(2))
                    .toList();
            Row before = rows.put(
                    found.group(1), new Row(found.group(1), found.group(2).trim(), found.group(3), tests));
            assertThat(before).as("rows of " + found.group(1)).isNull();
        });
        testMethods = testMethods();
    }

    private static Map<String, List<String>> testMethods() throws IOException {
        Map<String, List<String>> methods = new TreeMap<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path sources : modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(sources)) {
                    files.filter(file -> file.toString().endsWith(".java"))
                            .forEach(file -> methods.computeIfAbsent(className(file), name -> new ArrayList<>())
                                    .addAll(methodsOf(file)));
                }
            }
        }
        return methods;
    }

    private static String className(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }

    private static List<String> methodsOf(Path file) {
        return TEST_METHOD
                .matcher(read(file))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The numbering has holes: what client-go's list merged into neighbours. */
    private static List<String> ids() {
        return Stream.of(
                        numbered("RAW", 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16),
                        numbered("REG", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13),
                        numbered("NET", IntStream.rangeClosed(1, 12).toArray()),
                        numbered("BO", 1, 2, 3, 4),
                        numbered("ERR", IntStream.rangeClosed(1, 29).toArray()),
                        numbered("TSO", 1, 2, 3, 4, 5, 7, 8, 9),
                        numbered("TXN", IntStream.rangeClosed(1, 21).toArray()),
                        numbered("PES", IntStream.rangeClosed(1, 6).toArray()),
                        numbered("LCK", IntStream.rangeClosed(1, 7).toArray()),
                        numbered("SNP", IntStream.rangeClosed(1, 7).toArray()),
                        numbered("MEM", IntStream.rangeClosed(1, 4).toArray()),
                        numbered("PIP", IntStream.rangeClosed(1, 5).toArray()),
                        numbered("GC", IntStream.rangeClosed(1, 7).toArray()),
                        numbered("NEW", 1, 2, 3, 4, 5, 6, 7, 12, 13, 14))
                .flatMap(List::stream)
                .toList();
    }

    private static List<String> numbered(String group, int... numbers) {
        return Arrays.stream(numbers)
                .mapToObj(number -> String.format("%s-%02d", group, number))
                .toList();
    }

    @Test
    void everyCapabilityHasItsRow() {
        assertThat(rows.keySet()).containsExactlyElementsOf(ids());
        assertThat(rows.values())
                .allSatisfy(row -> assertThat(row.state).isIn("shown", "partly", "not yet", "not applicable"));
    }

    @Test
    void everyTestThatIsNamedExists() {
        List<String> missing = NAMED_TEST
                .matcher(table)
                .results()
                .filter(found ->
                        !testMethods.getOrDefault(found.group(1), List.of()).contains(found.group(2)))
                .map(found -> found.group(1) + '#' + found.group(2))
                .toList();
        assertThat(missing).as("tests that docs/parity.md names and nobody has").isEmpty();
    }

    @Test
    void whatIsShownHasATestAndWhatIsNotSaysWhy() {
        assertThat(rows.values()).allSatisfy(row -> {
            if (row.state.equals("shown") || row.state.equals("partly")) {
                assertThat(row.tests).as(row.id).isNotEmpty();
            } else {
                assertThat(row.tests).as(row.id).isEmpty();
            }
            assertThat(row.ours).as(row.id).hasSizeGreaterThan(3);
        });
    }

    @Test
    void aFinishedGroupLeavesNothingOpen() {
        Matcher finished = FINISHED.matcher(table);
        assertThat(finished.find()).as("the line of finished groups").isTrue();
        List<String> groups = List.of(finished.group(1).split(", "));
        assertThat(rows.values())
                .filteredOn(row -> groups.contains(row.id.substring(0, row.id.indexOf('-'))))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.state).as(row.id).isIn("shown", "not applicable"));
    }

    /** The behaviour suite names capabilities itself; both have to agree. */
    @Test
    void whatTheBehaviourSuiteClaimsIsInTheTable() {
        String suite =
                read(ROOT.resolve("integration/src/test/java/io/tikvdirect/integration/behaviour/RawBehaviour.java"));
        Map<String, TreeSet<String>> claimed = new TreeMap<>();
        CAPABILITY.matcher(suite).results().forEach(found -> Arrays.stream(
                        found.group(1).replaceAll("[{}\" ]", "").split(","))
                .filter(rows::containsKey)
                .forEach(id ->
                        claimed.computeIfAbsent(id, any -> new TreeSet<>()).add("RawBehaviour#" + found.group(2))));
        Map<String, TreeSet<String>> listed = rows.values().stream()
                .filter(row -> row.tests.stream().anyMatch(test -> test.startsWith("RawBehaviour#")))
                .collect(Collectors.toMap(
                        Row::id,
                        row -> row.tests.stream()
                                .filter(test -> test.startsWith("RawBehaviour#"))
                                .collect(Collectors.toCollection(TreeSet::new)),
                        (one, other) -> one,
                        TreeMap::new));
        assertThat(listed).isEqualTo(claimed);
    }

    @Test
    void everySymbolOfTheApiHasALine() {
        List<String> symbols =
                API_ROW.matcher(table).results().map(found -> found.group(1)).toList();
        assertThat(symbols).doesNotHaveDuplicates().hasSize(API_ROWS);
    }

    /** That the tests exist which a line names is seen to above. */
    @Test
    void everySymbolOfTheApiNamesWhatShowsItOrHasNothingToShow() {
        API_ROW.matcher(table).results().forEach(line -> {
            String ours = line.group(2);
            String shownBy = line.group(3);
            List<String> ids = NAMED_ROW
                    .matcher(shownBy)
                    .results()
                    .map(found -> found.group(1))
                    .toList();
            assertThat(ids).as(line.group(1)).allSatisfy(id -> assertThat(rows.get(id))
                    .isNotNull()
                    .satisfies(row -> assertThat(row.state).isEqualTo("shown")));
            boolean isNamed = !ids.isEmpty() || NAMED_TEST.matcher(shownBy).find();
            assertThat(isNamed || (shownBy.equals("-") && ours.startsWith("none: ")))
                    .as("%s is shown by %s", line.group(1), shownBy)
                    .isTrue();
        });
    }
}
