package io.tikvdirect.client.raw.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.ClientMetrics;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A mixed load through all three faces while leaders move, regions split and merge, stores stop and start, streams are
 * reset, connections are told to go away, answers get lost and stores claim to be busy. Each worker owns its keys and knows
 * what they may hold. Every operation has to end by its deadline, and the data has to agree with the model.
 *
 * <p>{@code -Dtikvdirect.soak.operations} and {@code -Dtikvdirect.soak.seed} change what is run; what the seed decides is
 * which faults come in which order, not how threads are scheduled. How late operations may end is bounded here only by what
 * a very busy machine may do; the figures printed say how late they really were, and how late a thread was in that time that
 * has nothing to do with the client.
 */
class FaultSoakTest {

    private static final int OPERATIONS = Integer.getInteger("tikvdirect.soak.operations", 20_000);
    private static final int OPERATIONS_PER_FAULT = 150;
    private static final int WORKERS = 256;
    private static final int BLOCKING_THREADS = 16;
    private static final List<Duration> TIMEOUTS =
            List.of(Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofMillis(500));
    private static final long BUSY_MACHINE_NS = TimeUnit.SECONDS.toNanos(10);
    /** A thread that is held up for longer may have had a deadline pass without the client's doing. */
    private static final long QUIET_MACHINE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final long seed = Long.getLong("tikvdirect.soak.seed", System.nanoTime());

    @Test
    void everyOperationEndsByItsDeadlineAndTheDataAgreesWithTheModel() throws Exception {
        soak(OPERATIONS);
    }

    @Test
    @Tag("slow")
    void twoHundredThousandOperations() throws Exception {
        soak(200_000);
    }

    private void soak(int operations) throws Exception {
        System.out.println("FaultSoakTest seed " + seed + ", " + operations + " operations, timeouts " + TIMEOUTS);
        List<byte[]> splits = new ArrayList<>();
        for (int i = 32; i < WORKERS; i += 32) {
            splits.add(Worker.prefix(i));
        }
        ExecutorService threads = Executors.newFixedThreadPool(2 * BLOCKING_THREADS);
        try (EmbeddedCluster cluster = EmbeddedCluster.builder()
                        .stores(3)
                        .splitKeys(splits)
                        .seed(seed)
                        .start();
                TikvClient client = TikvClient.open(Config.builder()
                        .set("pd.addresses", String.join(",", cluster.pdAddresses()))
                        .set("timeout", "20s")
                        .build())) {
            Tally tally = new Tally(operations);
            CountDownLatch idle = new CountDownLatch(WORKERS);
            List<Worker> workers = workers(client.raw(), threads, tally, idle);
            Trouble trouble = new Trouble(cluster, tally, seed, WORKERS, OPERATIONS_PER_FAULT);
            Thread troubling = new Thread(trouble, "trouble");
            Hiccups hiccups = new Hiccups();
            LoopWatch watch = new LoopWatch();
            List<Thread> watching = List.of(new Thread(hiccups, "hiccups"), new Thread(watch, "loop-watch"));
            watching.forEach(thread -> thread.setDaemon(true));
            watching.forEach(Thread::start);
            long startNs = System.nanoTime();
            troubling.start();
            workers.forEach(Worker::next);
            boolean ended = idle.await(300, TimeUnit.SECONDS);
            long tookNs = System.nanoTime() - startNs;
            trouble.stop();
            troubling.join();
            hiccups.stop();
            watch.stop();
            for (Thread each : watching) {
                each.join();
            }
            report(tally, trouble, cluster, client.metrics(), tookNs);
            report(tally.worst(), hiccups, watch);
            assertThat(tally.wrong()).isEmpty();
            assertThat(ended).as("all operations ended").isTrue();
            assertThat(tally.ended()).isEqualTo(operations);
            judge(client, tally, operations, hiccups);
            workers.forEach(worker -> worker.compare(client.raw()));
        } finally {
            threads.shutdownNow();
        }
    }

    /** All faces with the longest timeout, the asynchronous and the blocking one with shorter ones too. */
    private List<Worker> workers(RawClient raw, ExecutorService threads, Tally tally, CountDownLatch idle) {
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            List<Face> faces = new ArrayList<>();
            List<Long> timeoutsNs = new ArrayList<>();
            for (Duration timeout : TIMEOUTS) {
                RawClient view = raw.with(raw.options().withTimeout(timeout));
                // a thread of the blocking workers serves one worker: waiting for a thread would count as the client's
                // time
                faces.add(i < BLOCKING_THREADS ? Face.Blocking.of(view, threads) : Face.Async.of(view));
                faces.add(i < BLOCKING_THREADS ? Face.Async.of(view) : Face.Direct.of(view));
                timeoutsNs.add(timeout.toNanos());
                timeoutsNs.add(timeout.toNanos());
            }
            workers.add(new Worker(i, faces, timeoutsNs, seed, tally, idle));
        }
        return workers;
    }

    private static void report(
            Tally tally, Trouble trouble, EmbeddedCluster cluster, ClientMetrics metrics, long tookNs) {
        System.out.println("FaultSoakTest " + tally + "; the client's own account: overrun "
                + Tally.millis(metrics.worstOverrunNanos()) + ", event loop delayed "
                + Tally.millis(metrics.worstLoopDelayNanos()) + "; " + trouble.made() + ", "
                + cluster.faults().fired() + " requests hurt, "
                + cluster.regions().size() + " regions at the end, "
                + metrics.backoffs() + " back-offs, " + TimeUnit.NANOSECONDS.toMillis(tookNs) + " ms");
    }

    private static void report(Tally.Overrun worst, Hiccups hiccups, LoopWatch watch) {
        System.out.println("FaultSoakTest a thread with nothing to do was held up for "
                + Tally.millis(hiccups.worstNs()) + " at worst, and for "
                + Tally.millis(hiccups.heldUpNs(worst.deadlineNs(), worst.endNs()))
                + " of the time between that deadline and the end of its operation, in which the event loop "
                + watch.between(worst.deadlineNs(), worst.endNs()));
    }

    private static void judge(TikvClient client, Tally tally, int operations, Hiccups hiccups) {
        ClientMetrics metrics = client.metrics();
        assertThat(tally.worst().lengthNs())
                .as("overrun, given that the event loop was delayed by " + metrics.worstLoopDelayNanos() + " ns")
                .isLessThan(BUSY_MACHINE_NS + metrics.worstLoopDelayNanos());
        boolean quiet = Math.max(hiccups.worstNs(), metrics.worstLoopDelayNanos()) < QUIET_MACHINE_NS;
        assertThat(tally.failed())
                .as("failed operations, on a %s machine", quiet ? "quiet" : "busy")
                .isLessThan(quiet ? operations / 20 : operations / 20 * 19);
        Awaitility.await()
                .untilAsserted(() -> assertThat(client.metrics().inFlight()).isZero());
    }
}
