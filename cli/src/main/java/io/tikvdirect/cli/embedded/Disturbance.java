package io.tikvdirect.cli.embedded;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.RegionInfo;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.EmbeddedRegion;
import io.tikvdirect.embedded.EmbeddedStore;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Splits regions, merges them and moves their leaders at random, from a seed, while a cluster serves. The
 * keys to split at are taken from the data that is there, so that splits hit where the load is.
 */
public final class Disturbance implements AutoCloseable {
    private static final int MAX_REGIONS = 48;
    private static final int MIN_REGIONS = 8;
    private static final int MAX_SKIPPED_PAIRS = 4_096;

    private final EmbeddedCluster cluster;
    private final TikvClient client;
    private final Random random;
    private final long everyMs;
    private final boolean transactional;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private final AtomicLong splits = new AtomicLong();
    private final AtomicLong merges = new AtomicLong();
    private final AtomicLong transfers = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile @Nullable RuntimeException failure;

    private Disturbance(EmbeddedCluster cluster, TikvClient client, long seed, Duration every, boolean transactional) {
        this.cluster = cluster;
        this.client = client;
        this.random = new Random(seed);
        this.everyMs = every.toMillis();
        this.transactional = transactional;
        this.thread = new Thread(this::run, "disturbance");
        this.thread.setDaemon(true);
    }

    /**
     * Begins to disturb a cluster.
     *
     * @param client a client of that cluster; stays the caller's to close, after this
     * @param seed the same seed takes the same decisions
     * @param every pause between two disturbances
     */
    public static Disturbance start(EmbeddedCluster cluster, TikvClient client, long seed, Duration every) {
        return start(new Disturbance(cluster, client, seed, every, false));
    }

    /**
     * As {@link #start}, for a cluster that holds data of transactions, whose keys stores know in another form.
     *
     * @param client a client of that cluster; stays the caller's to close, after this
     * @param seed the same seed takes the same decisions
     * @param every pause between two disturbances
     */
    public static Disturbance amongTransactions(EmbeddedCluster cluster, TikvClient client, long seed, Duration every) {
        return start(new Disturbance(cluster, client, seed, every, true));
    }

    private static Disturbance start(Disturbance disturbance) {
        disturbance.thread.start();
        return disturbance;
    }

    /** What was done so far, for a person. */
    public String summary() {
        return splits + " splits, " + merges + " merges, " + transfers + " leader transfers"
                + (refused.get() == 0 ? "" : ", " + refused + " refused by the cluster");
    }

    /** How many disturbances took place so far. */
    public long count() {
        return splits.get() + merges.get() + transfers.get();
    }

    /**
     * Ends it and waits for its thread.
     *
     * @throws RuntimeException what ended it early, if something did
     */
    @Override
    public void close() {
        stop.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        RuntimeException early = failure;
        if (early != null) {
            throw early;
        }
    }

    private void run() {
        try {
            while (!stop.await(everyMs, TimeUnit.MILLISECONDS)) {
                disturb();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /** One disturbance; the cluster may refuse it, for example a split at a border that is there already. */
    private void disturb() {
        List<EmbeddedRegion> regions = cluster.regions();
        int choice = random.nextInt(10);
        try {
            if (choice < 4 && regions.size() < MAX_REGIONS) {
                split();
            } else if (choice < 6 && regions.size() > MIN_REGIONS) {
                merge(regions);
            } else {
                transferLeader(regions);
            }
        } catch (TikvException | IllegalArgumentException | IllegalStateException e) {
            refused.incrementAndGet();
        }
    }

    private void split() {
        if (transactional) {
            splitAmongTransactions();
            return;
        }
        List<RegionInfo> inUse = client.regions(KeyRange.all());
        KeyRange range = inUse.get(random.nextInt(inUse.size())).range();
        int skipped = 1 + random.nextInt(MAX_SKIPPED_PAIRS);
        List<KvPair> pairs = client.raw().scan(range, ScanOptions.limit(skipped).keysOnly());
        if (pairs.size() > 1) {
            client.splitRegions(List.of(pairs.get(pairs.size() - 1).key()));
            splits.incrementAndGet();
        }
    }

    private void splitAmongTransactions() {
        TransactionClient transactions = client.transactions();
        List<KvPair> pairs = transactions
                .snapshot(transactions.timestamp())
                .scan(
                        KeyRange.all(),
                        ScanOptions.limit(1 + random.nextInt(MAX_SKIPPED_PAIRS)).keysOnly());
        if (pairs.size() > 1) {
            transactions.splitRegions(
                    List.of(pairs.get(random.nextInt(pairs.size())).key()));
            splits.incrementAndGet();
        }
    }

    private void merge(List<EmbeddedRegion> regions) {
        int source = random.nextInt(regions.size() - 1);
        cluster.merge(regions.get(source).id(), regions.get(source + 1).id());
        merges.incrementAndGet();
    }

    private void transferLeader(List<EmbeddedRegion> regions) {
        EmbeddedRegion region = regions.get(random.nextInt(regions.size()));
        List<EmbeddedStore> stores = cluster.stores();
        long target = stores.get(random.nextInt(stores.size())).id();
        if (target != region.leaderStoreId()) {
            cluster.transferLeader(region.id(), target);
            transfers.incrementAndGet();
        }
    }
}
