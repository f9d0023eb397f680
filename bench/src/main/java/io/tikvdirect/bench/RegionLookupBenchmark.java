package io.tikvdirect.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.region.RegionCache;
import io.tikvdirect.client.internal.region.StoreTable;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.kv.ContextEncoder;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
 * One thread. Looks up the regions of random keys in a cache filled through its own loader, and prints the bytes of heap a
 * cached region takes. Each key is written into one array before the look-up, so that reading keys costs no cache misses of
 * its own. {@link #dependent} makes the next key depend on the region found, so that a look-up cannot begin before the one
 * before it has ended: latency. The others let the processor overlap what it can, as work of different calls does.
 */
@SuppressWarnings("NullAway.Init") // set up by JMH
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgs = {"-Xms3g", "-Xmx3g", "-XX:+UseParallelGC"})
public class RegionLookupBenchmark {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
    private static final long MINUTE_NS = TimeUnit.MINUTES.toNanos(1);
    private static final int ROW_LENGTH = 19;
    private static final int TEXT_LENGTH = 32;

    /** Regions in the cache. */
    @Param({"1000", "100000", "1000000"})
    public int regions;

    /**
     * Row: a table prefix of 11 bytes and a binary number of 8. Text: {@code customer/orders/} and 16 hexadecimal digits.
     */
    @Param({"ROW", "TEXT"})
    public KeyShape shape;

    private ScheduledExecutorService scheduler;
    private RegionCache cache;
    private byte[] key;
    private KeyBuffer buffer;
    private SplittableRandom random;
    private long last;

    /** Kinds of keys. */
    public enum KeyShape {
        /** Binary. */
        ROW,
        /** Printable. */
        TEXT
    }

    @Setup(Level.Trial)
    public void fill() {
        random = new SplittableRandom(42);
        key = keyOf(0);
        buffer = new KeyBuffer();
        buffer.append(key);
        scheduler = Executors.newSingleThreadScheduledExecutor();
        Config config = Config.builder()
                .pdAddresses("127.0.0.1:1")
                .set("regions.max", "2000000")
                .set("regions.prefetch", "1024")
                .build();
        long before = usedHeap();
        ManyRegions pd = new ManyRegions(regions, this::boundary);
        KeySpace keySpace = KeySpace.v1();
        cache = new RegionCache(
                config,
                keySpace,
                pd,
                new StoreTable(pd, config.addressMap()),
                (id, confVersion, version, peer) -> new ContextEncoder()
                        .regionId(id)
                        .regionEpoch(confVersion, version)
                        .peer(peer.id(), peer.storeId(), peer.role().getNumber(), false)
                        .keySpace(keySpace)
                        .encode(),
                scheduler,
                new java.util.Random(7));
        byte[] next = new byte[0];
        do {
            next = cache.load(next, System.nanoTime() + MINUTE_NS).join().end();
        } while (next.length > 0);
        System.out.printf(
                "%n%d regions cached, %.1f B of heap each%n",
                cache.size(), (usedHeap() - before) / (double) cache.size());
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @TearDown(Level.Trial)
    public void close() {
        cache.close();
        scheduler.shutdownNow();
    }

    /** Where region number {@code index} begins; not quite evenly spread. */
    private byte[] boundary(int index) {
        if (index == 0 || index == regions) {
            return new byte[0];
        }
        long step = Long.divideUnsigned(-1L, regions);
        long jitter = (index * 0x9E3779B97F4A7C15L >>> 1) % (step / 2);
        return keyOf(index * step + jitter);
    }

    private byte[] keyOf(long number) {
        byte[] made = new byte[shape == KeyShape.ROW ? ROW_LENGTH : TEXT_LENGTH];
        byte[] prefix = (shape == KeyShape.ROW ? "t0000002c_r" : "customer/orders/").getBytes(US_ASCII);
        System.arraycopy(prefix, 0, made, 0, prefix.length);
        write(made, number);
        return made;
    }

    private void write(byte[] into, long number) {
        if (shape == KeyShape.ROW) {
            LONG.set(into, ROW_LENGTH - Long.BYTES, number);
        } else {
            for (int i = 0; i < Long.BYTES * 2; i++) {
                into[TEXT_LENGTH - 1 - i] = HEX[(int) (number >>> (4 * i)) & 15];
            }
        }
    }

    /** What the benchmarks cost without any look-up. */
    @Benchmark
    public byte[] keyOnly() {
        write(key, random.nextLong());
        return key;
    }

    @Benchmark
    public Region byArray() {
        write(key, random.nextLong());
        return cache.locate(key);
    }

    @Benchmark
    public Region byBuffer() {
        write(key, random.nextLong());
        buffer.putBytes(0, key);
        return cache.locate(buffer, 0, key.length);
    }

    @Benchmark
    public Region byEnd() {
        write(key, random.nextLong());
        return cache.locateEnd(key);
    }

    @Benchmark
    public Region dependent() {
        write(key, random.nextLong() ^ last);
        Region region = cache.locate(key);
        last = region.id() >>> Integer.SIZE;
        return region;
    }
}
