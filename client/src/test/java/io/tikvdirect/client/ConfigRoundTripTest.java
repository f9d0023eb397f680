package io.tikvdirect.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is written down can be read again, for any values. */
class ConfigRoundTripTest {

    @Property(tries = 300)
    void uriAndPropertiesGiveTheSameConfigurationBack(@ForAll("configs") final Config config) {
        assertThat(Config.fromUri(config.toUri())).isEqualTo(config);
        final Properties properties = config.toProperties();
        assertThat(Config.fromProperties(properties)).isEqualTo(config);
    }

    @Property(tries = 300)
    void durationsAndSizesAreWrittenExactly(@ForAll("nanos") final long nanos, @ForAll("bytes") final long bytes) {
        final OptionType.Time time = new OptionType.Time(Duration.ZERO, Duration.ofHours(24));
        assertThat(time.parse(time.format(Duration.ofNanos(nanos)))).isEqualTo(Duration.ofNanos(nanos));
        final OptionType.Size size = new OptionType.Size(0, Long.MAX_VALUE);
        assertThat(size.parse(size.format(bytes))).isEqualTo(bytes);
    }

    @Provide
    Arbitrary<Long> nanos() {
        return Arbitraries.longs().between(0, Duration.ofHours(24).toNanos());
    }

    @Provide
    Arbitrary<Long> bytes() {
        return Arbitraries.longs().between(0, Long.MAX_VALUE);
    }

    @Provide
    Arbitrary<Config> configs() {
        final Arbitrary<String> hosts = Arbitraries.of("pd", "pd-1.example.org", "10.0.0.1", "[fe80::1]", "tikv_pd_2");
        final Arbitrary<String> keyspaces = Arbitraries.strings()
                .withCharRange(' ', '~')
                .withChars("äß漢")
                .ofMaxLength(20)
                .map(String::trim);
        return Combinators.combine(
                        hosts,
                        Arbitraries.integers().between(1, 65535),
                        Arbitraries.longs().between(1, 3_600_000),
                        keyspaces,
                        Arbitraries.of(KeyRedaction.class),
                        Arbitraries.integers().between(1, 8192))
                .as((host, port, timeoutMs, keyspace, redaction, batch) -> Config.builder()
                        .pdAddresses(host.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT) + ':' + port)
                        .timeout(Duration.ofMillis(timeoutMs))
                        .api(keyspace.isEmpty() ? ApiVersion.V1 : ApiVersion.V2)
                        .keyspace(keyspace)
                        .redaction(redaction)
                        .set("batch.size", String.valueOf(batch))
                        .build());
    }
}
