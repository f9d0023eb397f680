package io.tikvdirect.client.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostAndPortTest {

    @ParameterizedTest
    @CsvSource({
        "pd:2379, pd, 2379, pd:2379",
        "http://pd:2379/, pd, 2379, pd:2379",
        "https://pd.example.org:1, pd.example.org, 1, pd.example.org:1",
        "[::1]:65535, ::1, 65535, [::1]:65535",
        "tikv_pd_1:2379, tikv_pd_1, 2379, tikv_pd_1:2379",
    })
    void addressesAreReadAsPeopleAndPdWriteThem(
            final String text, final String host, final int port, final String written) {
        final HostAndPort address = HostAndPort.parse(text);
        assertThat(address).isEqualTo(new HostAndPort(host, port)).hasToString(written);
        assertThat(HostAndPort.parse(written)).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "pd",
                ":1",
                "pd:",
                "pd:0",
                "pd:65536",
                "pd:-1",
                "pd:1x",
                "::1:2379",
                "[::1]",
                "a b:1",
                "pd:1/x",
                "[pd]:1",
                "http://",
                "pd:999999",
                "user@pd:1"
            })
    void anythingElseIsRefused(final String text) {
        assertThatThrownBy(() -> HostAndPort.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not host:port");
    }

    @ParameterizedTest
    @CsvSource({"http://tikv0:20160, 127.0.0.1:7", "tikv1:20160, tikv1:20160"})
    void announcedAddressesMayBeReplaced(final String announced, final String dialled) {
        final Map<String, String> map = Map.of("tikv0:20160", "127.0.0.1:7");
        assertThat(HostAndPort.mapped(announced, map)).hasToString(dialled);
    }
}
