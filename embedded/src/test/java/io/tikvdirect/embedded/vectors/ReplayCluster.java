package io.tikvdirect.embedded.vectors;

import io.tikvdirect.embedded.EmbeddedRegion;
import io.tikvdirect.embedded.EmbeddedStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Confined to one replay. The cluster that recorded exchanges are replayed against. */
interface ReplayCluster extends AutoCloseable {
    long clusterId();

    List<EmbeddedStore> stores();

    /** The regions as PD has them; their keys in the form of requests may be missing. */
    List<EmbeddedRegion> regions();

    void merge(long source, long target);

    void transferLeader(long region, long store);

    /** PD's {@code host:port}. */
    String pdAddress();

    default String storeAddress(long id) {
        return stores().stream()
                .filter(store -> store.id() == id)
                .findFirst()
                .orElseThrow()
                .address();
    }

    /** The cluster's own time. */
    long nowMs();

    /** Lets the cluster's time pass. */
    void pass(long milliseconds) throws InterruptedException;

    /** Gives an answer that needs no time of the cluster's to pass. */
    Answer await(CompletableFuture<Answer> answer) throws InterruptedException, ExecutionException;

    /** Gives an answer for which the cluster's time may have to pass. */
    default Answer awaitWhileTimePasses(CompletableFuture<Answer> answer)
            throws InterruptedException, ExecutionException {
        return await(answer);
    }

    @Override
    void close();
}
