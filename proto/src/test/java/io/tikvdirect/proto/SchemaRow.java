package io.tikvdirect.proto;

import java.util.Map;

/**
 * Immutable: one thing that the wire schema declares, and what must be the same on both sides.
 *
 * @param kind file, message, enum, value, field, service or rpc
 * @param name full name, unique within its kind
 * @param traits what is compared, by the name it has in a complaint
 */
record SchemaRow(String kind, String name, Map<String, String> traits) {

    SchemaRow {
        traits = Map.copyOf(traits);
    }

    String key() {
        return kind + ' ' + name;
    }
}
