package io.tikvdirect.client;

import io.tikvdirect.client.internal.ClientAssembly;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.txn.TransactionClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. A client of one TiKV cluster. Open one and share it; it owns its event loops, connections, caches and
 * direct memory, and several clients live side by side without touching each other.
 *
 * <pre>{@code
 * try (TikvClient client = TikvClient.open(Config.fromUri("tikv://127.0.0.1:2379"))) {
 *     RawClient raw = client.raw();
 *     raw.put(key, value);
 * }
 * }</pre>
 */
public interface TikvClient extends AutoCloseable {

    /**
     * Opens a client: finds the Placement Driver's members and checks the cluster id. Blocks at most {@link
     * Config#timeout()}. When it fails, everything that was opened is given back before it throws.
     *
     * @param config the configuration
     * @return an open client (<i>gives</i>: the caller closes it)
     * @throws PdUnavailableException when no Placement Driver answered in time
     * @throws ClusterMismatchException when the addresses belong to another cluster than the configured one
     * @throws KeyspaceNotFoundException when the configured keyspace does not exist
     * @throws TlsFailureException when a handshake or certificate was refused
     */
    static TikvClient open(Config config) {
        return ClientAssembly.open(config);
    }

    /**
     * Raw key-value operations with the options of the configuration; {@link RawClient#async()} and {@link
     * RawClient#direct()} are its other faces.
     *
     * @return the same object each time
     */
    RawClient raw();

    /**
     * Transactions with the options of the configuration; {@link TransactionClient#async()} is their other face. A client
     * that never asks for it pays nothing for it.
     *
     * @return the same object each time
     * @throws UnsupportedFeatureException with API V1TTL, whose stores serve no transactions
     */
    TransactionClient transactions();

    /**
     * The cluster this client talks to.
     *
     * @return the cluster id
     */
    long clusterId();

    /**
     * A timestamp of the Placement Driver's Timestamp Oracle. Blocks at most {@link Config#timeout()}.
     *
     * @return larger than every timestamp given out before
     */
    long timestamp();

    /**
     * A timestamp of the Placement Driver's Timestamp Oracle.
     *
     * @return completes with a timestamp larger than every one given out before the call
     */
    CompletionStage<Long> timestampAsync();

    /**
     * The regions that overlap a range, asked from the Placement Driver. Blocks at most {@link Config#timeout()}.
     *
     * @param range a range of user keys
     * @return in the order of their keys, bounds cut to the key space of this client
     */
    List<RegionInfo> regions(KeyRange range);

    /**
     * Cuts a range into parts that each lie in one region, and with {@link Config#regionsBuckets()} in one bucket of it:
     * work of similar size to be shared out, for example to scan them in parallel. Where the client knows the regions the
     * Placement Driver is not asked. Blocks at most {@link Config#timeout()}.
     *
     * @param range a range of user keys
     * @return in order, without gaps and together the whole range; empty when the range is
     * @throws PdUnavailableException when the Placement Driver did not answer in time
     */
    List<KeyRange> parts(KeyRange range);

    /**
     * Asks the Placement Driver to split regions, for example before a bulk load. Keys at which a region begins already
     * are left as they are. Blocks at most {@link Config#timeout()}.
     *
     * @param keys user keys, each of which begins a region afterwards; none may be empty, repetitions count once
     * @return the ids of the regions that were made
     * @throws UnsupportedFeatureException when the Placement Driver has no such call
     */
    List<Long> splitRegions(List<byte[]> keys);

    /**
     * All stores that are not tombstones, asked from the Placement Driver. Blocks at most {@link Config#timeout()}.
     *
     * @return in the order of their ids
     */
    List<StoreInfo> stores();

    /**
     * Gets the client ready, so that the first calls are as fast as later ones: loads the regions of some ranges into the
     * cache, connects to the stores that lead them, opens the stream of timestamps, and reads one raw key, which need not
     * exist, a few times, so that the code is loaded that an operation runs. Blocks at most {@link Config#timeout()}. Nothing
     * depends on it: what was not got ready, the first call that needs it brings about.
     *
     * @param ranges ranges of user keys, {@code List.of(KeyRange.all())} for everything; with an empty list no region is
     *     loaded and every store is connected to
     * @return what is ready; a store that cannot be reached is named there and is no failure
     * @throws PdUnavailableException when the Placement Driver did not answer in time
     */
    default WarmUpReport warmUp(List<KeyRange> ranges) {
        return warmUp(ranges, null);
    }

    /**
     * Like {@link #warmUp(List)}, with a time of its own.
     *
     * @param ranges ranges of user keys
     * @param timeout how long it may take; null: {@link Config#timeout()}
     * @return what is ready
     */
    WarmUpReport warmUp(List<KeyRange> ranges, @Nullable Duration timeout);

    /**
     * Like {@link #warmUp(List, Duration)}, without blocking.
     *
     * @param ranges ranges of user keys
     * @param timeout how long it may take; null: {@link Config#timeout()}
     * @return completes in time with what is ready, on an event loop
     */
    CompletionStage<WarmUpReport> warmUpAsync(List<KeyRange> ranges, @Nullable Duration timeout);

    /**
     * Counters and distributions of this client right now.
     *
     * @return an immutable snapshot
     */
    ClientMetrics metrics();

    /**
     * Closes the client: refuses new calls, lets those in flight end for {@link Config#closeTimeout()}, fails the rest with
     * {@link ClientClosedException}, closes every connection, ends every thread and gives all direct memory back. Bounded;
     * may be called again and from any thread. Called from a callback on one of the client's own event loops it only
     * starts the closing, because that thread cannot wait for itself.
     */
    @Override
    void close();
}
