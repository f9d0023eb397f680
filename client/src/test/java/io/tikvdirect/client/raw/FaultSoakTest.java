package io.tikvdirect.client.raw;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.EmbeddedRegion;
import io.tikvdirect.embedded.EmbeddedStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A mixed load while leaders move, regions split and merge, stores stop and start, streams are reset, connections are told
 * to go away and stores claim to be busy. Each worker owns its keys and knows what they may hold; an operation whose
 * outcome is unknown leaves two possibilities.
 *
 * <p>The ordinary build runs a tenth of it; the whole of it, 200,000 operations, is tagged slow.
 */
class FaultSoakTest {

    private static final int OPERATIONS = Integer.getInteger("tikvdirect.soak.operations", 20_000);
    private static final int WORKERS = 256;
    private static final int PAUSE_MS = Integer.getInteger("tikvdirect.soak.pause-ms", 40);
    private static final int KEYS_PER_WORKER = 24;
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    /** Far above what a busy machine needs to run a timer; the deadline itself is what is meant. */
    private static final long LATE_NS = TIMEOUT.plusSeconds(5).toNanos();

    private final long seed = Long.getLong("tikvdirect.soak.seed", System.nanoTime());
    private volatile int limit;
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong slowestNs = new AtomicLong();
    private final Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
    private final CountDownLatch idle = new CountDownLatch(WORKERS);

    @Test
    void everyOperationEndsAndTheDataAgreesWithTheModel() throws Exception {
        soak(OPERATIONS);
    }

    @Test
    @Tag("slow")
    void twoHundredThousandOperations() throws Exception {
        soak(200_000);
    }

    private void soak(int operations) throws Exception {
        limit = operations;
        System.out.println("FaultSoakTest seed " + seed);
        List<byte[]> splits = new ArrayList<>();
        for (int i = 32; i < WORKERS; i += 32) {
            splits.add(prefix(i));
        }
        try (EmbeddedCluster cluster = EmbeddedCluster.builder()
                        .stores(3)
                        .splitKeys(splits)
                        .seed(seed)
                        .start();
                TikvClient client = TikvClient.open(Config.builder()
                        .set("pd.addresses", String.join(",", cluster.pdAddresses()))
                        .set("timeout", TIMEOUT.toSeconds() + "s")
                        .build())) {
            List<Worker> workers = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                workers.add(new Worker(i, client.raw().async()));
            }
            AtomicBoolean stop = new AtomicBoolean();
            Thread trouble = new Thread(() -> makeTrouble(cluster, stop), "trouble");
            trouble.start();
            workers.forEach(Worker::next);
            boolean ended = idle.await(300, TimeUnit.SECONDS);
            stop.set(true);
            trouble.join();
            System.out.println("FaultSoakTest " + begun.get() + " operations, " + failed.get() + " failed, slowest "
                    + TimeUnit.NANOSECONDS.toMillis(slowestNs.get()) + " ms, "
                    + cluster.faults().fired() + " faults, "
                    + cluster.regions().size() + " regions, " + client.metrics().backoffs() + " back-offs");
            assertThat(wrong).isEmpty();
            assertThat(ended).as("all operations ended").isTrue();
            assertThat(slowestNs.get()).as("slowest operation").isLessThan(LATE_NS);
            assertThat(client.metrics().inFlight()).isZero();
            workers.forEach(worker -> worker.compare(client.raw()));
            assertThat(failed.get()).as("failed operations").isLessThan(operations / 100);
        }
    }

    private static byte[] prefix(int worker) {
        return String.format("w%03d/", worker).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] key(int worker, int number) {
        return String.format("w%03d/%02d", worker, number).getBytes(StandardCharsets.US_ASCII);
    }

    /** One operation at a time on keys nobody else touches. */
    private final class Worker {
        private final int id;
        private final AsyncRawClient raw;
        private final SplittableRandom random;
        private final TreeMap<Integer, Set<String>> model = new TreeMap<>();
        private long startNs;
        private int value;

        Worker(int id, AsyncRawClient raw) {
            this.id = id;
            this.raw = raw;
            this.random = new SplittableRandom(seed + id);
            for (int i = 0; i < KEYS_PER_WORKER; i++) {
                model.put(i, Set.of(""));
            }
        }

        void next() {
            if (begun.incrementAndGet() > limit || !wrong.isEmpty()) {
                begun.decrementAndGet();
                idle.countDown();
                return;
            }
            startNs = System.nanoTime();
            int kind = random.nextInt(100);
            int number = random.nextInt(KEYS_PER_WORKER);
            if (kind < 45) {
                run(raw.get(key(id, number)), found -> check(number, found), () -> {});
            } else if (kind < 75) {
                put(number);
            } else if (kind < 82) {
                Set<String> before = model.get(number);
                run(
                        raw.delete(key(id, number)),
                        done -> model.put(number, Set.of("")),
                        () -> model.put(number, with(before, "")));
            } else if (kind < 90) {
                batchPut(number);
            } else if (kind < 96) {
                batchGet(number);
            } else {
                scan(random.nextBoolean());
            }
        }

        private void put(int number) {
            String text = "v" + ++value;
            Set<String> before = model.get(number);
            run(
                    raw.put(key(id, number), text.getBytes(StandardCharsets.US_ASCII)),
                    done -> model.put(number, Set.of(text)),
                    () -> model.put(number, with(before, text)));
        }

        private void batchPut(int first) {
            String text = "b" + ++value;
            List<KvPair> pairs = new ArrayList<>();
            for (int i = first; i < KEYS_PER_WORKER; i += 3) {
                pairs.add(new KvPair(key(id, i), text.getBytes(StandardCharsets.US_ASCII)));
            }
            run(
                    raw.batchPut(pairs),
                    done -> forEveryThird(first, i -> model.put(i, Set.of(text))),
                    () -> forEveryThird(first, i -> model.put(i, with(model.get(i), text))));
        }

        private void forEveryThird(int first, java.util.function.IntConsumer action) {
            for (int i = first; i < KEYS_PER_WORKER; i += 3) {
                action.accept(i);
            }
        }

        private void batchGet(int first) {
            List<byte[]> keys = new ArrayList<>();
            forEveryThird(first, i -> keys.add(key(id, i)));
            run(
                    raw.batchGet(keys),
                    values -> forEveryThird(first, i -> check(i, values.get((i - first) / 3))),
                    () -> {});
        }

        private void scan(boolean reverse) {
            ScanOptions options = ScanOptions.limit(100);
            run(
                    raw.scan(KeyRange.prefix(prefix(id)), reverse ? options.reversed() : options),
                    pairs -> checkAll(pairs, reverse),
                    () -> {});
        }

        private void checkAll(List<KvPair> pairs, boolean reverse) {
            TreeMap<Integer, byte[]> found = new TreeMap<>();
            byte[] last = null;
            for (KvPair pair : pairs) {
                boolean ordered = last == null || (Arrays.compareUnsigned(last, pair.key()) < 0) != reverse;
                if (!ordered) {
                    throw new AssertionError("pairs out of order");
                }
                last = pair.key();
                String text = new String(pair.key(), StandardCharsets.US_ASCII);
                found.put(Integer.parseInt(text.substring(5)), pair.value());
            }
            model.keySet().forEach(number -> check(number, found.get(number)));
        }

        private void check(int number, byte[] found) {
            String text = found == null ? "" : new String(found, StandardCharsets.US_ASCII);
            if (!model.get(number).contains(text)) {
                throw new AssertionError("worker " + id + " key " + number + ": found '" + text + "', possible are "
                        + model.get(number));
            }
        }

        private Set<String> with(Set<String> before, String more) {
            Set<String> all = new HashSet<>(before);
            all.add(more);
            return all;
        }

        private <T> void run(CompletionStage<T> stage, java.util.function.Consumer<T> onSuccess, Runnable onFailure) {
            stage.whenComplete((result, failure) -> {
                try {
                    slowestNs.accumulateAndGet(System.nanoTime() - startNs, Math::max);
                    if (failure == null) {
                        onSuccess.accept(result);
                    } else if (failure instanceof TikvException) {
                        failed.incrementAndGet();
                        onFailure.run();
                    } else {
                        throw new AssertionError("not one of the client's own failures", failure);
                    }
                } catch (Throwable broken) {
                    wrong.add(broken);
                }
                next();
            });
        }

        void compare(RawClient blocking) {
            checkAll(blocking.scan(KeyRange.prefix(prefix(id)), ScanOptions.limit(100)), false);
        }
    }

    private void makeTrouble(EmbeddedCluster cluster, AtomicBoolean stop) {
        SplittableRandom random = new SplittableRandom(seed);
        long stopped = 0;
        try {
            while (!stop.get()) {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS + random.nextInt(PAUSE_MS));
                int kind = random.nextInt(100);
                if (stopped != 0) {
                    start(cluster, stopped);
                    stopped = 0;
                } else if (kind < 4) {
                    stopped = anyStore(cluster, random).id();
                    stop(cluster, stopped);
                } else {
                    smallTrouble(cluster, random, kind);
                }
            }
            cluster.faults().clear();
            if (stopped != 0) {
                start(cluster, stopped);
            }
        } catch (Exception broken) {
            wrong.add(broken);
        }
    }

    /** A connection that is being accepted at this moment can make the server's own shutdown throw; it stops all the same. */
    private static void stop(EmbeddedCluster cluster, long storeId) {
        try {
            cluster.stopStore(storeId);
        } catch (RuntimeException acceptedMeanwhile) {
            cluster.stopStore(storeId);
        }
    }

    /** Another socket of this machine may have got the port meanwhile; then the store comes back on another one. */
    private static void start(EmbeddedCluster cluster, long storeId) throws IOException {
        try {
            cluster.startStore(storeId);
        } catch (IOException portTaken) {
            cluster.moveStore(storeId);
        }
    }

    private static EmbeddedStore anyStore(EmbeddedCluster cluster, SplittableRandom random) {
        List<EmbeddedStore> stores = cluster.stores();
        return stores.get(random.nextInt(stores.size()));
    }

    private void smallTrouble(EmbeddedCluster cluster, SplittableRandom random, int kind) throws IOException {
        List<EmbeddedRegion> regions = cluster.regions();
        int index = random.nextInt(regions.size());
        EmbeddedRegion region = regions.get(index);
        long store = anyStore(cluster, random).id();
        if (kind < 45) {
            cluster.transferLeader(
                    region.id(),
                    region.peers().get(random.nextInt(region.peers().size())).storeId());
        } else if (kind < 60) {
            cluster.split(key(random.nextInt(WORKERS), random.nextInt(KEYS_PER_WORKER)));
        } else if (kind < 80 && regions.size() > 8 && index > 0) {
            cluster.merge(region.id(), regions.get(index - 1).id());
        } else if (kind < 85) {
            cluster.faults().on("RawPut").store(store).times(1).resetAfter();
        } else if (kind < 90) {
            cluster.faults().on("RawGet").store(store).times(1).goAway();
        } else if (kind < 94) {
            cluster.faults().on("RawGet").store(store).times(1).goAwayRefusing();
        } else {
            cluster.faults()
                    .onAny()
                    .where(site -> site.rpc().startsWith("Raw") && Objects.equals(site.storeId(), store))
                    .times(2)
                    .serverBusy(Duration.ZERO);
        }
    }
}
