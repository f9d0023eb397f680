package io.tikvdirect.proto;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Immutable: the rows of the checked-in schema table. Columns: kind, file, scope, name, number, type, label, notes. */
final class SchemaTable {

    private static final int COLUMNS = 8;

    private final List<SchemaRow> rows;

    private SchemaTable(final List<SchemaRow> rows) {
        this.rows = List.copyOf(rows);
    }

    List<SchemaRow> rows() {
        return rows;
    }

    static SchemaTable parse(final List<String> lines) {
        final List<SchemaRow> rows = new ArrayList<>();
        final TreeSet<String> services = new TreeSet<>();
        for (final String line : lines) {
            final String[] cells = line.split("\t", -1);
            if (cells.length != COLUMNS) {
                throw new IllegalArgumentException("not " + COLUMNS + " columns: " + line);
            }
            rows.add(row(cells));
            if (cells[0].equals("rpc")) {
                services.add(cells[2]);
            }
        }
        services.forEach(service -> rows.add(new SchemaRow("service", service, Map.of())));
        return new SchemaTable(rows);
    }

    private static SchemaRow row(final String[] cells) {
        final String kind = cells[0];
        final String name = cells[2] + '.' + cells[3];
        return switch (kind) {
            case "file" -> new SchemaRow(kind, cells[1], Map.of("package", cells[2], "syntax", cells[3]));
            case "message", "enum" -> new SchemaRow(kind, name, Map.of("file", cells[1]));
            case "value" -> new SchemaRow(kind, name, Map.of("number", cells[4]));
            case "field" -> new SchemaRow(kind, name, fieldTraits(cells));
            case "rpc" -> new SchemaRow(kind, name, Map.of("type", cells[5], "streaming", cells[6]));
            default -> throw new IllegalArgumentException("unknown kind: " + kind);
        };
    }

    private static Map<String, String> fieldTraits(final String[] cells) {
        final Map<String, String> traits =
                new HashMap<>(Map.of("number", cells[4], "type", cells[5], "label", cells[6]));
        traits.put("oneof", "");
        traits.put("deprecated", "false");
        for (final String note : cells[7].split(" ", -1)) {
            if (note.startsWith("oneof=")) {
                traits.put("oneof", note.substring("oneof=".length()));
            } else if (note.equals("deprecated")) {
                traits.put("deprecated", "true");
            } else if (!note.isEmpty()) {
                throw new IllegalArgumentException("unknown note: " + note);
            }
        }
        return traits;
    }

    /** The lines of a resource beside this class, without comments and empty lines. */
    static List<String> lines(final String resource) {
        final InputStream in = SchemaTable.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IllegalStateException("no resource " + resource);
        }
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
