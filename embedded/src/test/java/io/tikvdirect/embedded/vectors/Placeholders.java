package io.tikvdirect.embedded.vectors;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Confined to one replay. The values that the placeholders of a scenario stand for on the cluster at hand. */
final class Placeholders {
    private static final Pattern NAMED = Pattern.compile(
            "\\$((?:REGION|CONFVER|VERSION|STORE)\\d+|PEER\\d+\\.\\d+|PSTORE\\d+\\.\\d+|CLUSTER)([+-]\\d+)?");
    private static final Pattern TIMESTAMP = Pattern.compile("T(?:\\+(\\d+)ms)?([+-]\\d+)");
    private static final int LOGICAL_BITS = 18;

    private final Map<String, Long> values = new HashMap<>();
    private long timestamp;

    /** Gives a named placeholder, without its dollar sign, a value. */
    Placeholders put(String name, long value) {
        values.put(name, value);
        return this;
    }

    /** Gives T, a timestamp of PD, its value. */
    Placeholders timestamp(long value) {
        timestamp = value;
        return this;
    }

    long timestamp() {
        return timestamp;
    }

    /** T as seconds of the epoch: now, near enough. */
    long seconds() {
        return (timestamp >>> LOGICAL_BITS) / 1000;
    }

    /** The value of a placeholder that must be known. */
    long value(String placeholder) {
        Long value = values.get(placeholder.substring(1));
        if (value == null) {
            throw new IllegalArgumentException("nothing is known as " + placeholder);
        }
        return value;
    }

    /** The unsigned decimal number that {@code text} stands for, or nothing when it is an ordinary text. */
    Optional<String> resolve(String text) {
        Matcher named = NAMED.matcher(text);
        if (named.matches()) {
            return Optional.of(Long.toUnsignedString(value("$" + named.group(1)) + offset(named.group(2))));
        }
        if (text.equals("$MAXUINT64-NOW_IN_SECONDS")) {
            return Optional.of(Long.toUnsignedString(-1L - seconds()));
        }
        Matcher instant = TIMESTAMP.matcher(text);
        if (!instant.matches()) {
            return Optional.empty();
        }
        long milliseconds = instant.group(1) == null ? 0 : Long.parseLong(instant.group(1));
        return Optional.of(
                Long.toUnsignedString(timestamp + (milliseconds << LOGICAL_BITS) + offset(instant.group(2))));
    }

    /** Whether {@code id} is the id of a region of the layout. */
    boolean isLayoutRegion(String id) {
        return values.entrySet().stream()
                .anyMatch(entry -> entry.getKey().startsWith("REGION")
                        && Long.toUnsignedString(entry.getValue()).equals(id));
    }

    private static long offset(String signed) {
        return signed == null ? 0 : Long.parseLong(signed);
    }
}
