package io.tikvdirect.client.txn.crash;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.txn.AsyncTransactionClient;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Used by one thread. A cluster whose clock stands still, a client that will die on it, and one that will not. */
final class Clients implements AutoCloseable {
    private static final int REGIONS = 3;

    private final ManualClock clock = new ManualClock();
    private final EmbeddedCluster cluster;
    private final TikvClient victim;
    private final TikvClient survivor;
    private final TikvClient healthy;
    private int cases;

    Clients() throws Exception {
        cluster = EmbeddedCluster.builder().stores(3).clock(clock).start();
        victim = open(Fate.VICTIM);
        survivor = open("survivor");
        healthy = open(Fate.VICTIM);
        survivor.transactions().splitRegions(List.of(bytes("crash/1"), bytes("crash/2")));
    }

    private TikvClient open(String source) {
        return TikvClient.open(Config.builder()
                .pdAddresses(cluster.pdAddresses().toArray(String[]::new))
                .set("request-source", source)
                .set("timeout", "30s")
                .set("loops", "1")
                .build());
    }

    EmbeddedCluster cluster() {
        return cluster;
    }

    AsyncTransactionClient victim() {
        return victim.transactions().async();
    }

    TransactionClient survivor() {
        return survivor.transactions();
    }

    /** Whether nothing goes on behind the victim's calls. */
    boolean isVictimIdle() {
        return victim.transactions().awaitBackground(Duration.ZERO);
    }

    /** One like the victim, to which nothing happens: its requests can be counted. */
    AsyncTransactionClient healthy() {
        return healthy.transactions().async();
    }

    boolean isHealthyIdle() {
        return healthy.transactions().awaitBackground(Duration.ZERO);
    }

    /** Every lock that is there now is past its time. */
    void outliveLocks() {
        clock.advance(Duration.ofHours(1));
    }

    /** Keys that nobody has used, in turn in each of the first regions. */
    List<byte[]> keys(int count, int regions) {
        int number = cases++;
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int region = i % Math.min(regions, REGIONS);
            keys.add(bytes(String.format(Locale.ROOT, "crash/%d/%06d/%03d", region, number, i)));
        }
        return keys;
    }

    @Override
    public void close() throws Exception {
        cluster.faults().clear();
        survivor.close();
        healthy.close();
        victim.close();
        cluster.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
