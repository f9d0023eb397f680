package io.tikvdirect.cli.load;

import io.tikvdirect.cli.report.Quantities;
import io.tikvdirect.client.TikvClient;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;

/** Stateless. What a load took of memory, in words. */
final class MemoryUse {
    private MemoryUse() {}

    /** The most heap there was, garbage included, and the direct memory of the client's buffers. */
    static String describe(TikvClient client) {
        long peak = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP) {
                peak += pool.getPeakUsage().getUsed();
            }
        }
        long most = Runtime.getRuntime().maxMemory();
        return "memory: heap at most " + Quantities.bytes(Math.min(peak, most)) + " of " + Quantities.bytes(most)
                + ", direct " + Quantities.bytes(client.metrics().directBytes());
    }
}
