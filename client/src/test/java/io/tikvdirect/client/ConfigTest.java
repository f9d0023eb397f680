package io.tikvdirect.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTest {

    @Test
    void aUriGivesAddressesAndOptions() {
        final Config config = Config.fromUri("tikv://pd1:2379,[::1]:2380/?api=v2&keyspace=a%20b&timeout=1500ms");
        assertThat(config.pdAddresses()).containsExactly("pd1:2379", "[::1]:2380");
        assertThat(config.api()).isEqualTo(ApiVersion.V2);
        assertThat(config.keyspace()).isEqualTo("a b");
        assertThat(config.timeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(config.redaction()).isEqualTo(KeyRedaction.FULL);
    }

    @Test
    void aFileMayNestNamesQuoteAndComment(@TempDir final Path directory) throws IOException {
        final Path file = directory.resolve("tikv.conf");
        Files.writeString(
                file,
                """
                # where
                pd {
                  addresses = "http://pd1:2379, tikv_pd:2379/"  // both
                  timeout = 1s
                }
                regions { # comment
                  ttl = 10m
                }
                api = V1TTL
                """);
        final Config config = Config.fromFile(file);
        assertThat(config.pdAddresses()).containsExactly("pd1:2379", "tikv_pd:2379");
        assertThat(config.pdTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.regionsTtl()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.api()).isEqualTo(ApiVersion.V1TTL);
    }

    @Test
    void theEnvironmentIsReadByPrefix() {
        final Config config = Config.fromEnvironment(
                Map.of("TIKV_DIRECT_PD_ADDRESSES", "pd:1", "TIKV_DIRECT_REGIONS_TTL_JITTER", "1s", "HOME", "/root"));
        assertThat(config.pdAddresses()).containsExactly("pd:1");
        assertThat(config.regionsTtlJitter()).isEqualTo(Duration.ofSeconds(1));
        assertThatThrownBy(() -> Config.fromEnvironment(Map.of("TIKV_DIRECT_NONSENSE", "1")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("TIKV_DIRECT_NONSENSE");
    }

    @Test
    void unknownKeysAndBadValuesNameKeyValueAndWhatIsAllowed() {
        final Map<String, List<String>> bad = Map.of(
                "tikv://h:1?timout=5s", List.of("timout", "no such option", "timeout"),
                "tikv://h:1?timeout=5", List.of("timeout", "\"5\"", "a duration"),
                "tikv://h:1?timeout=2h", List.of("timeout", "\"2h\"", "to 1h"),
                "tikv://h:1?batch.size=0", List.of("batch.size", "\"0\"", "from 1 to 8192"),
                "tikv://h:1?api=v3", List.of("api", "\"v3\"", "v1, v1ttl, v2"),
                "tikv://h:1?api", List.of("api", "has no value"),
                "tikv://h?api=v1", List.of("pd.addresses", "\"h\"", "host:port"),
                "tikv://h:1?inflight.bytes=1TB", List.of("inflight.bytes", "\"1TB\"", "MiB"),
                "tikv://h:1?timeout=1s&timeout=2s", List.of("timeout", "twice"),
                "http://h:1", List.of("uri", "tikv://"));
        bad.forEach((uri, parts) -> assertThat(
                        catchThrowableOfType(ConfigurationException.class, () -> Config.fromUri(uri)))
                .as(uri)
                .hasMessageContainingAll(parts.toArray(CharSequence[]::new))
                .extracting(ConfigurationException::code)
                .isEqualTo(ErrorCode.CONFIGURATION));
    }

    @Test
    void optionsThatContradictEachOtherAreRefused() {
        assertRefused("tikv://h:1?keyspace=x", "api=v2");
        assertRefused("tikv://h:1?tls.cert=a&tls.ca=b", "together");
        assertRefused("tikv://h:1?tls.cert=a&tls.key=b", "tls.ca");
        assertRefused("tikv://", "at least one address");
    }

    private static void assertRefused(final String uri, final String part) {
        assertThatThrownBy(() -> Config.fromUri(uri))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(part);
    }

    @Test
    void filesThatCannotBeUnderstoodNameTheLine(@TempDir final Path directory) throws IOException {
        assertThatThrownBy(() -> Config.fromFile(directory.resolve("absent")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("absent");
        final Map<String, String> bad =
                Map.of("a\n}", "line 2", "pd {\nx = 1", "ends inside", "\n\nnonsense", "line 3");
        for (final Map.Entry<String, String> each : bad.entrySet()) {
            final Path file = Files.writeString(directory.resolve("bad"), each.getKey());
            assertThatThrownBy(() -> Config.fromFile(file)).isInstanceOf(ConfigurationException.class);
        }
        final Path file = Files.writeString(directory.resolve("bad"), "\n\nnonsense");
        assertThatThrownBy(() -> Config.fromFile(file)).hasMessageContaining("line 3");
    }

    @Test
    void everyDefaultIsAllowedAndDocumented() {
        final Set<String> environment = new HashSet<>();
        for (final Options.Option<?> option : Options.rows()) {
            assertDefaultIsAllowed(option);
            assertThat(option.meaning()).as(option.key()).endsWith(".");
            assertThat(option.source()).as(option.key()).isNotBlank();
            assertThat(environment.add(option.environmentName()))
                    .as(option.key())
                    .isTrue();
        }
        assertThat(Config.describe()).hasSameSizeAs(Options.rows());
        assertThat(Config.describe().toString()).contains("timeout", "TIKV_DIRECT_TIMEOUT", "20s");
    }

    private static <T> void assertDefaultIsAllowed(final Options.Option<T> option) {
        assertThat(option.check(option.initial())).as(option.key()).isEqualTo(option.initial());
    }

    @Test
    void aConfigurationIsAValue() {
        final Config config = Config.builder()
                .pdAddresses("a:1", "b:2")
                .timeout(Duration.ofSeconds(3))
                .api(ApiVersion.V2)
                .keyspace("k&=? #")
                .set("address.map", "a:1=127.0.0.1:9")
                .build();
        assertThat(Config.fromUri(config.toUri())).isEqualTo(config).hasSameHashCodeAs(config);
        assertThat(Config.fromProperties(config.toProperties())).isEqualTo(config);
        assertThat(config.toBuilder().build()).isEqualTo(config);
        assertThat(config.toBuilder().timeout(Duration.ofSeconds(4)).build()).isNotEqualTo(config);
        assertThat(config.toString()).contains("timeout=3s").doesNotContain("batch.size");
        assertThat(config.addressMap()).containsEntry("a:1", "127.0.0.1:9");
    }

    @Test
    void propertiesAreReadByKey() {
        final Properties properties = new Properties();
        properties.setProperty("pd.addresses", "h:1");
        properties.setProperty("batch.size", " 7 ");
        assertThat(Config.fromProperties(properties).batchSize()).isEqualTo(7);
        properties.setProperty("nonsense", "1");
        assertThatThrownBy(() -> Config.fromProperties(properties)).isInstanceOf(ConfigurationException.class);
    }
}
