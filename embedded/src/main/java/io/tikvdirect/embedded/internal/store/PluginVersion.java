package io.tikvdirect.embedded.internal.store;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Immutable. A semantic version and the requirements that TiKV's coprocessor understands: {@code *}, {@code 1.2.3} or
 * {@code ^1.2.3} (compatible), {@code ~1.2.3} (same minor), {@code =}, {@code >=}, {@code >}, {@code <=}, {@code <}, and
 * several of them with commas between.
 */
record PluginVersion(int major, int minor, int patch) implements Comparable<PluginVersion> {
    private static final Pattern VERSION = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})");
    private static final Pattern COMPARISON = Pattern.compile("(\\^|~|=|>=|>|<=|<|)\\s*(\\S+)");

    static PluginVersion parse(String text) {
        Matcher parts = VERSION.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a version: " + text);
        }
        return new PluginVersion(
                Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)), Integer.parseInt(parts.group(3)));
    }

    /**
     * Whether this version meets all comparisons.
     *
     * @throws IllegalArgumentException when {@code requirement} can't be understood
     */
    boolean meets(String requirement) {
        for (String comparison : requirement.split(",")) {
            if (!meetsOne(comparison.trim())) {
                return false;
            }
        }
        return true;
    }

    private boolean meetsOne(String comparison) {
        if (comparison.equals("*")) {
            return true;
        }
        Matcher parts = COMPARISON.matcher(comparison);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a version requirement: " + comparison);
        }
        PluginVersion wanted = parse(parts.group(2));
        int order = compareTo(wanted);
        return switch (parts.group(1)) {
            case "=" -> order == 0;
            case ">=" -> order >= 0;
            case ">" -> order > 0;
            case "<=" -> order <= 0;
            case "<" -> order < 0;
            case "~" -> order >= 0 && major == wanted.major && minor == wanted.minor;
            default -> order >= 0 && isCompatibleWith(wanted);
        };
    }

    private boolean isCompatibleWith(PluginVersion wanted) {
        if (wanted.major > 0) {
            return major == wanted.major;
        }
        return major == 0 && (wanted.minor > 0 ? minor == wanted.minor : minor == 0 && patch == wanted.patch);
    }

    @Override
    public int compareTo(PluginVersion other) {
        int order = Integer.compare(major, other.major);
        order = order != 0 ? order : Integer.compare(minor, other.minor);
        return order != 0 ? order : Integer.compare(patch, other.patch);
    }
}
