package io.tikvdirect.embedded.vectors;

import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.EmbeddedRegion;
import io.tikvdirect.embedded.EmbeddedStore;
import io.tikvdirect.embedded.ManualClock;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Confined to one replay. A fresh cluster for one scenario, whose time passes only when the scenario waits. */
final class EmbeddedReplayCluster implements ReplayCluster {
    /** How long an answer is simply awaited before the cluster's time goes on, so that what waits there times out. */
    private static final long PATIENCE_MS = 250;

    /** The same where the recorded server did not wait, and only a busy machine makes the answer late. */
    private static final long LONGER_MS = 3_000;

    private static final long TICK_MS = 25;
    private static final long GIVE_UP_MS = 120_000;

    private final ManualClock clock = new ManualClock();
    private final EmbeddedCluster cluster;

    EmbeddedReplayCluster(Scenario scenario) throws IOException {
        cluster = EmbeddedCluster.builder()
                .stores(scenario.stores())
                .apiVersion(EmbeddedApiVersion.valueOf(scenario.api().toUpperCase(Locale.ROOT)))
                .clock(clock)
                .start();
    }

    @Override
    public long clusterId() {
        return cluster.clusterId();
    }

    @Override
    public List<EmbeddedStore> stores() {
        return cluster.stores();
    }

    @Override
    public List<EmbeddedRegion> regions() {
        return cluster.regions();
    }

    @Override
    public void merge(long source, long target) {
        cluster.merge(source, target);
    }

    @Override
    public void transferLeader(long region, long store) {
        cluster.transferLeader(region, store);
    }

    @Override
    public String pdAddress() {
        String address = cluster.pdAddresses().get(0);
        return address.contains("://") ? URI.create(address).getAuthority() : address;
    }

    @Override
    public long nowMs() {
        return clock.millis();
    }

    @Override
    public void pass(long milliseconds) {
        clock.advance(Duration.ofMillis(milliseconds));
    }

    @Override
    public Answer awaitWhileTimePasses(CompletableFuture<Answer> answer)
            throws InterruptedException, ExecutionException {
        return await(answer, PATIENCE_MS);
    }

    @Override
    public Answer await(CompletableFuture<Answer> answer) throws InterruptedException, ExecutionException {
        return await(answer, LONGER_MS);
    }

    /** When an answer is long in coming, the cluster's time passes as real time does. */
    private Answer await(CompletableFuture<Answer> answer, long patienceMs)
            throws InterruptedException, ExecutionException {
        long wait = patienceMs;
        for (long waited = 0; waited < GIVE_UP_MS; waited += wait, wait = TICK_MS) {
            try {
                return answer.get(wait, TimeUnit.MILLISECONDS);
            } catch (TimeoutException stillWaiting) {
                pass(TICK_MS);
            }
        }
        throw new IllegalStateException("no answer within " + GIVE_UP_MS + " ms");
    }

    @Override
    public void close() {
        cluster.close();
    }
}
