package io.tikvdirect.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Thread-safe, without state. The two texts a configuration is written in: the URI and the file. */
final class ConfigText {
    private static final String SCHEME = "tikv://";
    private static final String ADDRESSES = Options.PD_ADDRESSES.key();

    private ConfigText() {}

    /** The keys and values of a URI. */
    static Map<String, String> readUri(final String uri) {
        if (!uri.startsWith(SCHEME)) {
            throw new ConfigurationException("uri", "must start with " + SCHEME, null);
        }
        final String[] halves = uri.substring(SCHEME.length()).split("\\?", 2);
        final Map<String, String> values = new LinkedHashMap<>();
        values.put(ADDRESSES, withoutSlash(halves[0]));
        if (halves.length == 2) {
            for (final String setting : halves[1].split("&")) {
                readSetting(setting, values);
            }
        }
        return values;
    }

    private static String withoutSlash(final String text) {
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private static void readSetting(final String setting, final Map<String, String> values) {
        if (setting.isEmpty()) {
            return;
        }
        final String[] sides = setting.split("=", 2);
        if (sides.length != 2) {
            throw new ConfigurationException(sides[0], "has no value; write " + sides[0] + "=VALUE", null);
        }
        put(values, sides[0], decoded(sides[0], sides[1]));
    }

    private static String decoded(final String key, final String text) {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (final IllegalArgumentException malformed) {
            throw new ConfigurationException(key, "is not well percent-encoded", malformed);
        }
    }

    /** The URI that {@link #readUri} reads as these values. */
    static String writeUri(final Map<String, String> values) {
        final String settings = values.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(ADDRESSES))
                .map(entry -> entry.getKey() + '=' + URLEncoder.encode(entry.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
        return SCHEME + values.getOrDefault(ADDRESSES, "") + (settings.isEmpty() ? "" : '?' + settings);
    }

    /** The keys and values of a file's text. */
    static Map<String, String> readFile(final String text) {
        final Map<String, String> values = new LinkedHashMap<>();
        final Deque<String> prefixes = new ArrayDeque<>();
        prefixes.push("");
        int number = 0;
        for (final String raw : text.split("\\R", -1)) {
            number++;
            final String line = withoutComment(raw).trim();
            if (!line.isEmpty()) {
                readLine(line, number, prefixes, values);
            }
        }
        if (prefixes.size() != 1) {
            throw new ConfigurationException(
                    "line " + number, "the file ends inside '" + prefixes.peek() + " {'", null);
        }
        return values;
    }

    private static void readLine(
            final String line, final int number, final Deque<String> prefixes, final Map<String, String> values) {
        if (line.equals("}")) {
            if (prefixes.size() == 1) {
                throw new ConfigurationException("line " + number, "closes a '{' that is not there", null);
            }
            prefixes.pop();
        } else if (line.endsWith("{")) {
            prefixes.push(prefixes.peek() + line.substring(0, line.length() - 1).trim() + '.');
        } else {
            final int equals = line.indexOf('=');
            if (equals <= 0) {
                throw new ConfigurationException("line " + number, "is neither key = value nor name {", null);
            }
            put(values, prefixes.peek() + line.substring(0, equals).trim(), unquoted(line.substring(equals + 1)));
        }
    }

    private static void put(final Map<String, String> values, final String key, final String value) {
        if (values.put(key, value) != null) {
            throw new ConfigurationException(key, "is set twice", null);
        }
    }

    private static String unquoted(final String text) {
        final String value = text.trim();
        final boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    /** A comment starts a line or follows a blank, so that a URL's slashes and a password's # are none. */
    private static String withoutComment(final String line) {
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            final char c = line.charAt(i);
            quoted ^= c == '"';
            final boolean starts = c == '#' || line.startsWith("//", i);
            if (starts && !quoted && (i == 0 || Character.isWhitespace(line.charAt(i - 1)))) {
                return line.substring(0, i);
            }
        }
        return line;
    }

    static String read(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException unreadable) {
            throw new ConfigurationException(file.toString(), "cannot be read: " + unreadable, unreadable);
        }
    }
}
