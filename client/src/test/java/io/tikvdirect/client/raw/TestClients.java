package io.tikvdirect.client.raw;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.nio.charset.StandardCharsets;

/** Stateless. What the tests of the raw faces share. */
final class TestClients {

    private TestClients() {}

    static TikvClient open(EmbeddedCluster cluster, String... options) {
        var builder = Config.builder()
                .set("pd.addresses", String.join(",", cluster.pdAddresses()))
                .set("timeout", "20s")
                .set("loops", "1");
        for (int i = 0; i < options.length; i += 2) {
            builder.set(options[i], options[i + 1]);
        }
        return TikvClient.open(builder.build());
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
