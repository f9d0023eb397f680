package io.tikvdirect.cli.shell;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.raw.ScanOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. A statement that has the form of a command.
 *
 * @param form the command's form
 * @param target the transaction or snapshot it works on; empty for other statements
 * @param arguments what stands behind the command, without options
 * @param options the values of the options given, by name with its dashes
 * @param flags the flags given, with their dashes
 */
record Statement(
        StatementForm form, String target, List<byte[]> arguments, Map<String, byte[]> options, Set<String> flags) {
    byte[] argument(int index) {
        return arguments.get(index);
    }

    String text(int index) {
        return new String(arguments.get(index), StandardCharsets.UTF_8);
    }

    boolean has(String flag) {
        return flags.contains(flag);
    }

    @Nullable
    String option(String name) {
        byte[] value = options.get(name);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    /** A whole number given by an option, or {@code otherwise}. */
    long number(String name, long otherwise) throws StatementException {
        String text = option(name);
        if (text == null) {
            return otherwise;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new StatementException(name + " needs a whole number, not \"" + text + "\"", e);
        }
    }

    /** The range of a scan, and how it is scanned: backwards its bounds may stand in either order. */
    KeyRange scanRange() {
        KeyRange range = KeyRange.of(argument(0), argument(1));
        boolean otherOrder = has("--reverse") && range.isEmpty() && range.start().length > 0;
        return otherOrder ? KeyRange.of(/* start= */ range.end(), /* end= */ range.start()) : range;
    }

    /** The options of a scan; without {@code --limit} as many pairs as one scan may give. */
    ScanOptions scanOptions() throws StatementException {
        long limit = number("--limit", ScanOptions.MAX_LIMIT);
        if (limit < 1 || limit > Integer.MAX_VALUE) {
            throw new StatementException("--limit needs a number from 1 to " + ScanOptions.MAX_LIMIT);
        }
        ScanOptions options = ScanOptions.limit((int) limit);
        options = has("--keys-only") ? options.keysOnly() : options;
        return has("--reverse") ? options.reversed() : options;
    }

    /** The time to live asked for, or null; zero means "never expires". */
    @Nullable
    Duration ttl() throws StatementException {
        long seconds = number("--ttl", -1);
        if (options.containsKey("--ttl") && seconds < 0) {
            throw new StatementException("--ttl needs seconds of 0 or more");
        }
        return seconds < 0 ? null : Duration.ofSeconds(seconds);
    }
}
