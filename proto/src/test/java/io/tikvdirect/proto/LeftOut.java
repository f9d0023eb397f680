package io.tikvdirect.proto;

import java.util.ArrayList;
import java.util.List;

/**
 * Immutable: a thing of the schema table that we leave out on purpose, with all that is inside of it.
 *
 * @param kind file, message, enum or service
 * @param name the file, or the full name
 * @param reason why no capability of the client needs it
 */
record LeftOut(String kind, String name, String reason) {

    LeftOut {
        if (!List.of("file", "message", "enum", "service").contains(kind) || name.isBlank() || reason.isBlank()) {
            throw new IllegalArgumentException("kind, name and reason are needed: " + kind + ' ' + name);
        }
    }

    static List<LeftOut> parse(final List<String> lines) {
        final List<LeftOut> entries = new ArrayList<>();
        for (final String line : lines) {
            final String[] cells = line.split("\t", -1);
            if (cells.length != 3) {
                throw new IllegalArgumentException("not three columns: " + line);
            }
            entries.add(new LeftOut(cells[0], cells[1], cells[2]));
        }
        return entries;
    }

    /** Whether the row is the named thing or inside of it. A file holds what its package prefix says. */
    boolean covers(final SchemaRow row) {
        if (kind.equals("file")) {
            final String scope = name.substring(0, name.length() - "proto".length());
            return row.name().equals(name) || row.name().startsWith(scope);
        }
        return row.name().equals(name) || row.name().startsWith(name + '.');
    }
}
