package io.tikvdirect.client.txn;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.nio.charset.StandardCharsets;

/** Stateless. What the tests of transactions share. */
public final class TxnClusters {

    private TxnClusters() {}

    static EmbeddedCluster start() throws Exception {
        return EmbeddedCluster.builder().stores(3).start();
    }

    public static TikvClient open(EmbeddedCluster cluster, String... options) {
        var builder = Config.builder()
                .set("pd.addresses", String.join(",", cluster.pdAddresses()))
                .set("timeout", "30s")
                .set("loops", "1");
        for (int i = 0; i < options.length; i += 2) {
            builder.set(options[i], options[i + 1]);
        }
        return TikvClient.open(builder.build());
    }

    /** Makes a key the first of a region. */
    static void split(EmbeddedCluster cluster, byte[] userKey) throws Exception {
        cluster.splitAtRegionKey(KeySpace.v1Txn().regionKey(userKey));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
