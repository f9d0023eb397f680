package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.PdUnavailableException;
import io.tikvdirect.client.ServerException;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UnsupportedFeatureException;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.client.txn.GcBarrier;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.Maintenance;
import io.tikvdirect.client.txn.RangeOptions;
import io.tikvdirect.client.txn.RangeReport;
import io.tikvdirect.client.txn.Snapshot;
import io.tikvdirect.client.txn.SnapshotOptions;
import io.tikvdirect.client.txn.SnapshotTooOldException;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.client.txn.TxnClusters;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Garbage collection and the other work on whole ranges. */
@Timeout(120)
class MaintenanceTest extends EngineFixture {

    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static final RangeOptions SMALL_PARTS = RangeOptions.DEFAULT.withRegionsPerPart(2);

    private static Maintenance maintenance;
    private String prefix;

    @BeforeAll
    static void start() throws Exception {
        open(EmbeddedCluster.builder().stores(3).start());
        maintenance = transactions.maintenance();
    }

    @BeforeEach
    void choosePrefix() {
        prefix = String.format("maintenance/%03d/", PREFIXES.incrementAndGet());
    }

    @AfterEach
    void mend() {
        cluster.faults().clear();
    }

    private byte[] key(String name) {
        return (prefix + name).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] key(int number) {
        return key(String.format("%04d", number));
    }

    private KeyRange range() {
        return KeyRange.prefix(prefix.getBytes(StandardCharsets.UTF_8));
    }

    private void write(byte[] key, String value) {
        transactions.run(TransactionOptions.DEFAULT, txn -> {
            txn.put(key, value.getBytes(StandardCharsets.UTF_8));
            return null;
        });
    }

    private static String read(Snapshot snapshot, byte[] key) {
        byte[] value = snapshot.get(key);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    private void split(int... numbers) throws Exception {
        for (int number : numbers) {
            cluster.splitAtRegionKey(KeySpace.v1Txn().regionKey(key(number)));
        }
    }

    /** Counts the requests of a kind from now on. */
    private static AtomicInteger counted(String rpc) {
        awaitIdle(); // what is left of an earlier test is not counted
        AtomicInteger count = new AtomicInteger();
        cluster.faults()
                .on(rpc)
                .where(site -> {
                    count.incrementAndGet();
                    return false;
                })
                .fail(Status.INTERNAL);
        return count;
    }

    /** Locks keys as a transaction that nobody ends. */
    private static long abandon(List<byte[]> keys, boolean asyncCommit) {
        long startTs = timestamp();
        if (asyncCommit) {
            prewriteAsync(keys, keys.get(0), keys.subList(1, keys.size()), startTs, HOUR_MS);
        } else {
            prewrite(keys, keys.get(0), startTs, HOUR_MS);
        }
        return startTs;
    }

    private static void commitPrimary(byte[] primary, long startTs) {
        CommitCall call = commitPrimary(primary, startTs, timestamp());
        assertThat(call.failure()).isNull();
    }

    @Test
    void whatIsCollectedCannotBeReadAnyMore() {
        write(key("a"), "old");
        Timestamp then = transactions.timestamp();
        write(key("a"), "new");
        Timestamp safePoint = transactions.timestamp();
        Snapshot old = transactions.snapshot(then);
        assertThat(read(old, key("a"))).isEqualTo("old");

        assertThat(maintenance.collectGarbage(safePoint, RangeOptions.DEFAULT)).isEqualTo(safePoint);

        assertThat(maintenance.safePoints().transactions()).isEqualTo(safePoint);
        assertThat(maintenance.safePoints().garbage()).isEqualTo(safePoint);
        assertThatThrownBy(() -> old.get(key("a"))).isInstanceOf(SnapshotTooOldException.class);
        assertThatThrownBy(() -> old.batchGet(List.of(key("a")))).isInstanceOf(SnapshotTooOldException.class);
        assertThatThrownBy(() -> old.scan(range(), ScanOptions.limit(10))).isInstanceOf(SnapshotTooOldException.class);
        assertThat(read(transactions.snapshot(safePoint), key("a"))).isEqualTo("new");
        assertThat(read(transactions.snapshot(Timestamp.LATEST), key("a"))).isEqualTo("new");
    }

    @Test
    void anotherClientHearsOfTheSafePoint() {
        Timestamp then = transactions.timestamp();
        try (TikvClient other = TxnClusters.open(cluster)) {
            Snapshot old = other.transactions().snapshot(then);
            maintenance.collectGarbage(transactions.timestamp(), RangeOptions.DEFAULT);
            await().atMost(PATIENCE)
                    .until(() -> catchThrowable(() -> old.get(key("a"))) instanceof SnapshotTooOldException);
        }
    }

    @Test
    void aBarrierKeepsOldVersions() {
        write(key("a"), "old");
        Timestamp then = transactions.timestamp();
        write(key("a"), "new");
        Timestamp safePoint = transactions.timestamp();
        Snapshot old = transactions.snapshot(then);
        try (GcBarrier barrier = maintenance.holdGarbage(prefix, then, Duration.ofMinutes(5))) {
            assertThat(barrier.isHeld()).isTrue();
            assertThat(maintenance.safePoints().barriers()).containsEntry(prefix, then);
            assertThat(maintenance.collectGarbage(safePoint, RangeOptions.DEFAULT))
                    .isEqualTo(then);
            assertThat(read(old, key("a"))).isEqualTo("old");
        }
        await().atMost(PATIENCE)
                .until(() -> !maintenance.safePoints().barriers().containsKey(prefix));
        assertThat(maintenance.collectGarbage(safePoint, RangeOptions.DEFAULT)).isEqualTo(safePoint);
        assertThatThrownBy(() -> old.get(key("a"))).isInstanceOf(SnapshotTooOldException.class);
    }

    @Test
    void aBarrierOfAllKeyspacesKeepsOldVersions() {
        write(key("a"), "old");
        Timestamp then = transactions.timestamp();
        write(key("a"), "new");
        Timestamp safePoint = transactions.timestamp();
        AtomicInteger set = counted("SetGlobalGCBarrier");
        try (GcBarrier barrier = maintenance.holdGarbageEverywhere(prefix, then, Duration.ofSeconds(1))) {
            assertThat(maintenance.safePoints().globalBarriers()).containsEntry(prefix, then);
            assertThat(maintenance.safePoints().barriers()).doesNotContainKey(prefix);
            await().atMost(PATIENCE).until(() -> set.get() > 4);
            await().atMost(PATIENCE).until(barrier::isHeld);
        }
        await().atMost(PATIENCE)
                .until(() -> !maintenance.safePoints().globalBarriers().containsKey(prefix));
        try (GcBarrier barrier = maintenance.holdGarbageEverywhere(prefix, then, Duration.ofMinutes(5))) {
            assertThat(maintenance.collectGarbage(safePoint, RangeOptions.DEFAULT))
                    .isEqualTo(barrier.timestamp());
        }
        await().atMost(PATIENCE)
                .until(() -> !maintenance.safePoints().globalBarriers().containsKey(prefix));
        assertThat(maintenance.collectGarbage(safePoint, RangeOptions.DEFAULT)).isEqualTo(safePoint);
    }

    @Test
    void aStaleReadOfANewStateShortensTheAgeOfLowResolutionTimestamps() {
        try (TikvClient other = TxnClusters.open(cluster)) {
            TransactionClient its = other.transactions();
            Timestamp now = its.lowResolutionTimestamp();
            TxnEngine itsEngine;
            try (Transaction any = its.begin()) {
                itsEngine = ((TransactionFace) any).core().engine();
            }
            assertThat(itsEngine.clock().lowResolutionNs()).isEqualTo(TimeUnit.SECONDS.toNanos(2));
            Timestamp newest = Timestamp.of(now.physicalMs() + HOUR_MS, 0);
            assertThat(its.snapshot(newest)
                            .with(SnapshotOptions.DEFAULT.withStaleRead(true))
                            .timestamp())
                    .isEqualTo(newest);
            assertThat(itsEngine.clock().lowResolutionNs()).isEqualTo(LowResolution.SHORTEST_NS);
        }
    }

    @Test
    void aBarrierBehindTheSafePointIsRefused() {
        Timestamp then = transactions.timestamp();
        maintenance.collectGarbage(transactions.timestamp(), RangeOptions.DEFAULT);
        assertThatThrownBy(() -> maintenance.holdGarbage(prefix, then, Duration.ofMinutes(1)))
                .isInstanceOf(ServerException.class);
        assertThatThrownBy(() -> maintenance.holdGarbage("", then, Duration.ofMinutes(1)))
                .isInstanceOf(InvalidArgumentException.class);
        assertThatThrownBy(() -> maintenance.holdGarbage(prefix, then, Duration.ofMillis(1)))
                .isInstanceOf(InvalidArgumentException.class);
        assertThat(engine.barriers().count()).isZero();
    }

    @Test
    void aBarrierIsRenewedWhileItIsOpen() {
        AtomicInteger renewals = counted("SetGCBarrier");
        try (GcBarrier barrier = maintenance.holdGarbage(prefix, transactions.timestamp(), Duration.ofSeconds(1))) {
            await().atMost(PATIENCE).until(() -> renewals.get() > 4);
            assertThat(barrier.name()).isEqualTo(prefix);
            await().atMost(PATIENCE)
                    .until(() -> maintenance.safePoints().barriers().containsKey(prefix));
            cluster.faults().clear();
            cluster.faults().on("SetGCBarrier").fail(Status.PERMISSION_DENIED);
            await().atMost(PATIENCE).until(() -> !barrier.isHeld());
            cluster.faults().clear();
            await().atMost(PATIENCE).until(barrier::isHeld);
        }
        assertThat(engine.barriers().count()).isZero();
    }

    @Test
    void closingTheClientDropsItsBarriers() {
        try (TikvClient other = TxnClusters.open(cluster)) {
            Maintenance its = other.transactions().maintenance();
            its.holdGarbage(prefix, transactions.timestamp(), Duration.ofMinutes(5));
            assertThat(maintenance.safePoints().barriers()).containsKey(prefix);
        }
        await().atMost(PATIENCE)
                .until(() -> !maintenance.safePoints().barriers().containsKey(prefix));
    }

    @Test
    void anOlderPdIsAskedByItsOwnRequests() throws Exception {
        try (EmbeddedCluster old = EmbeddedCluster.builder().start()) {
            for (String today : List.of(
                    "GetGCState", "AdvanceTxnSafePoint", "AdvanceGCSafePoint", "SetGCBarrier", "DeleteGCBarrier")) {
                old.faults().on(today).fail(Status.UNIMPLEMENTED);
            }
            try (TikvClient its = TxnClusters.open(old)) {
                Maintenance there = its.transactions().maintenance();
                Timestamp then = its.transactions().timestamp();
                Timestamp safePoint = its.transactions().timestamp();
                try (GcBarrier barrier = there.holdGarbage("backup", then, Duration.ofMinutes(5))) {
                    assertThat(there.collectGarbage(safePoint, RangeOptions.DEFAULT))
                            .isEqualTo(then);
                    assertThat(barrier.isHeld()).isTrue();
                }
                await().atMost(PATIENCE).until(() -> there.collectGarbage(safePoint, RangeOptions.DEFAULT)
                        .equals(safePoint));
                assertThat(there.safePoints().garbage()).isEqualTo(safePoint);
                assertThatThrownBy(() -> there.holdGarbage("late", then, Duration.ofMinutes(1)))
                        .isInstanceOf(ServerException.class);
            }
        }
    }

    @Test
    void aClientOfOneKeyspaceDoesNotMoveTheSafePointOfAll() throws Exception {
        try (EmbeddedCluster v2 = EmbeddedCluster.builder()
                        .apiVersion(EmbeddedApiVersion.V2)
                        .start();
                TikvClient its = TxnClusters.open(v2, "api", "v2")) {
            Maintenance there = its.transactions().maintenance();
            Timestamp safePoint = its.transactions().timestamp();
            assertThatThrownBy(() -> there.collectGarbage(safePoint, RangeOptions.DEFAULT))
                    .isInstanceOf(UnsupportedFeatureException.class);
            assertThat(there.safePoints().transactions().version()).isZero();
        }
    }

    @Test
    void aThousandLocksOfManyTransactionsAreRemovedInBulk() throws Exception {
        int transactionsInAll = 50;
        int keysEach = 20;
        split(250, 500, 750);
        for (int i = 0; i < transactionsInAll; i++) {
            List<byte[]> keys = new ArrayList<>();
            for (int j = 0; j < keysEach; j++) {
                keys.add(key(i + j * transactionsInAll));
            }
            long startTs = abandon(keys, i % 3 == 2);
            if (i % 3 == 0) {
                commitPrimary(keys.get(0), startTs);
            }
        }
        AtomicInteger removals = counted("KvResolveLock");
        RangeReport report = maintenance.removeLocks(range(), transactions.timestamp(), SMALL_PARTS);
        assertThat(report.regions()).isGreaterThanOrEqualTo(4);
        assertThat(removals.get()).isBetween(4, 12);

        int before = removals.get();
        maintenance.removeLocks(range(), transactions.timestamp(), SMALL_PARTS);
        assertThat(removals.get()).isEqualTo(before);
        List<KvPair> left = now().scan(range(), ScanOptions.limit(2_000));
        int committed = 0;
        for (int i = 0; i < transactionsInAll; i++) {
            committed += i % 3 == 1 ? 0 : keysEach;
        }
        assertThat(left).hasSize(committed);
        assertThat(maintenance.resolving()).isEmpty();
    }

    @Test
    void locksAreRemovedThoughRegionsSplitMeanwhile() throws Exception {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            keys.add(key(i));
        }
        long startTs = abandon(keys, false);
        commitPrimary(keys.get(0), startTs);
        AtomicInteger cuts = new AtomicInteger();
        cluster.faults()
                .on("KvResolveLock")
                .where(site -> {
                    int cut = cuts.incrementAndGet();
                    if (cut <= 3) {
                        cluster.splitAtRegionKey(KeySpace.v1Txn().regionKey(key(50 * cut)));
                    }
                    return false;
                })
                .fail(Status.INTERNAL);
        maintenance.removeLocks(range(), transactions.timestamp(), RangeOptions.DEFAULT);
        AtomicInteger statuses = counted("KvCheckTxnStatus");
        assertThat(now().scan(range(), ScanOptions.limit(1_000))).hasSize(200);
        assertThat(statuses.get()).isZero();
    }

    @Test
    void pessimisticLocksOfTheDeadAreRemovedToo() {
        List<byte[]> keys = List.of(key("a"), key("b"));
        try (Transaction txn = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            txn.lock(keys, LockOptions.DEFAULT);
            maintenance.removeLocks(range(), transactions.timestamp(), RangeOptions.DEFAULT);
            try (Transaction next = transactions.begin(TransactionOptions.PESSIMISTIC)) {
                next.lock(keys, LockOptions.DEFAULT.noWait());
            }
        }
    }

    @Test
    void youngerLocksStay() {
        long startTs = abandon(List.of(key("a")), false);
        maintenance.removeLocks(range(), new Timestamp(startTs - 1), RangeOptions.DEFAULT);
        try (Transaction other = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            assertThatThrownBy(() -> other.lock(List.of(key("a")), LockOptions.DEFAULT.noWait()))
                    .isInstanceOf(TikvException.class);
        }
        maintenance.removeLocks(range(), new Timestamp(startTs), RangeOptions.DEFAULT);
        try (Transaction other = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            other.lock(List.of(key("a")), LockOptions.DEFAULT.noWait());
        }
    }

    @Test
    void everyKeyIsInOnePartWhileRegionsSplit() throws Exception {
        split(100, 200, 300, 400, 500);
        Queue<KeyRange> parts = new ConcurrentLinkedQueue<>();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        RangeReport report = maintenance.forEachPart("test", KeyRange.all(), SMALL_PARTS.withConcurrency(2), part -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            int number = parts.size();
            parts.add(part);
            return CompletableFuture.supplyAsync(() -> {
                cluster.splitAtRegionKey(KeySpace.v1Txn().regionKey(key(number * 100 + 50)));
                running.decrementAndGet();
                return 2L;
            });
        });
        assertThat(report.parts()).isEqualTo(parts.size()).isGreaterThan(2);
        assertThat(report.regions()).isEqualTo(2L * parts.size());
        assertThat(most.get()).isBetween(1, 2);
        List<KeyRange> sorted = parts.stream()
                .sorted(Comparator.comparing(KeyRange::start, Arrays::compareUnsigned))
                .toList();
        assertThat(sorted.get(0).start()).isEmpty();
        for (int i = 1; i < sorted.size(); i++) {
            assertThat(sorted.get(i).start()).isEqualTo(sorted.get(i - 1).end());
        }
        assertThat(sorted.get(sorted.size() - 1).end()).isEmpty();
    }

    @Test
    void theFirstFailureStopsTheWhole() throws Exception {
        split(100, 200, 300, 400, 500);
        AtomicInteger begun = new AtomicInteger();
        RangeOptions oneByOne = RangeOptions.DEFAULT.withRegionsPerPart(1).withConcurrency(1);
        assertThatThrownBy(() -> maintenance.forEachPart(
                        "test",
                        range(),
                        oneByOne,
                        part -> begun.incrementAndGet() < 3
                                ? CompletableFuture.completedFuture(1L)
                                : CompletableFuture.failedFuture(new InvalidArgumentException("no"))))
                .isInstanceOf(InvalidArgumentException.class);
        assertThat(begun.get()).isEqualTo(3);
        assertThatThrownBy(() -> maintenance.forEachPart("test", range(), oneByOne, part -> {
                    throw new IllegalStateException("broken");
                }))
                .isInstanceOf(TikvException.class);
        assertThat(maintenance
                        .forEachPart("test", KeyRange.of(key(2), key(1)), oneByOne, part -> null)
                        .parts())
                .isZero();
    }

    @Test
    void aDeletedRangeIsGoneAndItsNeighboursAreNot() throws Exception {
        split(100, 200);
        for (int i = 0; i < 300; i += 25) {
            write(key(i), "value");
        }
        KeyRange deleted = KeyRange.of(key(25), key(275));
        maintenance.announceDeletion(deleted, SMALL_PARTS);
        assertThat(now().scan(range(), ScanOptions.limit(100))).hasSize(12);

        RangeReport report = maintenance.deleteRange(deleted, SMALL_PARTS);
        assertThat(report.regions()).isEqualTo(3);
        assertThat(now().scan(range(), ScanOptions.limit(100)).stream().map(KvPair::key))
                .containsExactly(key(0), key(275));
    }

    @Test
    void aDestroyedRangeIsGoneOnAllStores() {
        write(key(1), "before");
        write(key(2), "inside");
        write(key(3), "behind");
        AtomicInteger asked = counted("UnsafeDestroyRange");
        maintenance.unsafeDestroyRange(KeyRange.of(key(2), key(3)));
        assertThat(asked.get()).isEqualTo(3);
        assertThat(now().scan(range(), ScanOptions.limit(100)).stream().map(KvPair::key))
                .containsExactly(key(1), key(3));

        cluster.faults().on("UnsafeDestroyRange").store(2).fail(Status.PERMISSION_DENIED);
        assertThatThrownBy(() -> maintenance.unsafeDestroyRange(KeyRange.of(key(2), key(3))))
                .isInstanceOf(ServerException.class)
                .hasMessageContaining("[2]");
        assertThatThrownBy(() -> maintenance.unsafeDestroyRange(KeyRange.all()))
                .isInstanceOf(InvalidArgumentException.class);
    }

    @Test
    void regionsAreSplitAndSpread() {
        List<Long> made = transactions.splitRegions(List.of(key(1), key(2), key(3)));
        assertThat(made).hasSize(3);
        assertThat(maintenance.scatterRegions(made, prefix, Duration.ofSeconds(120)))
                .isTrue();
        assertThat(maintenance.isScattering(made.get(0))).isFalse();
        assertThat(maintenance.scatterRegions(List.of(), null, Duration.ofSeconds(1)))
                .isTrue();
    }

    @Test
    void withoutNewsOfTheSafePointNoReadIsSure() {
        SafePointWatch watch =
                new SafePointWatch(engine.gcStates(), engine.keySpace().keyspaceId());
        long nowNs = System.nanoTime();
        watch.heard(100, nowNs);
        watch.heard(90, nowNs);
        assertThat(watch.refusal(100, nowNs)).isNull();
        assertThat(watch.refusal(99, nowNs)).isInstanceOf(SnapshotTooOldException.class);
        assertThat(watch.refusal(-1, nowNs)).isNull();
        assertThat(watch.refusal(100, nowNs + TimeUnit.SECONDS.toNanos(89))).isNull();
        assertThat(watch.refusal(100, nowNs + TimeUnit.SECONDS.toNanos(90))).isInstanceOf(PdUnavailableException.class);
    }
}
