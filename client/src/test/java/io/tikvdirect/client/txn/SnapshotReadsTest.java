package io.tikvdirect.client.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.tikvdirect.client.CommandPriority;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.ReplicaRead;
import io.tikvdirect.client.ServerException;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.FaultRule;
import io.tikvdirect.embedded.FaultSite;
import io.tikvdirect.proto.errorpb.DataIsNotReady;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.errorpb.RegionNotFound;
import io.tikvdirect.proto.kvrpcpb.BatchGetRequest;
import io.tikvdirect.proto.kvrpcpb.CommandPri;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.GetRequest;
import io.tikvdirect.proto.kvrpcpb.ScanRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What snapshots do by option: who serves them, what they see, what they keep, and by which timestamps they read. */
@Timeout(180)
class SnapshotReadsTest {
    private static final long LEADER = 1;
    private static final Map<String, String> NEAR = Map.of("zone", "near");
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private static EmbeddedCluster cluster;
    private static TikvClient client;
    private static TransactionClient transactions;

    private final Queue<FaultSite> seen = new ConcurrentLinkedQueue<>();
    private String prefix;

    @BeforeAll
    static void start() throws Exception {
        cluster = EmbeddedCluster.builder()
                .stores(3)
                .leadersOnFirstStore()
                .storeLabels(3, NEAR)
                .resolvedTsInterval(Duration.ofMillis(1))
                .start();
        client = TxnClusters.open(cluster);
        transactions = client.transactions();
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        cluster.close();
    }

    @BeforeEach
    void watch() {
        prefix = "reads/" + PREFIXES.incrementAndGet() + "/";
        cluster.faults()
                .onAny()
                .where(site -> {
                    if (context(site) != null) {
                        seen.add(site);
                    }
                    return false;
                })
                .delay(Duration.ofMillis(1));
    }

    @AfterEach
    void forgetRules() {
        cluster.faults().clear();
    }

    private static Context context(FaultSite site) {
        if (site.request() instanceof GetRequest get) {
            return get.getContext();
        }
        if (site.request() instanceof BatchGetRequest batch) {
            return batch.getContext();
        }
        return site.request() instanceof ScanRequest scan ? scan.getContext() : null;
    }

    private byte[] key(String name) {
        return TxnClusters.bytes(prefix + name);
    }

    private static byte[] bytes(String text) {
        return TxnClusters.bytes(text);
    }

    private Timestamp put(String... namesAndValues) {
        try (Transaction transaction = transactions.begin()) {
            for (int i = 0; i < namesAndValues.length; i += 2) {
                transaction.put(key(namesAndValues[i]), bytes(namesAndValues[i + 1]));
            }
            Timestamp committed = transaction.commit();
            assertThat(transactions.awaitBackground(Duration.ofSeconds(60))).isTrue();
            return committed;
        }
    }

    private static Snapshot now(SnapshotOptions options) {
        return transactions.snapshot(transactions.timestamp()).with(options);
    }

    private Set<Long> stores() {
        return seen.stream().map(FaultSite::storeId).collect(Collectors.toSet());
    }

    @Test
    void aValueComesWithItsCommitTimestamp() throws Exception {
        Timestamp first = put("a", "1");
        Timestamp second = put("a", "2");
        VersionedValue newest = transactions.snapshot(Timestamp.LATEST).getVersioned(key("a"));
        assertThat(newest.value()).isEqualTo(bytes("2"));
        assertThat(newest.committed()).isEqualTo(second);
        AsyncSnapshot before = transactions.async().snapshot(first);
        VersionedValue older =
                before.getVersioned(key("a")).toCompletableFuture().get(60, TimeUnit.SECONDS);
        assertThat(older.value()).isEqualTo(bytes("1"));
        assertThat(older.committed()).isEqualTo(first);
        assertThat(now(SnapshotOptions.DEFAULT).getVersioned(key("none"))).isNull();
    }

    @Test
    void aScanGivesASampleOfTheKeys() {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pairs.addAll(List.of("k%02d".formatted(i), "v"));
        }
        put(pairs.toArray(String[]::new));
        List<String> sample = now(SnapshotOptions.DEFAULT.withSampleStep(5))
                .scan(KeyRange.prefix(key("k")), ScanOptions.limit(100))
                .stream()
                .map(KvPair::key)
                .map(found -> new String(found, StandardCharsets.UTF_8))
                .toList();
        assertThat(sample).containsExactly(prefix + "k00", prefix + "k05", prefix + "k10", prefix + "k15");
    }

    @Test
    void aSecondReadAsksNobody() {
        put("a", "1", "b", "2");
        Snapshot snapshot = now(SnapshotOptions.DEFAULT.withValueCache(1 << 20));
        assertThat(snapshot.get(key("a"))).isEqualTo(bytes("1"));
        assertThat(snapshot.get(key("none"))).isNull();
        assertThat(snapshot.batchGet(List.of(key("a"), key("b"), key("none"))))
                .containsExactly(bytes("1"), bytes("2"), null);
        int asked = seen.size();
        Arrays.fill(snapshot.get(key("b")), (byte) 'x');
        assertThat(snapshot.batchGet(List.of(key("none"), key("b"), key("a"))))
                .as("the cache keeps its own arrays")
                .containsExactly(null, bytes("2"), bytes("1"));
        assertThat(seen).hasSize(asked);
        ValueCache cache = snapshot.valueCache();
        assertThat(cache.hits()).isEqualTo(6);
        assertThat(cache.size()).isEqualTo(3);

        put("a", "newer");
        cache.forget(List.of(key("a")));
        assertThat(cache.size()).isEqualTo(2);
        int before = seen.size();
        assertThat(snapshot.get(key("a"))).isEqualTo(bytes("1"));
        assertThat(seen).hasSize(before + 1);
    }

    @Test
    void whatIsKeptIsBounded() {
        put("a", "1", "b", "2", "c", "3");
        Snapshot snapshot = now(SnapshotOptions.DEFAULT.withValueCache(2 * (96 + key("a").length + 1)));
        snapshot.get(key("a"));
        snapshot.get(key("b"));
        snapshot.get(key("a"));
        snapshot.get(key("c"));
        assertThat(snapshot.valueCache().size()).isEqualTo(2);
        int asked = seen.size();
        snapshot.get(key("a"));
        assertThat(seen).as("b was the one longest unused").hasSize(asked);
        snapshot.get(key("b"));
        assertThat(seen).hasSize(asked + 1);
        assertThat(snapshot.valueCache().bytes()).isPositive().isLessThanOrEqualTo(2 * (96 + key("a").length + 1));
    }

    @Test
    void whereValuesChangeNothingIsKept() {
        SnapshotOptions keeping = SnapshotOptions.DEFAULT.withValueCache(1 << 20);
        put("a", "1");
        Snapshot latest = transactions.snapshot(Timestamp.LATEST).with(keeping);
        Snapshot committed = now(keeping.withIsolation(IsolationLevel.READ_COMMITTED));
        assertThat(latest.get(key("a"))).isEqualTo(bytes("1"));
        assertThat(committed.get(key("a"))).isEqualTo(bytes("1"));
        put("a", "2");
        assertThat(latest.get(key("a"))).isEqualTo(bytes("2"));
        assertThat(latest.valueCache().size() + committed.valueCache().size()).isZero();
    }

    /** A commit that waits with its keys locked. Pessimistic: locks live for twenty seconds, and not for three. */
    private final class HeldCommit implements AutoCloseable {
        private final FaultRule rule;
        private final AsyncTransaction transaction;
        private final CompletableFuture<?> committed;

        HeldCommit(String name, String value) throws Exception {
            rule = cluster.faults()
                    .on("KvCommit")
                    .regionError(Error.newBuilder()
                            .setMessage("not yet")
                            .setRegionNotFound(RegionNotFound.getDefaultInstance())
                            .build());
            transaction = transactions
                    .async()
                    .begin(TransactionOptions.PESSIMISTIC.withTimeout(Duration.ofSeconds(120)))
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            List<byte[]> keys = List.of(key(name));
            transaction.lock(keys, LockOptions.DEFAULT).toCompletableFuture().get(60, TimeUnit.SECONDS);
            transaction.put(key(name), bytes(value));
            committed = transaction.commit().toCompletableFuture();
            await().atMost(60, TimeUnit.SECONDS).until(() -> rule.fired() > 0);
        }

        Timestamp start() {
            return transaction.startTimestamp();
        }

        @Override
        public void close() throws Exception {
            rule.remove();
            committed.get(60, TimeUnit.SECONDS);
            assertThat(transactions.awaitBackground(Duration.ofSeconds(60))).isTrue();
        }
    }

    @Test
    void readCommittedLooksAtNoLocks() throws Exception {
        put("a", "1");
        try (HeldCommit writer = new HeldCommit("a", "2")) {
            Snapshot after = now(SnapshotOptions.DEFAULT.withIsolation(IsolationLevel.READ_COMMITTED));
            assertThat(writer.start().isBefore(after.timestamp())).isTrue();
            assertThat(after.get(key("a"))).isEqualTo(bytes("1"));
            assertThat(after.batchGet(List.of(key("a")))).containsExactly(bytes("1"));
            assertThat(after.scan(KeyRange.prefix(key("")), ScanOptions.limit(10)))
                    .containsExactly(new KvPair(key("a"), bytes("1")));
        }
        assertThat(now(SnapshotOptions.DEFAULT).get(key("a"))).isEqualTo(bytes("2"));
    }

    @Test
    void readCommittedSeesWhatWasCommittedBefore() {
        Timestamp first = put("a", "1");
        put("a", "2");
        Snapshot then = transactions.snapshot(first);
        assertThat(then.get(key("a"))).isEqualTo(bytes("1"));
        assertThat(then.with(SnapshotOptions.DEFAULT.withIsolation(IsolationLevel.READ_COMMITTED))
                        .get(key("a")))
                .isEqualTo(bytes("1"));
    }

    @Test
    void aCheckedReadFailsAtANewerVersion() {
        SnapshotOptions checked = SnapshotOptions.DEFAULT.withIsolation(IsolationLevel.READ_COMMITTED_CHECK_TIMESTAMP);
        Timestamp first = put("a", "1", "b", "1");
        assertThat(now(checked).get(key("a"))).isEqualTo(bytes("1"));
        put("a", "2");
        Snapshot then = transactions.snapshot(first).with(checked);
        assertThat(then.get(key("b"))).isEqualTo(bytes("1"));
        assertThatThrownBy(() -> then.get(key("a"))).isInstanceOf(WriteConflictException.class);
    }

    @Test
    void optionsTravelWithEveryRequest() {
        put("a", "1");
        Snapshot snapshot = now(SnapshotOptions.DEFAULT
                .withPriority(CommandPriority.HIGH)
                .withFillCache(false)
                .withRequestSource("nightly")
                .withResourceGroup("reports")
                .withResourceGroupTag(bytes("tag"))
                .withTaskId(77));
        snapshot.get(key("a"));
        snapshot.batchGet(List.of(key("a"), key("b")));
        snapshot.scan(KeyRange.prefix(key("")), ScanOptions.limit(10));
        assertThat(seen.stream().map(FaultSite::rpc)).contains("KvGet", "KvBatchGet", "KvScan");
        assertThat(seen).allSatisfy(site -> {
            Context context = context(site);
            assertThat(context.getPriority()).isEqualTo(CommandPri.High);
            assertThat(context.getNotFillCache()).isTrue();
            assertThat(context.getRequestSource()).isEqualTo("nightly");
            assertThat(context.getResourceControlContext().getResourceGroupName())
                    .isEqualTo("reports");
            assertThat(context.getResourceGroupTag()).isEqualTo(ByteString.copyFromUtf8("tag"));
            assertThat(context.getTaskId()).isEqualTo(77);
            assertThat(context.getReplicaRead() || context.getStaleRead()).isFalse();
        });
    }

    /** Reads in all ways until a condition holds; single reads choose a replica at random. */
    private void readUntil(SnapshotOptions options, Runnable condition) {
        await().atMost(60, TimeUnit.SECONDS).pollInterval(Duration.ofMillis(1)).untilAsserted(() -> {
            Snapshot snapshot = now(options);
            assertThat(snapshot.get(key("a"))).isEqualTo(bytes("1"));
            assertThat(snapshot.batchGet(List.of(key("b")))).containsExactly(bytes("2"));
            assertThat(snapshot.scan(KeyRange.prefix(key("")), ScanOptions.limit(10)))
                    .hasSize(2);
            condition.run();
        });
    }

    @Test
    void replicasServeAsAsked() {
        put("a", "1", "b", "2");
        SnapshotOptions options = SnapshotOptions.DEFAULT.withStoreLabels(NEAR);
        readUntil(options.withReplicaRead(ReplicaRead.FOLLOWER), () -> assertThat(stores())
                .containsExactlyInAnyOrder(2L, 3L));
        assertThat(seen)
                .allSatisfy(site -> assertThat(context(site).getReplicaRead()).isTrue());
        seen.clear();
        readUntil(options.withReplicaRead(ReplicaRead.MIXED), () -> assertThat(stores())
                .containsExactlyInAnyOrder(1L, 2L, 3L));
        assertThat(seen)
                .allSatisfy(site -> assertThat(context(site).getReplicaRead()).isEqualTo(site.storeId() != LEADER));
        seen.clear();
        readUntil(options.withReplicaRead(ReplicaRead.CLOSEST), () -> assertThat(stores())
                .containsExactly(3L));
        seen.clear();
        readUntil(options.withReplicaRead(ReplicaRead.PREFER_LEADER), () -> assertThat(stores())
                .containsExactly(LEADER));
        seen.clear();
        readUntil(
                options.withReplicaRead(ReplicaRead.CLOSEST).withStoreLabels(Map.of("zone", "nowhere")),
                () -> assertThat(stores()).as("nobody is close").containsExactly(LEADER));
    }

    @Test
    void aStaleReadAsksNoLeader() {
        put("a", "1", "b", "2");
        SnapshotOptions stale = SnapshotOptions.DEFAULT
                .withStaleRead(true)
                .withReplicaRead(ReplicaRead.CLOSEST)
                .withStoreLabels(NEAR);
        Timestamp after = aMomentLater();
        Timestamp safe = safeTimestampFrom(after, Map.of());
        Snapshot snapshot = transactions.snapshot(safe).with(stale);
        seen.clear();
        assertThat(snapshot.get(key("a"))).isEqualTo(bytes("1"));
        assertThat(snapshot.batchGet(List.of(key("b")))).containsExactly(bytes("2"));
        assertThat(snapshot.scan(KeyRange.prefix(key("")), ScanOptions.limit(10)))
                .hasSize(2);
        assertThat(seen).hasSize(3).allSatisfy(site -> {
            assertThat(site.storeId()).isEqualTo(3);
            assertThat(context(site).getStaleRead()).isTrue();
            assertThat(context(site).getReplicaRead()).isFalse();
        });
    }

    @Test
    void whatAReplicaIsNotReadyForTheLeaderServes() {
        put("a", "1");
        cluster.faults()
                .on("KvGet")
                .where(site -> site.storeId() != LEADER)
                .regionError(Error.newBuilder()
                        .setMessage("data is not ready")
                        .setDataIsNotReady(DataIsNotReady.getDefaultInstance())
                        .build());
        SnapshotOptions near = SnapshotOptions.DEFAULT.withStoreLabels(NEAR).withStaleRead(true);
        assertThat(now(near).get(key("a"))).isEqualTo(bytes("1"));
        assertThat(stores()).containsExactlyInAnyOrder(LEADER, 3L);
        assertThat(seen)
                .filteredOn(site -> site.storeId() == LEADER)
                .as("an ordinary read")
                .allSatisfy(site -> assertThat(
                                context(site).getStaleRead() || context(site).getReplicaRead())
                        .isFalse());
    }

    @Test
    void theLatestStateIsNoStaleOne() {
        Snapshot latest = transactions.snapshot(Timestamp.LATEST);
        assertThatThrownBy(() -> latest.with(SnapshotOptions.DEFAULT.withStaleRead(true)))
                .isInstanceOf(InvalidArgumentException.class);
    }

    @Test
    void aFollowersReadGetsPastALock() throws Exception {
        put("a", "1");
        try (HeldCommit writer = new HeldCommit("a", "2")) {
            Snapshot snapshot = now(SnapshotOptions.DEFAULT.withReplicaRead(ReplicaRead.FOLLOWER));
            assertThat(snapshot.get(key("a"))).isEqualTo(bytes("1"));
            assertThat(snapshot.batchGet(List.of(key("a")))).containsExactly(bytes("1"));
            assertThat(writer.start().isBefore(snapshot.timestamp())).isTrue();
        }
        assertThat(seen).filteredOn(site -> site.rpc().equals("KvGet")).anySatisfy(site -> assertThat(site.storeId())
                .isNotEqualTo(LEADER));
    }

    /** What stores say now. */
    private static Timestamp safeTimestamp(Map<String, String> labels) {
        try (TikvClient fresh = TxnClusters.open(cluster)) {
            return fresh.transactions().safeTimestamp(labels);
        }
    }

    /** What stores say when all of them have got that far. */
    private static Timestamp safeTimestampFrom(Timestamp moment, Map<String, String> labels) {
        AtomicReference<Timestamp> safe = new AtomicReference<>();
        await().atMost(120, TimeUnit.SECONDS).until(() -> {
            safe.set(safeTimestamp(labels));
            return !safe.get().isBefore(moment);
        });
        return safe.get();
    }

    private static Timestamp aMomentLater() {
        Timestamp now = transactions.timestamp();
        await().pollInterval(Duration.ofMillis(1))
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> transactions.timestamp().physicalMs() > now.physicalMs() + 5);
        return now;
    }

    @Test
    void theSafeTimestampStaysBelowLocks() throws Exception {
        put("a", "1");
        try (HeldCommit writer = new HeldCommit("a", "2")) {
            assertThat(aMomentLater().isBefore(writer.start())).isFalse();
            assertThat(safeTimestamp(Map.of()).isBefore(writer.start())).isTrue();
        }
        Timestamp after = aMomentLater();
        assertThat(safeTimestampFrom(after, Map.of()).isBefore(after)).isFalse();
        assertThat(safeTimestampFrom(after, NEAR).isBefore(after)).isFalse();
        assertThat(safeTimestamp(Map.of("zone", "nowhere")).version())
                .as("no such store")
                .isZero();
    }

    @Test
    void theSafeTimestampOnlyGrows() {
        try (TikvClient fresh = TxnClusters.open(cluster)) {
            Timestamp first = fresh.transactions().safeTimestamp(Map.of());
            assertThat(fresh.transactions().safeTimestamp(NEAR).isBefore(first))
                    .as("fewer stores")
                    .isFalse();
            await().atMost(60, TimeUnit.SECONDS).until(() -> {
                Timestamp next = fresh.transactions().safeTimestamp(Map.of());
                assertThat(next.isBefore(first)).isFalse();
                return first.isBefore(next);
            });
            cluster.faults().on("GetStoreSafeTS").fail(Status.UNAVAILABLE);
            assertThat(fresh.transactions().safeTimestamp(Map.of()).isBefore(first))
                    .as("what stores have said once holds")
                    .isFalse();
        }
    }

    @Test
    void aStoreThatSaysNothingIsUnknown() {
        cluster.faults().on("GetStoreSafeTS").store(2).fail(Status.UNIMPLEMENTED);
        assertThat(safeTimestamp(Map.of()).version()).isZero();
        Timestamp then = Timestamp.of(1, 0);
        assertThat(safeTimestampFrom(then, NEAR).isBefore(then)).isFalse();
    }

    @Test
    void theExternalTimestampIsWhatWasSetLast() {
        Timestamp now = transactions.timestamp();
        transactions.setExternalTimestamp(now);
        assertThat(transactions.externalTimestamp()).isEqualTo(now);
        assertThatThrownBy(() -> transactions.setExternalTimestamp(Timestamp.of(now.physicalMs() - 1, 0)))
                .isInstanceOf(ServerException.class);
        assertThatThrownBy(() -> transactions.setExternalTimestamp(Timestamp.of(now.physicalMs() + 3_600_000, 0)))
                .isInstanceOf(ServerException.class);
        assertThat(transactions.externalTimestamp()).isEqualTo(now);
    }

    @Test
    void theMinimumTimestampIsThePresent() {
        Timestamp before = transactions.timestamp();
        Timestamp min = transactions.minTimestamp();
        assertThat(before.isBefore(min)).isTrue();
        assertThat(min.isBefore(transactions.timestamp())).isTrue();
    }

    @Test
    void aTimestampOfTheFutureIsRefusedWhenAskedTo() {
        Timestamp future = Timestamp.of(transactions.timestamp().physicalMs() + 3_600_000, 0);
        try (TikvClient careful = TxnClusters.open(cluster, "tso.validate-reads", "true")) {
            TransactionClient checked = careful.transactions();
            Snapshot later = checked.snapshot(future);
            assertThatThrownBy(() -> later.get(key("a"))).isInstanceOf(InvalidArgumentException.class);
            assertThatThrownBy(() -> later.batchGet(List.of(key("a")))).isInstanceOf(InvalidArgumentException.class);
            assertThatThrownBy(() -> later.scan(KeyRange.prefix(key("")), ScanOptions.limit(1)))
                    .isInstanceOf(InvalidArgumentException.class);
            assertThat(checked.snapshot(Timestamp.LATEST).get(key("a"))).isNull();
            assertThat(checked.snapshot(transactions.timestamp()).get(key("a")))
                    .as("another client's newest timestamp, which this one has not seen")
                    .isNull();
            try (Transaction ahead = checked.begin(TransactionOptions.DEFAULT, future)) {
                assertThatThrownBy(() -> ahead.get(key("a"))).isInstanceOf(InvalidArgumentException.class);
                ahead.rollback();
            }
        }
    }
}
