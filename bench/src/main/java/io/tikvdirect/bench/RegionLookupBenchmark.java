package io.tikvdirect.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.protobuf.ByteString;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.internal.pd.PlacementDriver;
import io.tikvdirect.client.internal.region.RegionCache;
import io.tikvdirect.client.internal.region.StoreTable;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.kv.ContextEncoder;
import io.tikvdirect.proto.keyspacepb.KeyspaceMeta;
import io.tikvdirect.proto.metapb.Peer;
import io.tikvdirect.proto.metapb.RegionEpoch;
import io.tikvdirect.proto.metapb.Store;
import io.tikvdirect.proto.pdpb.Region;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One thread. Looks regions up in a full cache by keys that are written into one array, or buffer, before each look-up: a
 * key as its caller has it, near, while the regions are as far as they happen to be. {@link #keyOnly} does all but the
 * look-up. Beside them keys that were written long before, many ({@link #writtenBefore}; {@link #writtenOnly} reads such a
 * key and looks nothing up) or so few that they and their regions are near ({@link #hot}). {@link #withRegion} also reads
 * what a request needs of the region: a look-up leaves that to its caller where it can.
 */
@SuppressWarnings("NullAway.Init") // set up by JMH
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"-Xms2g", "-Xmx2g", "-XX:+UseParallelGC"})
public class RegionLookupBenchmark {
    private static final int KEYS = 1 << 21;
    private static final double SKEW = 0.99;
    private static final int RUN = 64;
    private static final int WRITTEN = 1 << 18;
    private static final int HOT = 1 << 12;
    private static final int DIGITS_AT = 10;
    private static final int DIGITS = 12;
    private static final int PAGE = 1_024;
    private static final long LOAD_NS = TimeUnit.SECONDS.toNanos(60);

    /** Regions known. */
    @Param({"1000", "100000", "1000000"})
    public int regions;

    /** Which regions: any, few by far the most (Zipf's law), or 64 neighbours one after another. */
    @Param({"UNIFORM", "ZIPF", "LOCAL"})
    public Access access;

    /** Which regions are asked for. */
    public enum Access {
        UNIFORM,
        ZIPF,
        LOCAL
    }

    private ScheduledExecutorService scheduler;
    private RegionCache cache;
    private int[] numbers;
    private final byte[][] written = new byte[WRITTEN][];
    private byte[] array;
    private KeyBuffer buffer;
    private int next;

    @Setup(Level.Trial)
    @SuppressWarnings("SystemOut") // beside JMH's own figures
    public void fill() throws Exception {
        scheduler = Executors.newSingleThreadScheduledExecutor();
        long before = used();
        PlacementDriver pd = new EvenRegions(regions);
        Config config = Config.builder()
                .pdAddresses("127.0.0.1:1")
                .set("regions.max", String.valueOf(2 * regions))
                .set("regions.prefetch", String.valueOf(PAGE))
                .build();
        StoreTable stores = new StoreTable(pd, Map.of());
        cache = new RegionCache(
                config,
                KeySpace.v1(),
                pd,
                stores,
                (id, confVersion, version, peer, buckets) -> new ContextEncoder()
                        .regionId(id)
                        .regionEpoch(confVersion, version)
                        .peer(peer.id(), peer.storeId())
                        .encode(),
                scheduler,
                new Random(1));
        for (int i = 0; i < regions; i++) {
            byte[] key = EvenRegions.key(i);
            if (cache.locate(key) == null) {
                cache.load(key, System.nanoTime() + LOAD_NS).get();
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%n%d regions known, %.0f bytes each%n",
                cache.size(),
                (used() - before) / (double) regions);
        numbers = numbers(new Random(2));
        byte[] border = EvenRegions.key(0);
        array = Arrays.copyOf(border, border.length + 1); // a key within a region, as nearly all are
        array[border.length] = '5';
        buffer = new KeyBuffer();
        buffer.append(array);
        for (int i = 0; i < WRITTEN; i++) {
            written[i] = nextKey().clone();
        }
    }

    private int[] numbers(Random random) {
        double[] sums = access == Access.ZIPF ? zipf() : new double[0];
        int[] drawn = new int[KEYS];
        int first = 0;
        for (int i = 0; i < KEYS; i++) {
            switch (access) {
                case UNIFORM -> drawn[i] = random.nextInt(regions);
                case ZIPF -> drawn[i] = scattered(rank(sums, random.nextDouble()));
                case LOCAL -> {
                    first = i % RUN == 0 ? random.nextInt(regions) : first;
                    drawn[i] = (first + i % RUN) % regions;
                }
            }
        }
        return drawn;
    }

    private double[] zipf() {
        double[] sums = new double[regions];
        double sum = 0;
        for (int i = 0; i < regions; i++) {
            sum += 1 / Math.pow(i + 1.0, SKEW);
            sums[i] = sum;
        }
        return sums;
    }

    private static int rank(double[] sums, double share) {
        int found = Arrays.binarySearch(sums, share * sums[sums.length - 1]);
        return Math.min(sums.length - 1, found < 0 ? -found - 1 : found);
    }

    /** Popular regions are no neighbours. */
    private int scattered(int rank) {
        return (int) (rank * 7_919L % regions);
    }

    @SuppressWarnings("SystemGc") // to see what stays
    private static long used() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @TearDown(Level.Trial)
    public void close() {
        cache.close();
        scheduler.shutdownNow();
    }

    private byte[] nextKey() {
        int left = numbers[next++ & KEYS - 1];
        for (int at = DIGITS_AT + DIGITS - 1; left > 0 || at >= DIGITS_AT; at--) {
            array[at] = (byte) ('0' + left % 10);
            left /= 10;
        }
        return array;
    }

    @Benchmark
    public Object keyOnly() {
        return nextKey();
    }

    @Benchmark
    public @Nullable Object byArray() {
        return cache.locate(nextKey());
    }

    @Benchmark
    public @Nullable Object byBuffer() {
        buffer.clear();
        buffer.append(nextKey());
        return cache.locate(buffer, 0, buffer.length());
    }

    private byte[] nextWritten(int count) {
        return written[next++ & count - 1];
    }

    @Benchmark
    public int writtenOnly() {
        return nextWritten(WRITTEN)[DIGITS_AT + DIGITS];
    }

    @Benchmark
    public @Nullable Object writtenBefore() {
        return cache.locate(nextWritten(WRITTEN));
    }

    @Benchmark
    public @Nullable Object hot() {
        return cache.locate(nextWritten(HOT));
    }

    @Benchmark
    public int withRegion() {
        io.tikvdirect.client.internal.region.Region region = cache.locate(nextWritten(WRITTEN));
        return region == null ? 0 : region.context().length + region.leader().failureEpoch();
    }

    /** Thread-safe. A PD with regions of one key each, on three stores. */
    private record EvenRegions(int count) implements PlacementDriver {
        static byte[] key(int number) {
            return String.format(Locale.ROOT, "table/row/%012d", number).getBytes(US_ASCII);
        }

        private static int number(byte[] key) {
            return key.length == 0 ? 0 : Integer.parseInt(new String(key, 10, key.length - 10, US_ASCII));
        }

        private Region region(int number) {
            Peer.Builder leader = Peer.newBuilder().setId(10L * number + 1).setStoreId(1 + number % 3);
            io.tikvdirect.proto.metapb.Region.Builder region = io.tikvdirect.proto.metapb.Region.newBuilder()
                    .setId(number + 1L)
                    .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(1))
                    .addPeers(leader);
            for (int other = 1; other < 3; other++) {
                region.addPeers(
                        Peer.newBuilder().setId(10L * number + 1 + other).setStoreId(1 + (number + other) % 3));
            }
            if (number > 0) {
                region.setStartKey(ByteString.copyFrom(key(number)));
            }
            if (number + 1 < count) {
                region.setEndKey(ByteString.copyFrom(key(number + 1)));
            }
            return Region.newBuilder().setRegion(region).setLeader(leader).build();
        }

        @Override
        public CompletableFuture<List<Region>> scanRegions(byte[] start, byte[] end, int limit, long deadlineNs) {
            List<Region> found = new ArrayList<>();
            int last = end.length == 0 ? count : Math.min(count, number(end));
            for (int i = number(start); i < last && found.size() < limit; i++) {
                found.add(region(i));
            }
            return CompletableFuture.completedFuture(found);
        }

        @Override
        public CompletableFuture<Optional<Region>> getRegion(byte[] key, long deadlineNs) {
            return CompletableFuture.completedFuture(Optional.of(region(number(key))));
        }

        @Override
        public CompletableFuture<Optional<Region>> getPrevRegion(byte[] key, long deadlineNs) {
            return CompletableFuture.completedFuture(Optional.of(region(Math.max(0, number(key) - 1))));
        }

        @Override
        public CompletableFuture<Optional<Region>> getRegionById(long regionId, long deadlineNs) {
            return CompletableFuture.completedFuture(Optional.of(region((int) regionId - 1)));
        }

        @Override
        public CompletableFuture<List<Region>> batchScanRegions(List<byte[][]> ranges, int limit, long deadlineNs) {
            return scanRegions(ranges.get(0)[0], ranges.get(0)[1], limit, deadlineNs);
        }

        @Override
        public CompletableFuture<Optional<Store>> getStore(long storeId, long deadlineNs) {
            return CompletableFuture.completedFuture(Optional.of(store(storeId)));
        }

        @Override
        public CompletableFuture<List<Store>> getAllStores(long deadlineNs) {
            return CompletableFuture.completedFuture(List.of(store(1), store(2), store(3)));
        }

        private static Store store(long id) {
            return Store.newBuilder()
                    .setId(id)
                    .setAddress("127.0.0.1:" + (20_000 + id))
                    .setVersion("8.5.0")
                    .build();
        }

        @Override
        public CompletableFuture<KeyspaceMeta> loadKeyspace(String name, long deadlineNs) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException(name));
        }
    }
}
