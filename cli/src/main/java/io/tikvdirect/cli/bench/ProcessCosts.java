package io.tikvdirect.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. What the process has used up to a moment.
 *
 * @param wallNs the moment
 * @param cpuNs user and system time of the whole process
 * @param allocatedBytes heap bytes that all threads have allocated
 * @param collections garbage collections
 */
record ProcessCosts(long wallNs, long cpuNs, long allocatedBytes, long collections) {
    private static final double MIB = 1024.0 * 1024;

    static ProcessCosts now(AllocationCounter allocations) {
        long collections = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += Math.max(0, collector.getCollectionCount());
        }
        return new ProcessCosts(System.nanoTime(), cpuTimeNs(), allocations.bytes(), collections);
    }

    /** User and system time of the whole process so far. */
    static long cpuTimeNs() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** Resident memory of the process in MiB, or null where there is no {@code /proc}. */
    static @Nullable Double residentMib() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * Direct memory in MiB: what the JDK counts, and what Netty allocates past it. Netty's counter is added only if it is
     * the larger one, because where Netty uses the JDK's own allocation both count the same bytes.
     */
    static double directMib() {
        long jdk = 0;
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            jdk += pool.getName().equals("direct") ? pool.getMemoryUsed() : 0;
        }
        long netty = Math.max(0, PlatformDependent.usedDirectMemory());
        return (netty > jdk ? jdk + netty : jdk) / MIB;
    }
}
