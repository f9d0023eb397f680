package io.tikvdirect.embedded.vectors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Confined to one thread. The checked-in list of recorded exchanges that the embedded cluster does not answer alike
 * yet, each with its reason: rows of scenario, service and RPC, step numbers, reason, between tabs. It only shrinks.
 */
final class NotServed {
    private static final String TAB = "\t";
    private static final String HEAD =
            "# Recorded exchanges that the embedded cluster does not answer alike yet. This list only shrinks:\n"
                    + "# a listed step that is answered alike fails the build until it is taken off, by hand or with\n"
                    + "# mvn -pl embedded test -Dtest=RecordedExchangesTest -Dvectors.update=true\n"
                    + "# Columns: scenario, service/RPC, steps, reason.\n";

    private final List<Row> rows = new ArrayList<>();

    /** One line of the list. */
    record Row(String scenario, String rpc, SortedSet<Integer> steps, String reason) {
        String line() {
            String numbers = steps.stream().map(String::valueOf).collect(Collectors.joining(","));
            return String.join(TAB, scenario, rpc, numbers, reason);
        }
    }

    static NotServed read(Path file) {
        NotServed list = new NotServed();
        try {
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    list.rows.add(row(line));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return list;
    }

    void write(Path file) {
        String lines = rows.stream()
                .sorted(Comparator.comparing(Row::scenario)
                        .thenComparing(Row::rpc)
                        .thenComparing(Row::reason))
                .map(row -> row.line() + "\n")
                .collect(Collectors.joining());
        try {
            Files.writeString(file, HEAD + lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many exchanges are listed. */
    int exchanges() {
        return rows.stream().mapToInt(row -> row.steps().size()).sum();
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The listed steps of a scenario. */
    SortedSet<Integer> steps(String scenario) {
        SortedSet<Integer> steps = new TreeSet<>();
        rows.stream().filter(row -> row.scenario().equals(scenario)).forEach(row -> steps.addAll(row.steps()));
        return steps;
    }

    /** The scenarios that have rows. */
    SortedSet<String> scenarios() {
        return rows.stream().map(Row::scenario).collect(Collectors.toCollection(TreeSet::new));
    }

    void add(String scenario, String rpc, int step, String reason) {
        for (Row row : rows) {
            if (row.scenario().equals(scenario)
                    && row.rpc().equals(rpc)
                    && row.reason().equals(reason)) {
                row.steps().add(step);
                return;
            }
        }
        rows.add(new Row(scenario, rpc, new TreeSet<>(List.of(step)), reason));
    }

    void remove(String scenario, int step) {
        for (Iterator<Row> all = rows.iterator(); all.hasNext(); ) {
            Row row = all.next();
            if (row.scenario().equals(scenario)
                    && row.steps().remove(step)
                    && row.steps().isEmpty()) {
                all.remove();
            }
        }
    }

    private static Row row(String line) {
        String[] columns = line.split(TAB, -1);
        if (columns.length != 4 || columns[3].isBlank()) {
            throw new IllegalArgumentException("want scenario, service/RPC, steps and a reason: " + line);
        }
        SortedSet<Integer> steps = new TreeSet<>();
        for (String step : columns[2].split(",")) {
            steps.add(Integer.valueOf(step));
        }
        return new Row(columns[0], columns[1], steps, columns[3]);
    }
}
