package io.tikvdirect.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
    @Test
    void nestedValuesKeepTheirOrder() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("ok", true);
        fields.put("pairs", List.of(List.of("k", "v"), Arrays.asList("k2", null)));
        fields.put("empty", Map.of());
        fields.put("none", List.of());
        fields.put("n", 17L);
        fields.put("d", 1.5);

        assertThat(JsonWriter.write(fields))
                .isEqualTo(
                        "{\"ok\":true,\"pairs\":[[\"k\",\"v\"],[\"k2\",null]],\"empty\":{},\"none\":[],\"n\":17,\"d\":1.5}");
    }

    @Test
    void noCharacterBreaksTheLineOrTheEncoding() {
        String json = JsonWriter.write("a\"\\\n\r\t\u0000\u007f\ud800z\udc00é😀\u2028");

        assertThat(json).isEqualTo("\"a\\\"\\\\\\n\\r\\t\\u0000\\u007f\\ud800z\\udc00é😀\u2028\"");
    }

    @Test
    void wholeAndImpossibleNumbers() {
        assertThat(JsonWriter.write(List.of(3.0, 0.25, Double.NaN, Double.POSITIVE_INFINITY, -1)))
                .isEqualTo("[3,0.25,null,null,-1]");
    }

    @Test
    void aValueOfAnotherKindIsAProgrammingMistake() {
        assertThatThrownBy(() -> JsonWriter.write(new Object())).isInstanceOf(IllegalArgumentException.class);
    }
}
