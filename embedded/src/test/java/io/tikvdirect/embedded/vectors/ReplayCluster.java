package io.tikvdirect.embedded.vectors;

import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.ManualClock;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Confined to one replay. A fresh cluster for one scenario, whose time passes only when the scenario waits. */
final class ReplayCluster implements AutoCloseable {
    /** How long an answer is simply awaited before the cluster's time goes on, so that what waits there times out. */
    private static final long PATIENCE_MS = 250;

    private static final long TICK_MS = 25;
    private static final long GIVE_UP_MS = 15_000;

    private final ManualClock clock = new ManualClock();
    private final EmbeddedCluster cluster;

    ReplayCluster(Scenario scenario) throws IOException {
        cluster = EmbeddedCluster.builder()
                .stores(scenario.stores())
                .apiVersion(EmbeddedApiVersion.valueOf(scenario.api().toUpperCase(Locale.ROOT)))
                .clock(clock)
                .start();
    }

    EmbeddedCluster cluster() {
        return cluster;
    }

    /** PD's {@code host:port}. */
    String pdAddress() {
        String address = cluster.pdAddresses().get(0);
        return address.contains("://") ? URI.create(address).getAuthority() : address;
    }

    String storeAddress(long id) {
        return cluster.stores().stream()
                .filter(store -> store.id() == id)
                .findFirst()
                .orElseThrow()
                .address();
    }

    long nowMs() {
        return clock.millis();
    }

    void pass(long milliseconds) {
        clock.advance(Duration.ofMillis(milliseconds));
    }

    /** Waits for an answer; when it is long in coming, lets the cluster's time pass as real time does. */
    Answer await(CompletableFuture<Answer> answer) throws InterruptedException, ExecutionException {
        long wait = PATIENCE_MS;
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
