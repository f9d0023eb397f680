package io.tikvdirect.client.internal.raw;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.KvPair;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatestPairsTest {
    @Test
    void aBatchForOneRequestStaysAsItIs() {
        List<KvPair> pairs = List.of(pair("k", "older"), pair("k", "newer"));
        assertThat(LatestPairs.of(pairs)).isSameAs(pairs);
    }

    @Test
    void ofALargeBatchTheLastPairOfEachKeyIsLeftInItsOrder() {
        KvPair large = pair("large", "v".repeat(Limits.CHUNK_BYTES));
        KvPair newer = pair("k", "newer");
        KvPair other = pair("other", "");
        assertThat(LatestPairs.of(List.of(pair("k", "older"), pair("k", "old"), large, newer, other)))
                .containsExactly(large, newer, other);
    }

    @Test
    void manyPairsAreSeveralRequestsToo() {
        List<KvPair> pairs = new ArrayList<>();
        for (int i = 0; i <= Limits.CHUNK_ITEMS; i++) {
            pairs.add(pair("k", String.valueOf(i)));
        }
        assertThat(LatestPairs.of(pairs)).containsExactly(pairs.get(Limits.CHUNK_ITEMS));
    }

    @Test
    void aLargeBatchWithoutRepetitionIsNotCopied() {
        List<KvPair> pairs = List.of(pair("a", "v".repeat(Limits.CHUNK_BYTES)), pair("b", "v"));
        assertThat(LatestPairs.of(pairs)).isSameAs(pairs);
    }

    private static KvPair pair(String key, String value) {
        return new KvPair(key.getBytes(UTF_8), value.getBytes(UTF_8));
    }
}
