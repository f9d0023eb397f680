package io.tikvdirect.proto;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Stateless: what two descriptions of the wire schema disagree about. */
final class SchemaComparison {

    private SchemaComparison() {}

    /** One complaint per disagreement, in the order of the table; empty if there is none. */
    static List<String> complaints(
            final List<SchemaRow> table, final List<SchemaRow> declared, final List<LeftOut> leftOut) {
        final List<String> complaints = new ArrayList<>();
        final Map<String, SchemaRow> unseen = byKey(declared, complaints);
        for (final SchemaRow expected : byKey(table, complaints).values()) {
            final SchemaRow actual = unseen.remove(expected.key());
            if (actual != null) {
                compare(expected, actual, complaints);
            } else if (leftOut.stream().noneMatch(entry -> entry.covers(expected))) {
                complaints.add(expected.key() + ": in the table, not declared and not left out");
            }
        }
        unseen.keySet().forEach(key -> complaints.add(key + ": declared, not in the table"));
        leftOut.forEach(entry -> checkLeftOut(entry, table, declared, complaints));
        return complaints;
    }

    private static Map<String, SchemaRow> byKey(final List<SchemaRow> rows, final List<String> complaints) {
        final Map<String, SchemaRow> byKey = new LinkedHashMap<>();
        for (final SchemaRow row : rows) {
            if (byKey.put(row.key(), row) != null) {
                complaints.add(row.key() + ": twice");
            }
        }
        return byKey;
    }

    private static void compare(final SchemaRow expected, final SchemaRow actual, final List<String> complaints) {
        new TreeMap<>(expected.traits()).forEach((trait, value) -> {
            final String found = actual.traits().get(trait);
            if (!Objects.equals(value, found)) {
                complaints.add(expected.key() + ": " + trait + " is '" + found + "', the table says '" + value + '\'');
            }
        });
    }

    private static void checkLeftOut(
            final LeftOut entry,
            final List<SchemaRow> table,
            final List<SchemaRow> declared,
            final List<String> complaints) {
        final String key = entry.kind() + ' ' + entry.name();
        if (table.stream().noneMatch(row -> row.key().equals(key))) {
            complaints.add(key + ": left out, but not in the table");
        }
        if (declared.stream().anyMatch(entry::covers)) {
            complaints.add(key + ": left out, but declared");
        }
    }
}
