package io.tikvdirect.cli.demo;

import io.tikvdirect.cli.embedded.Disturbance;
import io.tikvdirect.cli.report.CommandFailedException;
import io.tikvdirect.cli.report.Console;
import io.tikvdirect.cli.report.LatencyChart;
import io.tikvdirect.cli.report.ProgressLine;
import io.tikvdirect.cli.report.Quantities;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.raw.AsyncRawClient;
import io.tikvdirect.client.raw.RawScanner;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Confined to one thread. The acts of the demo, each of which verifies what it did. */
final class Demo {
    private static final int LOAD_BATCH = 500;
    private static final int LOADS_IN_FLIGHT = 16;
    private static final int READS_IN_FLIGHT = 64;
    private static final Duration DISTURB_EVERY = Duration.ofMillis(40);

    private final Console console;
    private final PrintStream out;
    private final EmbeddedCluster cluster;
    private final TikvClient client;
    private final DemoScale scale;
    private final long seed;

    Demo(Console console, EmbeddedCluster cluster, TikvClient client, DemoScale scale, long seed) {
        this.console = console;
        this.out = console.out();
        this.cluster = cluster;
        this.client = client;
        this.scale = scale;
        this.seed = seed;
    }

    /** Loads the data at full speed. */
    void load() throws InterruptedException {
        heading("Load: " + Quantities.count(scale.pairs()) + " pairs in batches of " + LOAD_BATCH);
        AsyncRawClient raw = client.raw().async();
        AsyncLoop loop = new AsyncLoop(LOADS_IN_FLIGHT);
        long startedNs = System.nanoTime();
        try (ProgressLine line = new ProgressLine(console)) {
            for (int i = 0; i < scale.pairs(); i += LOAD_BATCH) {
                List<KvPair> batch = batch(i);
                loop.submit(new Write(raw, batch));
                line.show(() -> ProgressLine.bar((double) loop.completed() * LOAD_BATCH / scale.pairs()));
            }
            loop.drain();
        }
        long elapsedNs = System.nanoTime() - startedNs;
        out.println("  " + Quantities.count(Quantities.perSecond(scale.pairs(), elapsedNs)) + " pairs/s in "
                + Quantities.seconds(elapsedNs));
        chart("batch put", loop.nanos());
    }

    /** Reads at random while regions split, merge and change their leaders; every value is verified. */
    void readUnderDisturbance() throws InterruptedException {
        heading("Read while regions split, merge and move (seed " + seed + ")");
        AsyncRawClient raw = client.raw().async();
        AsyncLoop loop = new AsyncLoop(READS_IN_FLIGHT);
        SplittableRandom random = new SplittableRandom(seed);
        long startedNs = System.nanoTime();
        String disturbed;
        try (ProgressLine line = new ProgressLine(console);
                Disturbance disturbance = Disturbance.start(cluster, client, seed, DISTURB_EVERY)) {
            while (System.nanoTime() - startedNs < scale.readNs()) {
                loop.submit(new Read(raw, random.nextInt(scale.pairs())));
                line.show(() -> ProgressLine.bar((double) (System.nanoTime() - startedNs) / scale.readNs()) + " "
                        + disturbance.summary());
            }
            loop.drain();
            disturbed = disturbance.summary();
        }
        long elapsedNs = System.nanoTime() - startedNs;
        out.println("  " + Quantities.count(loop.completed()) + " reads, every value right: "
                + Quantities.count(Quantities.perSecond(loop.completed(), elapsedNs)) + "/s through " + disturbed);
        chart("get", loop.nanos());
    }

    /** Transfers between accounts under contention and disturbance, on a cluster of their own; the sum is verified. */
    void transfer(EmbeddedCluster bank, TikvClient bankClient) throws InterruptedException {
        Accounts accounts = new Accounts(bankClient.transactions());
        heading("Transfer between " + accounts.count() + " accounts in transactions, 8 threads in each other's way");
        accounts.open();
        try (Disturbance disturbance = Disturbance.amongTransactions(bank, bankClient, seed + 1, DISTURB_EVERY)) {
            accounts.transferFor(scale.transferNs(), seed);
        }
        accounts.verifySum();
        out.println("  " + Quantities.count(accounts.transfers()) + " transfers, "
                + Quantities.count(accounts.conflicts()) + " lost races begun anew; in every snapshot the sum was "
                + Quantities.count(accounts.expectedSum()));
        chart("transfer", accounts.nanos());
    }

    /** Scans everything once more and compares it, pair by pair, with what was written. */
    void verifyAll() {
        heading("Verify: scan everything");
        long startedNs = System.nanoTime();
        int next = 0;
        KeyRange range = KeyRange.prefix("demo/".getBytes(StandardCharsets.US_ASCII));
        try (RawScanner pairs = client.raw().scanner(range, ScanOptions.unlimited())) {
            while (pairs.hasNext()) {
                verify(pairs.next(), next++);
            }
        }
        if (next != scale.pairs()) {
            throw new CommandFailedException(
                    "the scan found " + next + " pairs, " + scale.pairs() + " were loaded: data is missing");
        }
        long elapsedNs = System.nanoTime() - startedNs;
        out.println("  " + Quantities.count(next) + " pairs in "
                + client.regions(KeyRange.all()).size()
                + " regions, all there, in order and equal: "
                + Quantities.count(Quantities.perSecond(next, elapsedNs)) + " pairs/s");
    }

    private static void verify(KvPair pair, int expected) {
        byte[] value = pair.value();
        boolean right = DemoData.number(pair.key()) == expected && value != null && DemoData.isValue(expected, value);
        if (!right) {
            throw new CommandFailedException("the scan gave " + new String(pair.key(), StandardCharsets.US_ASCII)
                    + " where pair " + expected + " should be, or a wrong value");
        }
    }

    private List<KvPair> batch(int first) {
        List<KvPair> pairs = new ArrayList<>(LOAD_BATCH);
        for (int i = first; i < Math.min(first + LOAD_BATCH, scale.pairs()); i++) {
            pairs.add(new KvPair(DemoData.key(i), DemoData.value(i)));
        }
        return pairs;
    }

    private void heading(String text) {
        out.println();
        out.println(console.outStyle().bold(text));
        out.flush();
    }

    private void chart(String what, Histogram nanos) {
        out.println("  " + what + " latency: " + LatencyChart.percentiles(nanos));
        LatencyChart.draw(nanos).forEach(row -> out.println("  " + row));
        out.flush();
    }

    /** Immutable. A batch put. */
    private record Write(AsyncRawClient raw, List<KvPair> pairs) implements AsyncLoop.Operation<@Nullable Void> {
        @Override
        public CompletionStage<@Nullable Void> start() {
            return raw.batchPut(pairs);
        }

        @Override
        public void verify(@Nullable Void nothing) {
            // Its success is all there is; the scan at the end looks at the data
        }
    }

    /** Immutable. A get with the value it must have. */
    private record Read(AsyncRawClient raw, int number) implements AsyncLoop.Operation<byte @Nullable []> {
        @Override
        public CompletionStage<byte @Nullable []> start() {
            return raw.get(DemoData.key(number));
        }

        @Override
        public void verify(byte @Nullable [] value) {
            if (value == null || !DemoData.isValue(number, value)) {
                throw new CommandFailedException(
                        "pair " + number + " was read " + (value == null ? "as missing" : "with a wrong value"));
            }
        }
    }
}
