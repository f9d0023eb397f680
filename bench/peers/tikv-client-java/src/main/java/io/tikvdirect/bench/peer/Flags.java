package io.tikvdirect.bench.peer;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Immutable. The flags of {@code ./tikv bench}, as far as this client can follow them. */
final class Flags {
    private static final Set<String> SWITCHES = Set.of("zipf", "no-load", "json");

    private final Map<String, String> values = new HashMap<>();

    Flags(String[] args) {
        for (int i = 0; i < args.length; i++) {
            String name = args[i].replaceFirst("^--", "");
            if (name.equals(args[i])) {
                throw new IllegalArgumentException("not a flag: " + args[i]);
            }
            values.put(name, SWITCHES.contains(name) ? "" : args[++i]);
        }
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    int number(String name, int otherwise) {
        return Integer.parseInt(text(name, String.valueOf(otherwise)));
    }

    double decimal(String name) {
        return Double.parseDouble(text(name, "0"));
    }

    /** Seconds written as {@code 5s}, {@code 1.5s} or {@code 500ms}. */
    long millis(String name, String otherwise) {
        String value = text(name, otherwise);
        double number = Double.parseDouble(value.replaceFirst("m?s$", ""));
        return Math.round(value.endsWith("ms") ? number : number * 1_000);
    }
}
