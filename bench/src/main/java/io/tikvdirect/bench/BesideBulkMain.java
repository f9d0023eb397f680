package io.tikvdirect.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tikvdirect.bench.nullserver.NullServerMain;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.raw.DirectRawClient;
import io.tikvdirect.client.raw.ResultView;
import io.tikvdirect.codec.buffer.KeyBuffer;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.jspecify.annotations.Nullable;

/**
 * One thread. Small gets by the clock, alone and beside large answers on the same client: {@code [rate [bulkInFlight
 * [seconds [rounds]]]]}. Latency counts from the intended start.
 */
public final class BesideBulkMain {
    private static final int SMALL = 100;
    private static final int BULK = 1 << 20;
    private static final int WARM_UP_SECONDS = 5;

    private final DirectRawClient raw;
    private final double intervalNs;
    private final KeyBuffer smallKey = key("b000000000000042");
    private final KeyBuffer bulkKey = key("L000000000000042");
    private volatile boolean bulkOn;
    private volatile @Nullable TikvException failure;

    private BesideBulkMain(DirectRawClient raw, int rate) {
        this.raw = raw;
        this.intervalNs = 1e9 / rate;
    }

    private static KeyBuffer key(String text) {
        KeyBuffer key = new KeyBuffer();
        key.append(text.getBytes(US_ASCII));
        return key;
    }

    /**
     * Measures.
     *
     * @param args numbers in the order above
     * @throws IOException when the server does not start
     */
    @SuppressWarnings("SystemOut") // its output
    public static void main(String[] args) throws IOException {
        int rate = args.length > 0 ? Integer.parseInt(args[0]) : 2_000;
        int bulkInFlight = args.length > 1 ? Integer.parseInt(args[1]) : 2;
        int seconds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 3;
        List<String> flags = List.of("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC");
        try (ServerProcess server =
                        ServerProcess.startJava(flags, NullServerMain.class, "1000", "" + SMALL, "1", "1", "" + BULK);
                TikvClient client = TikvClient.open(
                        Config.builder().pdAddresses(server.pdAddresses()).build())) {
            BesideBulkMain bench = new BesideBulkMain(client.raw().direct(), rate);
            bench.measure(bulkInFlight, WARM_UP_SECONDS);
            for (int round = 1; round <= rounds; round++) {
                System.out.println("round " + round + ", small gets alone:       " + bench.measure(0, seconds));
                System.out.println("round " + round + ", beside " + bulkInFlight + " bulk in flight: "
                        + bench.measure(bulkInFlight, seconds));
            }
        }
    }

    private String measure(int bulkInFlight, int seconds) {
        bulkOn = true;
        Bulk[] bulks = new Bulk[bulkInFlight];
        for (int i = 0; i < bulkInFlight; i++) {
            bulks[i] = new Bulk();
            bulks[i].next();
        }
        ConcurrentHistogram nanos = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        long startedNs = System.nanoTime();
        long count = (long) (seconds * 1e9 / intervalNs);
        for (long i = 0; i < count; i++) {
            long intendedNs = startedNs + (long) (i * intervalNs);
            for (long left = intendedNs - System.nanoTime(); left > 0; left = intendedNs - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            raw.get(smallKey, 0, smallKey.length(), intendedNs, new Small(nanos));
        }
        bulkOn = false;
        while (nanos.getTotalCount() < count && failure == null) {
            LockSupport.parkNanos(1_000_000);
        }
        if (failure != null) {
            throw failure;
        }
        long bulkBytes = 0;
        for (Bulk bulk : bulks) {
            bulkBytes += bulk.bytes;
        }
        return String.format(
                Locale.ROOT,
                "p50 %.0f us, p99 %.0f us, p99.9 %.0f us, bulk %.0f MiB/s",
                nanos.getValueAtPercentile(50) / 1e3,
                nanos.getValueAtPercentile(99) / 1e3,
                nanos.getValueAtPercentile(99.9) / 1e3,
                bulkBytes / (double) (1 << 20) / seconds);
    }

    /** Completed on the loop. */
    private final class Small implements DirectCallback {
        private final ConcurrentHistogram nanos;

        Small(ConcurrentHistogram nanos) {
            this.nanos = nanos;
        }

        @Override
        public void onCompleted(long intendedNs, ResultView view) {
            nanos.recordValue(Math.max(0, System.nanoTime() - intendedNs));
        }

        @Override
        public void onFailed(long intendedNs, TikvException why) {
            failure = why;
        }
    }

    /** Started by the main thread, then driven by its completions on the loop: one large get after the other. */
    private final class Bulk implements DirectCallback {
        private volatile long bytes;

        void next() {
            if (bulkOn && !raw.get(bulkKey, 0, bulkKey.length(), 0, this)) {
                throw new IllegalStateException("the window is full");
            }
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one get at a time
        public void onCompleted(long correlationId, ResultView view) {
            bytes += view.valueLength(0);
            next();
        }

        @Override
        public void onFailed(long correlationId, TikvException why) {
            failure = why;
        }
    }
}
