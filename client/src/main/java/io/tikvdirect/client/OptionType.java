package io.tikvdirect.client;

import io.tikvdirect.client.internal.net.HostAndPort;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Immutable. How the text of a configuration value is read, checked and written again.
 *
 * @param <T> what the text stands for
 */
interface OptionType<T> {

    /**
     * Reads a value.
     *
     * @param text the text, without surrounding blanks
     * @return the value, within this type's limits
     * @throws IllegalArgumentException when it is not allowed
     */
    T parse(String text);

    /** The text that {@link #parse} reads as an equal value. */
    String format(T value);

    /** What is allowed, for a person. */
    String allowed();

    /** Checks a value that did not come from text. */
    default T check(final T value) {
        return parse(format(value));
    }

    /** An integer between two limits, both allowed. */
    record Whole(long min, long max) implements OptionType<Long> {
        @Override
        public Long parse(final String text) {
            return within(Long.parseLong(text), min, max);
        }

        @Override
        public String format(final Long value) {
            return value.toString();
        }

        @Override
        public String allowed() {
            return "a whole number from " + min + " to " + max;
        }
    }

    /** A number of bytes between two limits, with a binary unit or none. */
    record Size(long min, long max) implements OptionType<Long> {
        @Override
        public Long parse(final String text) {
            for (final SizeUnit unit : SizeUnit.values()) {
                if (text.endsWith(unit.name())) {
                    final String number =
                            text.substring(0, text.length() - unit.name().length());
                    return within(Math.multiplyExact(Long.parseLong(number.trim()), unit.bytes), min, max);
                }
            }
            return within(Long.parseLong(text), min, max);
        }

        @Override
        public String format(final Long value) {
            for (final SizeUnit unit : SizeUnit.values()) {
                if (value != 0 && value % unit.bytes == 0) {
                    return value / unit.bytes + unit.name();
                }
            }
            return value.toString();
        }

        @Override
        public String allowed() {
            return "bytes from " + format(min) + " to " + format(max) + ", such as 512B, 16KiB, 4MiB, 1GiB";
        }

        private enum SizeUnit {
            GiB(1L << 30),
            MiB(1L << 20),
            KiB(1L << 10),
            B(1);

            private final long bytes;

            SizeUnit(final long bytes) {
                this.bytes = bytes;
            }
        }
    }

    /** A duration between two limits, with a unit. */
    record Time(Duration min, Duration max) implements OptionType<Duration> {
        @Override
        public Duration parse(final String text) {
            if (text.equals("0")) {
                return within(Duration.ZERO, min, max);
            }
            for (final TimeUnit unit : TimeUnit.values()) {
                if (text.endsWith(unit.name())) {
                    final String number =
                            text.substring(0, text.length() - unit.name().length());
                    final long nanos = Math.multiplyExact(Long.parseLong(number.trim()), unit.nanos);
                    return within(Duration.ofNanos(nanos), min, max);
                }
            }
            throw new IllegalArgumentException("no unit");
        }

        @Override
        public String format(final Duration value) {
            if (value.isZero()) {
                return "0";
            }
            final long nanos = value.toNanos();
            TimeUnit found = TimeUnit.ns;
            for (final TimeUnit unit : TimeUnit.values()) {
                if (nanos % unit.nanos == 0 && unit.nanos > found.nanos) {
                    found = unit;
                }
            }
            return nanos / found.nanos + found.name();
        }

        @Override
        public String allowed() {
            return "a duration from " + format(min) + " to " + format(max) + ", such as 500us, 20ms, 5s, 10m, 1h";
        }

        /** Longer suffixes first, so that "ms" is not taken for "s". */
        private enum TimeUnit {
            ns(1L),
            us(1_000L),
            ms(1_000_000L),
            s(1_000_000_000L),
            m(60_000_000_000L),
            h(3_600_000_000_000L);

            private final long nanos;

            TimeUnit(final long nanos) {
                this.nanos = nanos;
            }
        }
    }

    /** One of an enum's constants; case and the choice of '-' or '_' do not matter. */
    record Choice<E extends Enum<E>>(Class<E> type) implements OptionType<E> {
        @Override
        public E parse(final String text) {
            return Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_'));
        }

        @Override
        public String format(final E value) {
            return value.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public String allowed() {
            return Arrays.stream(type.getEnumConstants()).map(this::format).collect(Collectors.joining(", "));
        }
    }

    /** True or false. */
    record Flag() implements OptionType<Boolean> {
        @Override
        public Boolean parse(final String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException("neither true nor false");
            };
        }

        @Override
        public String format(final Boolean value) {
            return value.toString();
        }

        @Override
        public String allowed() {
            return "true, false";
        }
    }

    /** Any one-line text; empty means unset. */
    record Text(String allowed) implements OptionType<String> {
        @Override
        public String parse(final String text) {
            if (text.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("control character");
            }
            return text.trim();
        }

        @Override
        public String format(final String value) {
            return value;
        }
    }

    /** {@code host:port} addresses separated by commas; IPv6 literals in brackets; a leading http:// is dropped. */
    record Addresses() implements OptionType<List<String>> {
        @Override
        public List<String> parse(final String text) {
            return Arrays.stream(text.split(","))
                    .filter(item -> !item.isBlank())
                    .map(item -> HostAndPort.parse(item.trim()).toString())
                    .distinct()
                    .toList();
        }

        @Override
        public String format(final List<String> value) {
            return String.join(",", value);
        }

        @Override
        public String allowed() {
            return "host:port[,host:port...], IPv6 as [::1]:2379";
        }
    }

    /** Addresses to be replaced by others: {@code from=to} pairs separated by commas. */
    record AddressMap() implements OptionType<Map<String, String>> {
        @Override
        public Map<String, String> parse(final String text) {
            final Map<String, String> map = new LinkedHashMap<>();
            for (final String item : text.split(",")) {
                if (!item.isBlank()) {
                    final String[] sides = item.split("=", 2);
                    if (sides.length != 2) {
                        throw new IllegalArgumentException("no '=' in " + item.trim());
                    }
                    map.put(address(sides[0]), address(sides[1]));
                }
            }
            return Collections.unmodifiableMap(map);
        }

        private static String address(final String text) {
            return HostAndPort.parse(text.trim()).toString();
        }

        @Override
        public String format(final Map<String, String> value) {
            return value.entrySet().stream()
                    .map(entry -> entry.getKey() + '=' + entry.getValue())
                    .collect(Collectors.joining(","));
        }

        @Override
        public String allowed() {
            return "host:port=host:port[,host:port=host:port...]";
        }
    }

    private static <C extends Comparable<C>> C within(final C value, final C min, final C max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException("out of limits");
        }
        return value;
    }
}
