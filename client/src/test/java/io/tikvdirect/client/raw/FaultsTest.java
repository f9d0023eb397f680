package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.EmbeddedRegion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each single fault does to an operation under way. */
class FaultsTest {

    private EmbeddedCluster cluster;
    private TikvClient client;
    private RawClient raw;

    @BeforeEach
    void open() throws Exception {
        cluster = EmbeddedCluster.builder()
                .stores(3)
                .splitKeys(List.of(bytes("m")))
                .start();
        client = TestClients.open(cluster);
        raw = client.raw();
        raw.put(bytes("a"), bytes("1"));
        raw.put(bytes("z"), bytes("2"));
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    private long leaderOf(String key) {
        return cluster.regionOf(bytes(key)).leaderStoreId();
    }

    @Test
    void theLeaderMoves() {
        EmbeddedRegion region = cluster.regionOf(bytes("a"));
        region.peers().forEach(peer -> {
            cluster.transferLeader(region.id(), peer.storeId());
            assertThat(raw.get(bytes("a"))).isEqualTo(bytes("1"));
        });
    }

    @Test
    void aRegionSplitsAndMergesUnderABatchAndAScan() {
        List<KvPair> pairs = IntStream.range(0, 2_000)
                .mapToObj(i -> new KvPair(bytes(String.format("k%05d", i)), bytes("v" + i)))
                .toList();
        raw.batchPut(pairs);
        List<byte[]> keys = pairs.stream().map(KvPair::key).toList();
        for (int i = 100; i < 2_000; i += 300) {
            cluster.split(bytes(String.format("k%05d", i)));
        }
        assertThat(raw.batchGet(keys)).hasSize(2_000).doesNotContainNull();
        cluster.split(bytes("k00555"));
        assertThat(raw.scan(KeyRange.prefix(bytes("k")), ScanOptions.limit(5_000)))
                .isEqualTo(pairs);
        List<EmbeddedRegion> regions = cluster.regions();
        for (int i = 1; i < regions.size() - 1; i++) {
            cluster.merge(regions.get(i).id(), regions.get(i + 1).id());
        }
        assertThat(raw.scan(
                        KeyRange.prefix(bytes("k")), ScanOptions.limit(5_000).reversed()))
                .hasSize(2_000);
        raw.batchDelete(keys);
        assertThat(raw.scan(KeyRange.prefix(bytes("k")), ScanOptions.limit(5_000)))
                .isEmpty();
    }

    @Test
    void theStoreStopsAndStarts() throws Exception {
        long store = leaderOf("a");
        cluster.stopStore(store);
        assertThat(raw.get(bytes("a"))).isEqualTo(bytes("1"));
        cluster.startStore(store);
        cluster.transferLeader(cluster.regionOf(bytes("a")).id(), store);
        assertThat(raw.get(bytes("a"))).isEqualTo(bytes("1"));
    }

    @Test
    void theStoreMovesToAnotherAddress() throws Exception {
        long store = leaderOf("a");
        cluster.moveStore(store);
        cluster.transferLeader(cluster.regionOf(bytes("a")).id(), store);
        assertThat(raw.get(bytes("a"))).isEqualTo(bytes("1"));
    }

    @Test
    void theStreamIsResetOrTheConnectionToldToGoAway() {
        cluster.faults().on("RawGet").times(1).resetBefore();
        assertThat(raw.get(bytes("a"))).isEqualTo(bytes("1"));
        cluster.faults().on("RawGet").times(1).resetAfter();
        assertThat(raw.get(bytes("a"))).isEqualTo(bytes("1"));
        cluster.faults().on("RawGet").times(1).goAway();
        assertThat(raw.get(bytes("a"))).isEqualTo(bytes("1"));
        assertThat(raw.get(bytes("a"))).isEqualTo(bytes("1"));
        cluster.faults().on("RawPut").times(1).goAwayRefusing();
        raw.put(bytes("a"), bytes("3"));
        assertThat(raw.get(bytes("a"))).isEqualTo(bytes("3"));
    }

    @Test
    void theStoreIsBusyOnce() {
        cluster.faults().on("RawGet").times(1).serverBusy(Duration.ofMillis(5));
        assertThat(raw.get(bytes("a"))).isEqualTo(bytes("1"));
        assertThat(client.metrics().backoffs()).isPositive();
    }

    @Test
    void aSilentStoreEndsTheCallAtItsDeadlineAndTouchesNoOther() {
        cluster.faults().on("RawGet").store(leaderOf("a")).times(1).dropBefore();
        RawClient hurried = raw.with(raw.options().withTimeout(Duration.ofMillis(300)));
        assertThatThrownBy(() -> hurried.get(bytes("a"))).isInstanceOf(RequestTimeoutException.class);
        // a request that a busy machine has not sent in time leaves its fault to the next one
        cluster.faults().clear();
        assertThat(raw.get(bytes("z"))).isEqualTo(bytes("2"));
        assertThat(raw.get(bytes("a"))).isEqualTo(bytes("1"));
        Awaitility.await()
                .untilAsserted(() -> assertThat(client.metrics().timeouts()).isEqualTo(1));
        Awaitility.await()
                .untilAsserted(() -> assertThat(client.metrics().inFlight()).isZero());
    }

    @Test
    void aLostAnswerToACompareAndSwapIsUndeterminedAndIsNotRepeated() {
        RawClient atomic = raw.with(raw.options().withAtomic(true));
        cluster.faults().on("RawCompareAndSwap").times(1).closeAfter();
        assertThatThrownBy(() -> atomic.compareAndSwap(bytes("a"), bytes("1"), bytes("2")))
                .isInstanceOf(UndeterminedException.class);
        assertThat(atomic.get(bytes("a"))).isEqualTo(bytes("2"));
    }

    @Test
    void aCompareAndSwapThatWasNotServedGoesElsewhere() {
        RawClient atomic = raw.with(raw.options().withAtomic(true));
        EmbeddedRegion region = cluster.regionOf(bytes("a"));
        long other = region.peers().stream()
                .mapToLong(peer -> peer.storeId())
                .filter(id -> id != region.leaderStoreId())
                .findFirst()
                .orElseThrow();
        cluster.transferLeader(region.id(), other);
        assertThat(atomic.compareAndSwap(bytes("a"), bytes("1"), bytes("2")).swapped())
                .isTrue();
    }

    @Test
    void anAtomicWriteWhoseAnswerIsLostIsUndetermined() {
        RawClient atomic = raw.with(raw.options().withAtomic(true));
        cluster.faults().on("RawPut").times(1).closeAfter();
        assertThatThrownBy(() -> atomic.put(bytes("a"), bytes("9"))).isInstanceOf(UndeterminedException.class);
    }

    @Test
    void aPartOfABatchFailsAndItsKeysAreNamed() {
        cluster.faults()
                .on("RawBatchPut")
                .region(cluster.regionOf(bytes("z")).id())
                .dropBefore();
        RawClient hurried = raw.with(raw.options().withTimeout(Duration.ofMillis(500)));
        // asynchronously: a blocking caller on a busy machine may give up before the event loop can tell it all
        assertThatThrownBy(() -> hurried.async()
                        .batchPut(List.of(new KvPair(bytes("b"), bytes("1")), new KvPair(bytes("y"), bytes("2"))))
                        .toCompletableFuture()
                        .join())
                .cause()
                .isInstanceOfSatisfying(PartialFailureException.class, failure -> {
                    assertThat(failure.failedKeys()).containsExactly(bytes("y"));
                    assertThat(failure.totalKeys()).isEqualTo(2);
                });
        cluster.faults().clear();
        assertThat(raw.get(bytes("b"))).isEqualTo(bytes("1"));
    }

    @Test
    void anErrorInAScanNeverLooksLikeItsEnd() {
        cluster.faults().on("RawScan").region(cluster.regionOf(bytes("z")).id()).dropBefore();
        RawClient hurried = raw.with(raw.options().withTimeout(Duration.ofMillis(500)));
        RawScanner scanner =
                hurried.scanner(KeyRange.all(), ScanOptions.unlimited().withPageSize(1));
        assertThat(scanner.next().key()).isEqualTo(bytes("a"));
        assertThatThrownBy(scanner::hasNext).isInstanceOf(TikvException.class);
        assertThatThrownBy(scanner::hasNext).isInstanceOf(TikvException.class);
        scanner.close();
    }

    @Test
    void aFullWindowRefusesOrWaitsAsConfigured() throws Exception {
        try (TikvClient small = window("fail");
                TikvClient patient = window("wait")) {
            cluster.faults().on("RawGet").dropBefore();
            List<CompletableFuture<byte[]>> some = gets(small, 8);
            Awaitility.await().untilAsserted(() -> assertThat(some.stream().filter(FaultsTest::isRefused))
                    .hasSize(6));
            cluster.faults().clear();
            cluster.faults().on("RawGet").delay(Duration.ofMillis(100));
            for (CompletableFuture<byte[]> each : gets(patient, 6)) {
                assertThat(each.get(60, TimeUnit.SECONDS)).isEqualTo(bytes("1"));
            }
            Awaitility.await().untilAsserted(() -> assertThat(patient.metrics().inFlight())
                    .isZero());
            cluster.faults().clear();
            cluster.faults().on("RawGet").dropBefore();
            KeyBuffer key = new KeyBuffer();
            key.append(bytes("a"));
            AtomicInteger ended = new AtomicInteger();
            DirectCallback counting = new DirectCallback() {
                @Override
                public void onCompleted(long correlationId, ResultView view) {
                    ended.incrementAndGet();
                }

                @Override
                public void onFailed(long correlationId, TikvException failure) {
                    ended.incrementAndGet();
                }
            };
            int accepted = 0;
            for (int i = 0; i < 5; i++) {
                accepted += patient.raw().direct().get(key, 0, 1, i, counting) ? 1 : 0;
            }
            assertThat(accepted).isEqualTo(2);
            patient.close();
            Awaitility.await().untilAsserted(() -> assertThat(ended).hasValue(2));
        }
    }

    /** A client with two places. */
    private TikvClient window(String whenFull) {
        return TestClients.open(
                cluster,
                "inflight.operations",
                "2",
                "async.saturation",
                whenFull,
                "store.probe-timeout",
                "0",
                "timeout",
                "5m",
                "close.timeout",
                "10ms");
    }

    private static List<CompletableFuture<byte[]>> gets(TikvClient of, int count) {
        List<CompletableFuture<byte[]>> stages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            stages.add(of.raw().async().get(bytes("a")).toCompletableFuture());
        }
        return stages;
    }

    private static boolean isRefused(CompletableFuture<byte[]> stage) {
        try {
            return stage.isDone() && stage.join() == null;
        } catch (CompletionException failed) {
            return failed.getCause() instanceof BackpressureException;
        }
    }

    @Test
    void anInterruptEndsTheWaitingAndKeepsTheFlag() {
        cluster.faults().on("RawGet").times(1).dropBefore();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> raw.get(bytes("a")))
                .isInstanceOf(OperationCancelledException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void closingEndsWhatIsUnderWayAndAllThreads() {
        cluster.faults().on("RawGet").dropBefore();
        TikvClient closing = TestClients.open(cluster, "close.timeout", "50ms");
        List<CompletableFuture<byte[]>> waiting = gets(closing, 20);
        closing.close();
        closing.close();
        for (CompletableFuture<byte[]> each : waiting) {
            assertThat(each)
                    .failsWithin(Duration.ofSeconds(60))
                    .withThrowableThat()
                    .withCauseInstanceOf(ClientClosedException.class);
        }
        assertThatThrownBy(() -> closing.raw().get(bytes("a"))).isInstanceOf(ClientClosedException.class);
        assertThat(closing.raw().async().get(bytes("a")).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableThat()
                .withCauseInstanceOf(ClientClosedException.class);
    }

    @Test
    void closingFromACallbackWorks() throws Exception {
        TikvClient closing = TestClients.open(cluster);
        CompletableFuture<Void> called = new CompletableFuture<>();
        TestClients.onALoop(closing.raw().direct(), () -> {
            closing.close();
            called.complete(null);
        });
        called.get(20, TimeUnit.SECONDS);
        closing.close();
        assertThatThrownBy(() -> closing.raw().get(bytes("a"))).isInstanceOf(ClientClosedException.class);
    }

    @Test
    void aClosedClientLeavesNoThread() {
        assertThat(loops()).isPositive();
        client.close();
        Awaitility.await().untilAsserted(() -> assertThat(loops()).isZero());
    }

    private static long loops() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("tikv-direct"))
                .count();
    }
}
