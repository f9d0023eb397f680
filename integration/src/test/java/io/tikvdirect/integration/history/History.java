package io.tikvdirect.integration.history;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Used by one thread. One run: all workloads at the same time, each from several clients in threads of their own, while a
 * {@link Nemesis} lets things go wrong; then what they have seen is checked.
 */
final class History {
    /** The budget of each call under way. */
    static final Duration TIMEOUT = Duration.ofSeconds(3);

    /** For a workload of which a busy machine has let nothing through by the end. */
    private static final long LONGER_NS = TimeUnit.MINUTES.toNanos(2);

    private static final int CLIENTS = 3;
    private static final int STORES = 3;

    private final long seed;
    private final Duration duration;
    private final Duration pause;
    private final List<Workload> workloads = Workload.all();
    private final Map<String, Recorder.Tally> tallies = new LinkedHashMap<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final List<String> lines = new ArrayList<>();

    /**
     * A run to come.
     *
     * @param seed of what is done and what goes wrong; how it meets is up to the threads
     * @param duration of the part that is recorded
     * @param pause of each client between two operations on average; zero: none
     */
    History(long seed, Duration duration, Duration pause) {
        this.seed = seed;
        this.duration = duration;
        this.pause = pause;
    }

    /** What was wrong; empty if nothing was. */
    List<String> run() throws Exception {
        JumpingClock clock = new JumpingClock();
        List<TikvClient> clients = new ArrayList<>();
        try (EmbeddedCluster cluster =
                EmbeddedCluster.builder().stores(STORES).clock(clock).seed(seed).start()) {
            try (TikvClient calm = open(cluster, Duration.ofMinutes(2))) {
                workloads.forEach(workload -> workload.prepare(calm.transactions()));
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(open(cluster, TIMEOUT));
                }
                Nemesis nemesis = new Nemesis(cluster, clients.get(0), clock, seed);
                nemesis.start();
                try (nemesis) {
                    operate(clients);
                }
                lines.add("history of seed " + seed + ", " + duration.toSeconds() + " s: " + nemesis);
                check(calm);
            } finally {
                clients.forEach(TikvClient::close);
            }
        }
        return List.copyOf(violations);
    }

    /** What was done, a line for each workload. */
    List<String> lines() {
        return lines;
    }

    private static TikvClient open(EmbeddedCluster cluster, Duration timeout) {
        return TikvClient.open(Config.builder()
                .pdAddresses(cluster.pdAddresses().toArray(String[]::new))
                .timeout(timeout)
                .set("loops", "1")
                .build());
    }

    private void operate(List<TikvClient> clients) throws InterruptedException {
        long endNs = System.nanoTime() + duration.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (Workload workload : workloads) {
            Recorder.Tally tally = new Recorder.Tally();
            tallies.put(workload.name(), tally);
            for (TikvClient client : clients) {
                int process = threads.size();
                Recorder recorder = new Recorder(process, client.transactions(), tally);
                SplittableRandom random = new SplittableRandom(seed * 1_000 + process);
                threads.add(
                        new Thread(() -> operate(workload, recorder, random, tally, endNs), workload.name() + process));
            }
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void operate(
            Workload workload, Recorder recorder, SplittableRandom random, Recorder.Tally tally, long endNs) {
        try {
            while (System.nanoTime() - endNs < (tally.ok().get() == 0 ? LONGER_NS : 0)) {
                workload.operate(recorder, random);
                rest(random);
            }
        } catch (RuntimeException | Error unexpected) {
            violations.add(workload.name() + " of seed " + seed + ": a client failed as it must not: " + unexpected);
            unexpected.printStackTrace();
        }
    }

    private void rest(SplittableRandom random) {
        if (!pause.isZero()) {
            LockSupport.parkNanos(random.nextLong(2 * pause.toNanos()));
        }
    }

    private void check(TikvClient calm) {
        for (Workload workload : workloads) {
            Recorder.Tally tally = tallies.get(workload.name());
            lines.add("  " + workload.name() + ": " + tally);
            if (tally.ok().get() == 0) {
                violations.add(workload.name() + " of seed " + seed + ": nothing was done");
            }
            String violation = workload.violation(calm.transactions());
            if (violation != null) {
                violations.add(workload.name() + " of seed " + seed + ": " + violation);
            }
        }
    }
}
