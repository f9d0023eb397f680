package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A plug-in of the stores is asked once for each region, with the part of the ranges that lies there. */
class CoprocessorTest {

    private EmbeddedCluster cluster;
    private TikvClient client;
    private RawClient raw;

    @BeforeEach
    void open() throws Exception {
        cluster = EmbeddedCluster.builder()
                .stores(3)
                .splitKeys(List.of(bytes("c"), bytes("f")))
                .start();
        cluster.registerCoprocessor("names", "1.2.3", CoprocessorTest::answer);
        client = TestClients.open(cluster);
        raw = client.raw();
        for (String key : List.of("a", "b", "c", "d", "e", "f", "g")) {
            raw.put(bytes(key), bytes(key.repeat(2)));
        }
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    /** The request's text, then all keys and values. */
    private static byte[] answer(List<Map.Entry<byte[], byte[]>> pairs, byte[] request) {
        String text = pairs.stream()
                .map(pair -> text(pair.getKey()) + '=' + text(pair.getValue()))
                .collect(Collectors.joining(","));
        if (text(request).equals("fail")) {
            throw new IllegalStateException("as it was asked to");
        }
        return bytes(text(request) + ':' + text);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private List<String> ask(String requirement, KeyRange... ranges) {
        RawCoprocessorRequest request = new RawCoprocessorRequest(
                "names", requirement, List.of(ranges), range -> bytes(text(range.start()) + ".." + text(range.end())));
        return raw.coprocessor(request).stream()
                .map(response -> text(response.data()))
                .toList();
    }

    private static KeyRange range(String start, String end) {
        return KeyRange.of(bytes(start), bytes(end));
    }

    @Test
    void oneAnswerForEachRegionInTheOrderOfTheRanges() {
        assertThat(ask("^1.2.0", range("b", "g"))).containsExactly("b..c:b=bb", "c..f:c=cc,d=dd,e=ee", "f..g:f=ff");
        assertThat(ask("^1.2.0", KeyRange.all())).hasSize(3);
        assertThat(ask("^1.2.0", range("x", "z"))).containsExactly("x..z:");
    }

    @Test
    void regionsThatHaveChangedSinceAreAskedAnew() {
        assertThat(ask("^1.2.0", range("a", "z"))).hasSize(3);
        cluster.split(bytes("e"));
        cluster.regions()
                .forEach(region -> cluster.transferLeader(
                        region.id(),
                        region.peers().get(region.peers().size() - 1).storeId()));
        assertThat(ask("^1.2.0", range("a", "z")))
                .containsExactly("a..c:a=aa,b=bb", "c..e:c=cc,d=dd", "e..f:e=ee", "f..z:f=ff,g=gg");
        cluster.merge(
                cluster.regionOf(bytes("e")).id(), cluster.regionOf(bytes("c")).id());
        assertThat(ask("^1.2.0", range("a", "z")))
                .containsExactly("a..c:a=aa,b=bb", "c..f:c=cc,d=dd,e=ee", "f..z:f=ff,g=gg");
    }

    @Test
    void aPluginThatIsNotThereOrTooOldOrFails() {
        assertThatThrownBy(() -> ask("^2.0.0", KeyRange.all())).isInstanceOf(TikvException.class);
        RawCoprocessorRequest unknown =
                new RawCoprocessorRequest("nobody", "*", List.of(KeyRange.all()), range -> new byte[0]);
        assertThatThrownBy(() -> raw.coprocessor(unknown)).isInstanceOf(TikvException.class);
        RawCoprocessorRequest failing =
                new RawCoprocessorRequest("names", "*", List.of(KeyRange.all()), range -> bytes("fail"));
        assertThatThrownBy(() -> raw.coprocessor(failing))
                .isInstanceOf(TikvException.class)
                .hasMessageContaining("as it was asked to");
    }
}
