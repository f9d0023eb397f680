package io.tikvdirect.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataTest {
    @Test
    void namesRepeatAndAreLowerCase() {
        final Metadata metadata = Metadata.builder()
                .put("X-A", "1")
                .put("x-b", "2")
                .put("x-a", "3")
                .build();
        assertThat(metadata.names()).containsExactly("x-a", "x-b", "x-a");
        assertThat(metadata.get("X-a")).isEqualTo("3");
        assertThat(metadata.getAll("x-a")).containsExactly("1", "3");
        assertThat(metadata.get("x-c")).isNull();
        assertThat(Metadata.builder().build()).isSameAs(Metadata.EMPTY);
        assertThat(metadata).as("values are not shown").hasToString("[x-a, x-b, x-a]");
    }

    @Test
    void binaryValuesAreBase64AndMayBeJoined() {
        final Metadata sent =
                Metadata.builder().put("k-bin", new byte[] {0, -1, 3}).build();
        assertThat(sent.get("k-bin")).isEqualTo("AP8D");
        assertThat(sent.getBinary("k-bin")).containsExactly(new byte[] {0, -1, 3});
        final Metadata joined = new Metadata(List.of(new Metadata.Field("k-bin", "AA, AQ==,!!")));
        assertThat(joined.getBinary("k-bin")).containsExactly(new byte[] {0}, new byte[] {1});
        assertThatThrownBy(() -> joined.getBinary("k")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "grpc-status", "te", "content-type", "a:b", "ä", ":path", "x-bin"})
    void namesThatCannotBeSentAreRefused(final String name) {
        assertThatThrownBy(() -> Metadata.builder().put(name, "v")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"line\nbreak", "ünicode", " leading", "trailing "})
    void valuesThatCannotBeSentAreRefused(final String value) {
        assertThatThrownBy(() -> Metadata.builder().put("x", value)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "1,1n",
        "99999999,99999999n",
        "100000000,100000u",
        "100000001,100001u",
        "99999999000,99999999u",
        "100000000000,100000m",
        "86400000000000,86400000m"
    })
    void timeoutsHaveAtMostEightDigitsAndAreRoundedUp(final long ns, final String expected) {
        assertThat(RequestHeaders.timeout(ns)).isEqualTo(expected);
    }

    @Test
    void longestTimeoutsAreInHours() {
        assertThat(RequestHeaders.timeout(Long.MAX_VALUE)).isEqualTo("2562048H");
        assertThat(RequestHeaders.timeout(TimeUnit.DAYS.toNanos(3))).isEqualTo("259200S");
    }

    @Test
    void optionsAreVerified() {
        assertThatThrownBy(() -> CallOptions.DEFAULT.withInitialDemand(-1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GrpcMethod.of("", "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EventLoopOptions.auto(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TransportOptions.builder(io.netty.buffer.UnpooledByteBufAllocator.DEFAULT)
                        .connectionWindow(65_534))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65535");
        assertThat(Connector.authority("::1", 5)).isEqualTo("[::1]:5");
    }
}
