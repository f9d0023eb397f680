package io.tikvdirect.embedded.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceholdersTest {
    private static final long T = 466_000_000_000_000_016L;

    private final Placeholders placeholders = new Placeholders()
            .put("CLUSTER", -1L)
            .put("REGION2", 44)
            .put("VERSION2", 7)
            .put("CONFVER2", 3)
            .put("PEER2.1", 46)
            .put("STORE1", 1)
            .timestamp(T);

    @ParameterizedTest
    @CsvSource({
        "$REGION2, 44",
        "$VERSION2, 7",
        "$VERSION2-1, 6",
        "$VERSION2+2, 9",
        "$CONFVER2+1, 4",
        "$PEER2.1, 46",
        "$STORE1, 1",
        "$CLUSTER, 18446744073709551615"
    })
    void namedValuesAreUnsignedAndTakeAnOffset(String placeholder, String value) {
        assertThat(placeholders.resolve(placeholder)).contains(value);
    }

    @Test
    void timestampsCountFromT() {
        assertThat(placeholders.resolve("T+0")).contains(Long.toString(T));
        assertThat(placeholders.resolve("T+105")).contains(Long.toString(T + 105));
        assertThat(placeholders.resolve("T-16")).contains(Long.toString(T - 16));
    }

    @Test
    void millisecondsOfATimestampAreItsUpperBits() {
        assertThat(placeholders.resolve("T+3000ms+20")).contains(Long.toString(T + 3000 * 262_144L + 20));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "T", "Tx+1", "dmVjMDAwX19h", "$ANY", "$OTHER1", "a$REGION2", "OK"})
    void otherTextsStandForThemselves(String text) {
        assertThat(placeholders.resolve(text)).isEmpty();
    }

    @Test
    void aPlaceholderThatTheLayoutDoesNotHaveIsAnError() {
        assertThatThrownBy(() -> placeholders.resolve("$REGION9")).hasMessageContaining("$REGION9");
    }
}
