package io.tikvdirect.client;

import io.tikvdirect.client.Options.Option;

/**
 * Immutable. What there is to know about one option of {@link Config}.
 *
 * @param key its name in URIs, properties and files
 * @param environmentName its name as an environment variable
 * @param allowed which values are allowed
 * @param defaultValue the value where none is given; empty for none
 * @param source where that default comes from
 * @param meaning what it does
 */
public record OptionDescription(
        String key, String environmentName, String allowed, String defaultValue, String source, String meaning) {

    static <T> OptionDescription of(final Option<T> option) {
        return new OptionDescription(
                option.key(),
                option.environmentName(),
                option.type().allowed(),
                option.type().format(option.initial()),
                option.source(),
                option.meaning());
    }
}
