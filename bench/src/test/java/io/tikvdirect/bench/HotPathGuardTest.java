package io.tikvdirect.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.channel.epoll.Epoll;
import io.netty.util.ResourceLeakDetector;
import io.tikvdirect.bench.nullserver.NullServer;
import io.tikvdirect.bench.nullserver.NullSettings;
import io.tikvdirect.client.ClientMetrics.StoreMetrics;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What does not depend on the machine: flushes, messages and heap bytes per operation of a scripted run, see {@link
 * Windows}.
 */
class HotPathGuardTest {
    private static final int WARM_UP = 60_000;
    private static final int MEASURED = 60_000;

    /**
     * "Once warm" is when the compiler has removed what does not escape; on a busy machine its threads may be late, so
     * the script is played again until it is warm, at most this often.
     */
    private static final int SCRIPTS = 10;

    /** Sampling by Netty's leak detector is on by default, so it is on here. */
    private static final ResourceLeakDetector.Level AS_USERS_HAVE_IT = ResourceLeakDetector.Level.SIMPLE;

    private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

    @BeforeEach
    void followBuffersAsByDefault() {
        ResourceLeakDetector.setLevel(AS_USERS_HAVE_IT);
    }

    @AfterEach
    void restore() {
        ResourceLeakDetector.setLevel(level);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 128})
    void oneMessageAndOneFlushPerWindowAndNoGarbage(int inFlight) throws InterruptedException {
        try (NullServer server = NullServer.start(new NullSettings(1_000, 64, 0, 1, 1));
                TikvClient client = TikvClient.open(Config.builder()
                        .pdAddresses(server.pdAddress())
                        .set("stores.interval", "1h")
                        .set("timeout", "60s")
                        .build())) {
            for (boolean writes : new boolean[] {false, true}) {
                new Windows(client.raw().direct(), inFlight, writes, WARM_UP).run();
                double least = Double.MAX_VALUE;
                for (int script = 0; script < SCRIPTS && least >= budget(inFlight); script++) {
                    least = Math.min(least, bytesOfAScript(client, inFlight, writes));
                }
                System.out.printf("%d in flight, writes %s: %.3f B/op%n", inFlight, writes, least);
                assertThat(least).as("bytes per operation").isLessThan(budget(inFlight));
            }
        }
    }

    /** Messages and flushes must be right in every script; bytes only in one, see {@link #SCRIPTS}. */
    private static double bytesOfAScript(TikvClient client, int inFlight, boolean writes) throws InterruptedException {
        StoreMetrics before = client.metrics().stores().get(0);
        LoopAllocation allocation = new LoopAllocation();
        new Windows(client.raw().direct(), inFlight, writes, MEASURED).run();
        double bytes = allocation.bytes() / (double) MEASURED;
        StoreMetrics after = client.metrics().stores().get(0);

        long windows = MEASURED / inFlight + 1; // and the one that starts the script
        assertThat(after.batches() - before.batches()).as("messages").isEqualTo(windows);
        assertThat(after.flushes() - before.flushes()).as("flushes").isEqualTo(windows);
        assertThat(after.wakeUps() - before.wakeUps()).as("wake-ups").isEqualTo(windows);
        return bytes;
    }

    /** Nothing; but from JDK 24 on the JDK's own sockets make small objects per write and read where there is no epoll. */
    private static double budget(int inFlight) {
        return Epoll.isAvailable() || Runtime.version().feature() < 24 ? 1 : 1 + 200.0 / inFlight;
    }

    /** What the client's loops have allocated; the server runs on threads of its own. */
    private static final class LoopAllocation {
        private final ThreadMXBean counters = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final long[] loops = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("tikv-direct-loop"))
                .mapToLong(LoopAllocation::id)
                .toArray();
        private final long[] before = counters.getThreadAllocatedBytes(loops);

        @SuppressWarnings("deprecation") // Thread.threadId() came with 19
        private static long id(Thread thread) {
            return thread.getId();
        }

        /** Bytes since this was made; a loop that has ended meanwhile must not count as less than nothing. */
        long bytes() {
            long[] now = counters.getThreadAllocatedBytes(loops);
            long sum = 0;
            for (int i = 0; i < loops.length; i++) {
                sum += Math.max(0, now[i] - before[i]);
            }
            return sum;
        }
    }
}
