package io.tikvdirect.bench.peer;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.tikv.common.TiConfiguration;
import org.tikv.common.TiSession;
import org.tikv.raw.RawKVClient;

/**
 * Drives a cluster with the official Java client as {@code ./tikv bench} drives it with tikv-direct: the same flags, the
 * same workloads, the same line of JSON.
 */
public final class Main {
    private static final int JOIN_MS = 60_000;
    /** This client starts and ends threads while it works: they are looked at often enough to miss little. */
    private static final int LOOK_MS = 250;
    /** How much longer than asked it warms up at most while the compilers are busy with it. */
    private static final int MORE_WARM_UP_MS = 90_000;

    private Main() {}

    /** Runs. */
    public static void main(String[] args) throws Exception {
        Flags flags = new Flags(args);
        TiConfiguration settings = TiConfiguration.createRawDefault(flags.text("pd", System.getenv("PD_ADDRS")));
        try (TiSession session = TiSession.create(settings);
                RawKVClient client = session.createRawClient()) {
            Work work = new Work(client, flags);
            if (!flags.has("no-load")) {
                work.load(flags.number("bulk", 0) > 0);
            }
            System.out.println(run(work, flags));
        }
        System.exit(0); // its threads do not all end by themselves
    }

    private static String run(Work work, Flags flags) throws InterruptedException, IOException {
        int inFlight = flags.number("in-flight", 16);
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < inFlight; i++) {
            workers.add(new Worker(work, i, inFlight, flags.decimal("rate")));
        }
        workers.forEach(Thread::start);
        for (int i = 0; i < flags.number("bulk", 0); i++) {
            new Bulk(work, i).start();
        }
        Thread.sleep(flags.millis("warmup", "5s"));
        Compilers.awaitQuiet(MORE_WARM_UP_MS);
        Bulk.BYTES.set(0);
        Costs before = Costs.now();
        Worker.phase = Worker.Phase.MEASURING;
        for (long left = flags.millis("duration", "10s"); left > 0; left -= LOOK_MS) {
            Thread.sleep(Math.min(left, LOOK_MS));
            Costs.look();
        }
        Worker.phase = Worker.Phase.OVER;
        Costs after = Costs.now();
        if (flags.number("bulk", 0) > 0) {
            double seconds = (after.wallNs - before.wallNs) / 1e9;
            System.err.printf(
                    Locale.ROOT,
                    "tikv-client-java-bench: bulk %.1f MiB/s beside%n",
                    Bulk.BYTES.get() / (double) (1 << 20) / seconds);
        }
        double resident = residentMib();
        Histogram nanos = new Histogram(3_600_000_000_000L, 3);
        long errors = 0;
        for (Worker worker : workers) {
            worker.join(JOIN_MS);
            nanos.add(worker.nanos);
            errors += worker.errors;
            if (worker.lastError != null) {
                System.err.println("tikv-client-java-bench: " + worker.lastError);
            }
        }
        return json(flags, inFlight, nanos, errors, before, after, resident);
    }

    /** What the process has used. */
    private record Costs(long wallNs, long cpuNs, long allocated, long collections) {
        static Costs now() {
            long collections = 0;
            for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
                collections += collector.getCollectionCount();
            }
            OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Costs(System.nanoTime(), system.getProcessCpuTime(), allocatedByAll(), collections);
        }

        private static final Map<Long, Long> LAST_SEEN = new HashMap<>();

        /** Notes what each thread has allocated; one that has ended keeps its last figure. */
        static void look() {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long[] ids = threads.getAllThreadIds();
            long[] bytes = threads.getThreadAllocatedBytes(ids);
            for (int i = 0; i < ids.length; i++) {
                LAST_SEEN.merge(ids[i], bytes[i], Math::max);
            }
        }

        private static long allocatedByAll() {
            look();
            return LAST_SEEN.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    private static String json(
            Flags flags, int inFlight, Histogram nanos, long errors, Costs before, Costs after, double resident) {
        long ops = nanos.getTotalCount();
        double perOp = 1.0 / Math.max(1, ops);
        return String.format(
                Locale.ROOT,
                "{\"workload\":\"%s\",\"face\":\"sync\",\"in_flight\":%d,\"threads\":%d,\"ops\":%d,\"errors\":%d,"
                        + "\"ops_per_s\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f,\"max_us\":%.1f,"
                        + "\"client_cpu_us_per_op\":%.3f,\"alloc_bytes_per_op\":%.1f,\"gc_count\":%d,\"rss_mb\":%.1f,"
                        + "\"direct_mb\":%.1f,\"jvm\":\"%s %s\"}",
                flags.text("workload", ""),
                inFlight,
                inFlight,
                ops,
                errors,
                ops * 1e9 / (after.wallNs - before.wallNs),
                nanos.getValueAtPercentile(50) / 1e3,
                nanos.getValueAtPercentile(99) / 1e3,
                nanos.getValueAtPercentile(99.9) / 1e3,
                nanos.getMaxValue() / 1e3,
                (after.cpuNs - before.cpuNs) / 1e3 * perOp,
                (after.allocated - before.allocated) * perOp,
                after.collections - before.collections,
                resident,
                directMib(),
                System.getProperty("java.vm.name"),
                Runtime.version());
    }

    private static double residentMib() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        return 0;
    }

    private static double directMib() {
        double bytes = 0;
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            bytes += pool.getName().equals("direct") ? pool.getMemoryUsed() : 0;
        }
        return bytes / (1 << 20);
    }
}
