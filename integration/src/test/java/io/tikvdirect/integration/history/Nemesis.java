package io.tikvdirect.integration.history;

import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.EmbeddedRegion;
import io.tikvdirect.embedded.EmbeddedStore;
import io.tikvdirect.embedded.FaultPlan;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Confined to its own thread, but for the constructor and {@link #close()}. Lets things go wrong, from a seed. */
final class Nemesis implements Runnable, AutoCloseable {
    private static final int MOST_REGIONS = 24;
    private static final int FEWEST_REGIONS = 3;
    private static final int MOST_STARTS = 300;
    private static final long START_PAUSE_MS = 100;
    private static final List<String> WORKLOADS = List.of("bank", "register", "list", "fork", "skew", "counter", "set");
    private static final List<String> REQUESTS = List.of(
            "KvPrewrite",
            "KvCommit",
            "KvPessimisticLock",
            "KvGet",
            "KvBatchGet",
            "KvScan",
            "KvCheckTxnStatus",
            "KvCheckSecondaryLocks",
            "KvResolveLock",
            "KvBatchRollback",
            "KVPessimisticRollback");

    private final EmbeddedCluster cluster;
    private final TikvClient client;
    private final JumpingClock clock;
    private final SplittableRandom random;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Map<String, Integer> done = new TreeMap<>();
    private final Thread thread = new Thread(this, "nemesis");
    private volatile @Nullable Exception failure;

    Nemesis(EmbeddedCluster cluster, TikvClient client, JumpingClock clock, long seed) {
        this.cluster = cluster;
        this.client = client;
        this.clock = clock;
        this.random = new SplittableRandom(seed);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    @Override
    public void run() {
        try {
            while (!stop.await(50 + random.nextInt(200), TimeUnit.MILLISECONDS)) {
                done.merge(disturb(), 1, Integer::sum);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    private String disturb() throws IOException, InterruptedException {
        try {
            return disturbOnce();
        } catch (IllegalArgumentException | IllegalStateException refused) {
            return "refused by the cluster"; // such as a merge of regions whose leaders are apart
        }
    }

    private String disturbOnce() throws IOException, InterruptedException {
        int kind = random.nextInt(20);
        if (kind < 4) {
            return split();
        } else if (kind < 6) {
            return merge();
        } else if (kind < 10) {
            return moveLeader();
        } else if (kind < 11) {
            return restartStore();
        } else if (kind < 12) {
            return restartPd();
        } else if (kind < 14) {
            clock.jump(Duration.ofMillis(100 + random.nextInt(10_000)));
            return "clock jumps";
        }
        return kind < 17 ? loseAnswers() : delayRequests();
    }

    private String split() {
        if (cluster.regions().size() < MOST_REGIONS) {
            String workload = WORKLOADS.get(random.nextInt(WORKLOADS.size()));
            try {
                client.transactions().splitRegions(List.of(Keys.key(workload, random.nextInt(2_000) / 10)));
            } catch (TikvException refused) {
                return "splits refused";
            }
        }
        return "splits";
    }

    private String merge() {
        List<EmbeddedRegion> regions = cluster.regions();
        if (regions.size() > FEWEST_REGIONS) {
            int source = random.nextInt(regions.size() - 1);
            cluster.merge(regions.get(source).id(), regions.get(source + 1).id());
        }
        return "merges";
    }

    private String moveLeader() {
        List<EmbeddedRegion> regions = cluster.regions();
        List<EmbeddedStore> stores = cluster.stores();
        EmbeddedRegion region = regions.get(random.nextInt(regions.size()));
        cluster.transferLeader(
                region.id(), stores.get(random.nextInt(stores.size())).id());
        return "leader moves";
    }

    private String restartStore() throws IOException, InterruptedException {
        List<EmbeddedStore> stores = cluster.stores();
        long store = stores.get(random.nextInt(stores.size())).id();
        restart(() -> cluster.stopStore(store), () -> cluster.startStore(store));
        return "store restarts";
    }

    private String restartPd() throws IOException, InterruptedException {
        restart(cluster::stopPd, cluster::startPd);
        return "PD restarts";
    }

    /** Starts a server. */
    @FunctionalInterface
    private interface Start {
        void run() throws IOException;
    }

    /** However it ends, what was stopped is started again, also when stopping takes too long for the cluster. */
    private void restart(Runnable stopping, Start starting) throws IOException, InterruptedException {
        try {
            stop(stopping);
            boolean unused = stop.await(100 + random.nextInt(400), TimeUnit.MILLISECONDS);
        } finally {
            startAgain(starting);
        }
    }

    /** A connection that is being accepted at this moment can make the server's own shutdown throw; it stops all the same. */
    private static void stop(Runnable stopping) {
        try {
            stopping.run();
        } catch (RuntimeException acceptedMeanwhile) {
            stopping.run();
        }
    }

    /** A server that ends slowly keeps its port for a while. */
    private static void startAgain(Start starting) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                starting.run();
                return;
            } catch (IOException portTaken) {
                if (attempt == MOST_STARTS) {
                    throw portTaken;
                }
                TimeUnit.MILLISECONDS.sleep(START_PAUSE_MS);
            }
        }
    }

    private String loseAnswers() {
        FaultPlan.Selection some = some();
        switch (random.nextInt(4)) {
            case 0 -> some.dropAfter();
            case 1 -> some.dropBefore();
            case 2 -> some.resetAfter();
            default -> some.closeAfter();
        }
        return "answers lost";
    }

    private String delayRequests() {
        some().delay(Duration.ofMillis(1 + random.nextInt(1_500)));
        return "requests delayed";
    }

    /** A few of the next requests of one kind. */
    private FaultPlan.Selection some() {
        return cluster.faults()
                .on(REQUESTS.get(random.nextInt(REQUESTS.size())))
                .after(random.nextInt(20))
                .times(1 + random.nextInt(3));
    }

    /** Ends it; from then on nothing goes wrong any more. */
    @Override
    public void close() throws InterruptedException {
        stop.countDown();
        thread.join();
        cluster.faults().clear();
        if (failure != null) {
            throw new IllegalStateException("nothing went wrong any more after " + done, failure);
        }
    }

    /** What was done, after the end. */
    @Override
    public String toString() {
        return done.toString();
    }
}
