package io.tikvdirect.client.raw.soak;

import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.EmbeddedRegion;
import io.tikvdirect.embedded.EmbeddedStore;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A thread. Makes something go wrong in a cluster every so many operations, in an order drawn from a seed; and when the
 * load gets stuck on it, after a while.
 */
final class Trouble implements Runnable {

    private static final long STUCK_NS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int FEWEST_REGIONS = 8;
    private static final int MOST_REGIONS = 40;

    private final EmbeddedCluster cluster;
    private final Tally tally;
    private final SplittableRandom random;
    private final int workers;
    private final int everyOperations;
    private final Map<String, Integer> made = new TreeMap<>();
    private volatile boolean stop;
    private long stopped;

    Trouble(EmbeddedCluster cluster, Tally tally, long seed, int workers, int everyOperations) {
        this.cluster = cluster;
        this.tally = tally;
        this.random = new SplittableRandom(seed);
        this.workers = workers;
        this.everyOperations = everyOperations;
    }

    void stop() {
        stop = true;
    }

    /** Kinds and how often; after the thread has ended. */
    Map<String, Integer> made() {
        return made;
    }

    @Override
    public void run() {
        try {
            while (!stop) {
                await(tally.begun() + 1 + random.nextInt(2 * everyOperations));
                if (!stop) {
                    make(random.nextInt(100));
                }
            }
            cluster.faults().clear();
            restart();
        } catch (Exception | AssertionError broken) {
            tally.wrong(broken);
        }
    }

    private void await(long operations) throws InterruptedException {
        long lastNs = System.nanoTime() + STUCK_NS;
        while (!stop && tally.begun() < operations && System.nanoTime() - lastNs < 0) {
            TimeUnit.MICROSECONDS.sleep(200);
        }
    }

    private void count(String kind) {
        made.merge(kind, 1, Integer::sum);
    }

    private void make(int kind) throws IOException {
        if (stopped != 0) {
            restart();
        } else if (kind < 3) {
            stopStore();
        } else if (kind < 70) {
            moveRegions(kind);
        } else {
            hurtRequests(kind);
        }
    }

    /** A connection that is being accepted at this moment can make the server's own shutdown throw; it stops all the same. */
    private void stopStore() {
        stopped = anyStore();
        count("store stopped");
        try {
            cluster.stopStore(stopped);
        } catch (RuntimeException acceptedMeanwhile) {
            cluster.stopStore(stopped);
        }
    }

    /** Another socket of this machine may have got the port meanwhile; then the store comes back on another one. */
    private void restart() throws IOException {
        if (stopped == 0) {
            return;
        }
        try {
            cluster.startStore(stopped);
        } catch (IOException portTaken) {
            cluster.moveStore(stopped);
        }
        stopped = 0;
        count("store started");
    }

    private long anyStore() {
        List<EmbeddedStore> stores = cluster.stores();
        return stores.get(random.nextInt(stores.size())).id();
    }

    private void moveRegions(int kind) {
        List<EmbeddedRegion> regions = cluster.regions();
        int index = random.nextInt(regions.size());
        EmbeddedRegion region = regions.get(index);
        if (kind < 40) {
            count("leader transferred");
            cluster.transferLeader(
                    region.id(),
                    region.peers().get(random.nextInt(region.peers().size())).storeId());
        } else if (kind < 55 && regions.size() < MOST_REGIONS) {
            count("region split");
            cluster.split(Worker.key(random.nextInt(workers), random.nextInt(Worker.KEYS)));
        } else if (regions.size() > FEWEST_REGIONS && index > 0) {
            count("regions merged");
            cluster.merge(region.id(), regions.get(index - 1).id());
        }
    }

    private void hurtRequests(int kind) {
        long store = anyStore();
        if (kind < 76) {
            count("stream reset before");
            cluster.faults().on("RawGet").store(store).times(1).resetBefore();
        } else if (kind < 82) {
            count("stream reset after");
            cluster.faults().on("RawPut").store(store).times(1).resetAfter();
        } else if (kind < 85) {
            count("swap executed, answer lost");
            cluster.faults().on("RawCompareAndSwap").store(store).times(1).closeAfter();
        } else if (kind < 90) {
            count("GOAWAY");
            cluster.faults().on("RawGet").store(store).times(1).goAway();
        } else if (kind < 94) {
            count("GOAWAY, refusing");
            cluster.faults().on("RawGet").store(store).times(1).goAwayRefusing();
        } else if (kind < 97) {
            count("answers swallowed");
            cluster.faults().on("RawGet").store(store).times(2).dropBefore();
        } else {
            count("server busy");
            cluster.faults()
                    .onAny()
                    .where(site -> site.rpc().startsWith("Raw") && Objects.equals(site.storeId(), store))
                    .times(2)
                    .serverBusy(Duration.ZERO);
        }
    }
}
