package io.tikvdirect.client;

import io.tikvdirect.client.Options.Option;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Immutable. A value for every option of {@link Options}.
 *
 * @param byKey the values, of their options' types
 */
record OptionValues(Map<String, Object> byKey) {

    /** The given values, and the defaults of all others. */
    static OptionValues of(final Map<String, Object> given) {
        final Map<String, Object> all = new HashMap<>();
        for (final Option<?> option : Options.rows()) {
            all.put(option.key(), given.getOrDefault(option.key(), option.initial()));
        }
        return new OptionValues(Map.copyOf(all));
    }

    @SuppressWarnings("unchecked") // Options.parse and check are the only writers and give the option's own type
    <T> T get(final Option<T> option) {
        return (T) Objects.requireNonNull(byKey.get(option.key()));
    }

    int number(final Option<Long> option) {
        return Math.toIntExact(get(option));
    }

    /** The texts of the values that differ from the defaults, in the order of the options. */
    Map<String, String> notDefault() {
        final Map<String, String> texts = new LinkedHashMap<>();
        for (final Option<?> option : Options.rows()) {
            if (!get(option).equals(option.initial())) {
                texts.put(option.key(), text(option));
            }
        }
        return texts;
    }

    private <T> String text(final Option<T> option) {
        return option.type().format(get(option));
    }
}
