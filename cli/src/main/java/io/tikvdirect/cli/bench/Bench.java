package io.tikvdirect.cli.bench;

import io.tikvdirect.cli.report.CommandFailedException;
import io.tikvdirect.cli.report.ProgressLine;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.txn.AsyncTransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Confined to one thread. Loads the keys, drives the workload through warm-up and measured time, and adds it all up. */
final class Bench {
    private static final int LOAD_BATCH = 1_000;
    private static final long LOOK_EVERY_MS = 1_000;
    private static final Duration END_WITHIN = Duration.ofSeconds(60);
    private static final Duration LONGEST_EXTENSION = Duration.ofSeconds(30);
    private static final long LOOK_FOR_FIRST_MS = 20;

    private final BenchOptions options;
    private final TikvClient client;
    private final Dataset data;
    private final KeyChoice choice;
    private final ProgressLine line;
    private final AllocationCounter allocations = new AllocationCounter();

    Bench(BenchOptions options, TikvClient client, ProgressLine line) {
        this.options = options;
        this.client = client;
        this.line = line;
        this.data = new Dataset(options.keys(), options.valueSize());
        this.choice = options.zipf() ? KeyChoice.zipf(options.keys()) : KeyChoice.uniform(options.keys());
    }

    /** Writes what the run will read, each key once. */
    void load() {
        if (options.bulk() > 0) {
            BulkTraffic.load(client.raw());
        }
        if (options.workload().reads()) {
            loadKeys();
        }
    }

    private void loadKeys() {
        for (int i = 0; i < data.size(); i += LOAD_BATCH) {
            List<KvPair> pairs = new ArrayList<>(LOAD_BATCH);
            int end = Math.min(i + LOAD_BATCH, data.size());
            for (int key = i; key < end; key++) {
                pairs.add(new KvPair(data.key(key), data.value()));
            }
            write(pairs);
            line.show(() -> "loading " + ProgressLine.bar((double) end / data.size()));
        }
    }

    private void write(List<KvPair> pairs) {
        if (!options.workload().isTransactional()) {
            client.raw().batchPut(pairs);
            return;
        }
        client.transactions().run(TransactionOptions.DEFAULT, txn -> {
            pairs.forEach(pair -> txn.put(pair.key(), data.value()));
            return true;
        });
    }

    /** Runs the workload. */
    BenchResult run(boolean serverInProcess) throws InterruptedException {
        Run run = new Run(options.threads());
        try (BulkTraffic bulk = new BulkTraffic(run, client.raw(), options)) {
            bulk.start();
            return run(run, bulk, serverInProcess);
        }
    }

    private BenchResult run(Run run, BulkTraffic bulk, boolean serverInProcess) throws InterruptedException {
        List<Thread> threads = start(run);
        pass("warm-up", options.warmup());
        awaitCompilers(options.untilQuiet());
        long unused = bulk.takeBytes();
        ProcessCosts before = ProcessCosts.now(allocations);
        run.measure();
        pass("measuring", options.duration());
        awaitSome(run);
        run.finish();
        ProcessCosts after = ProcessCosts.now(allocations);
        long bulkBytes = bulk.takeBytes();
        Double residentMib = ProcessCosts.residentMib();
        double directMib = ProcessCosts.directMib();
        if (!run.awaitQuiet(END_WITHIN)) {
            throw new CommandFailedException(
                    "operations did not end within " + END_WITHIN.toSeconds() + " s behind the measured time");
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return new BenchResult(options, run.total(), before, after, residentMib, directMib, bulkBytes, serverInProcess);
    }

    private void awaitCompilers(Duration longest) throws InterruptedException {
        long endNs = System.nanoTime() + longest.toNanos();
        long leftNs = longest.toNanos();
        Compilers compilers = new Compilers(Path.of("/proc/self/task"), ProcessCosts::cpuTimeNs);
        while (leftNs > 0) {
            pass("compilers", Duration.ofNanos(Math.min(leftNs, TimeUnit.MILLISECONDS.toNanos(Compilers.LOOK_MS))));
            leftNs = compilers.wereQuiet() ? 0 : endNs - System.nanoTime();
        }
    }

    /** A measured time in which no operation ended says nothing: on a slow machine it lasts until one has. */
    private static void awaitSome(Run run) throws InterruptedException {
        long endNs = System.nanoTime() + LONGEST_EXTENSION.toNanos();
        while (!run.hasMeasuredSome() && System.nanoTime() - endNs < 0) {
            TimeUnit.MILLISECONDS.sleep(LOOK_FOR_FIRST_MS);
        }
    }

    private List<Thread> start(Run run) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < options.threads(); i++) {
            threads.add(BenchThreads.unstarted(options.virtual(), driver(run, i), "bench-" + i));
        }
        threads.forEach(Thread::start);
        return threads;
    }

    private Runnable driver(Run run, int thread) {
        double intervalNs = options.rate() == 0 ? 0 : 1e9 * options.threads() / options.rate();
        long seed = 1 + thread * 1_000_003L;
        if (options.face() == Face.SYNC) {
            double offsetNs = intervalNs * thread / options.threads();
            return new SyncDriver(run, calls(choice.sequence(seed)), intervalNs, offsetNs);
        }
        int first = options.inFlight() * thread / options.threads();
        int end = options.inFlight() * (thread + 1) / options.threads();
        int[] next = {0};
        return new SlotDriver(run, end - first, intervalNs, slots -> slot(run, slots, seed + next[0]++));
    }

    private SyncCalls calls(KeyChoice.Sequence sequence) {
        return options.workload().isTransactional()
                ? new TxnSyncCalls(client.transactions(), data, options.workload(), sequence)
                : new RawSyncCalls(client.raw(), data, options, sequence);
    }

    private Slot slot(Run run, Slots slots, long seed) {
        KeyChoice.Sequence sequence = choice.sequence(seed);
        if (options.workload().isTransactional()) {
            AsyncTransactionClient transactions = client.transactions().async();
            return new TxnAsyncSlot(run, slots, sequence, transactions, data, options.workload());
        }
        return options.face() == Face.DIRECT
                ? new DirectSlot(run, slots, sequence, client.raw().direct(), data, options)
                : new AsyncSlot(run, slots, sequence, client.raw().async(), data, options);
    }

    /** Lets time pass, looking at the threads once a second; see {@link AllocationCounter}. */
    private void pass(String what, Duration duration) throws InterruptedException {
        long startedNs = System.nanoTime();
        long endNs = startedNs + duration.toNanos();
        long leftMs = TimeUnit.NANOSECONDS.toMillis(endNs - System.nanoTime());
        while (leftMs > 0) {
            TimeUnit.MILLISECONDS.sleep(Math.min(leftMs, LOOK_EVERY_MS));
            allocations.look();
            double passed = (double) (System.nanoTime() - startedNs) / duration.toNanos();
            line.show(() -> what + " " + ProgressLine.bar(passed));
            leftMs = TimeUnit.NANOSECONDS.toMillis(endNs - System.nanoTime());
        }
    }
}
