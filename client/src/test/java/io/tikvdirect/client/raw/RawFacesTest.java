package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UnsupportedFeatureException;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.codec.kv.Crc64;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each face does when nothing goes wrong, over eight regions on three stores. */
class RawFacesTest {

    private static EmbeddedCluster cluster;
    private static TikvClient client;
    private static RawClient raw;

    @BeforeAll
    static void open() throws Exception {
        cluster = EmbeddedCluster.builder().stores(3).regions(8).start();
        client = TestClients.open(cluster);
        raw = client.raw();
    }

    @AfterAll
    static void close() {
        client.close();
        cluster.close();
    }

    @BeforeEach
    void empty() {
        raw.deleteRange(KeyRange.all());
    }

    /** Pairs over all regions. */
    private static TreeMap<byte[], byte[]> load(int count) {
        Random random = new Random(count);
        TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
        while (model.size() < count) {
            byte[] key = new byte[1 + random.nextInt(6)];
            random.nextBytes(key);
            model.put(key, bytes("value " + random.nextInt()));
        }
        raw.batchPut(model.entrySet().stream()
                .map(each -> new KvPair(each.getKey(), each.getValue()))
                .toList());
        return model;
    }

    private static List<KvPair> pairs(Map<byte[], byte[]> model) {
        return model.entrySet().stream()
                .map(each -> new KvPair(each.getKey(), each.getValue()))
                .toList();
    }

    @Test
    void missingEmptyAndPresentValuesDiffer() {
        raw.put(bytes("empty"), new byte[0]);
        raw.put(bytes("full"), bytes("v"));
        assertThat(raw.get(bytes("missing"))).isNull();
        assertThat(raw.get(bytes("empty"))).isEmpty();
        assertThat(raw.get(bytes("full"))).isEqualTo(bytes("v"));
        raw.delete(bytes("full"));
        raw.delete(bytes("full"));
        assertThat(raw.get(bytes("full"))).isNull();
    }

    @Test
    void batchesKeepTheOrderAndDuplicatesAndNameWhatIsMissing() {
        TreeMap<byte[], byte[]> model = load(3_000);
        List<byte[]> keys = new ArrayList<>(model.keySet());
        keys.addAll(keys.subList(0, 700));
        keys.add(bytes("no such key, and longer than any"));
        Collections.shuffle(keys, new Random(5));
        List<byte[]> values = raw.batchGet(keys);
        assertThat(values).hasSameSizeAs(keys);
        for (int i = 0; i < keys.size(); i++) {
            assertThat(values.get(i)).isEqualTo(model.get(keys.get(i)));
        }
        raw.batchDelete(keys);
        assertThat(raw.scan(KeyRange.all(), ScanOptions.limit(10))).isEmpty();
        assertThat(raw.batchGet(List.of())).isEmpty();
    }

    @Test
    void ofTwoPairsWithOneKeyTheLaterWins() {
        raw.batchPut(List.of(new KvPair(bytes("k"), bytes("1")), new KvPair(bytes("k"), bytes("2"))));
        assertThat(raw.get(bytes("k"))).isEqualTo(bytes("2"));
    }

    @Test
    void scansBothWaysOverAllRegions() {
        TreeMap<byte[], byte[]> model = load(2_000);
        assertThat(raw.scan(KeyRange.all(), ScanOptions.limit(10_240))).isEqualTo(pairs(model));
        assertThat(raw.scan(KeyRange.all(), ScanOptions.limit(10_240).reversed()))
                .isEqualTo(pairs(model.descendingMap()));
        byte[] from = {30};
        byte[] to = {(byte) 200, 7};
        var part = model.subMap(from, true, to, false);
        assertThat(raw.scan(KeyRange.of(from, to), ScanOptions.limit(10_240))).isEqualTo(pairs(part));
        assertThat(raw.scan(KeyRange.of(from, to), ScanOptions.limit(10_240).reversed()))
                .isEqualTo(pairs(part.descendingMap()));
        assertThat(raw.scan(KeyRange.of(from, to), ScanOptions.limit(17)))
                .isEqualTo(pairs(part).subList(0, 17));
        assertThat(raw.scan(KeyRange.of(to, from), ScanOptions.limit(17))).isEmpty();
        assertThat(raw.scan(KeyRange.all(), ScanOptions.limit(3).keysOnly()))
                .allSatisfy(pair -> assertThat(pair.value()).isNull())
                .hasSize(3);
    }

    @Test
    void aScannerReadsEverythingPageByPageAndEndsEarlyWhenClosed() {
        TreeMap<byte[], byte[]> model = load(1_000);
        List<KvPair> found = new ArrayList<>();
        try (RawScanner scanner =
                raw.scanner(KeyRange.all(), ScanOptions.unlimited().withPageSize(37))) {
            scanner.forEachRemaining(found::add);
        }
        assertThat(found).isEqualTo(pairs(model));
        RawScanner scanner = raw.scanner(
                KeyRange.all(), ScanOptions.limit(100).withPageSize(7).reversed());
        assertThat(scanner.next().key()).isEqualTo(model.lastKey());
        scanner.close();
        scanner.close();
        assertThat(scanner.hasNext()).isFalse();
    }

    @Test
    void checksumOverRegionsEqualsTheOneComputedHere() {
        TreeMap<byte[], byte[]> model = load(500);
        long crc = 0;
        long size = 0;
        for (KvPair pair : pairs(model)) {
            crc ^= Crc64.ofPair(pair.key(), pair.value());
            size += pair.key().length + pair.value().length;
        }
        assertThat(raw.checksum(KeyRange.all())).isEqualTo(new RawChecksum(crc, 500, size));
    }

    @Test
    void deleteRangeTakesTheRangeAndNothingElse() {
        TreeMap<byte[], byte[]> model = load(800);
        byte[] from = {60};
        byte[] to = {(byte) 190};
        byte[] greatest = new byte[8_192];
        Arrays.fill(greatest, (byte) 0xFF);
        raw.put(greatest, bytes("the greatest key there can be"));
        raw.deleteRange(KeyRange.of(from, to));
        model.subMap(from, to).clear();
        assertThat(raw.scan(KeyRange.all(), ScanOptions.limit(10_240).keysOnly()))
                .hasSize(model.size() + 1);
        raw.deleteRange(KeyRange.all());
        assertThat(raw.scan(KeyRange.all(), ScanOptions.limit(10_240))).isEmpty();
        assertThat(raw.get(greatest)).isNull();
    }

    @Test
    void compareAndSwapKnowsAbsentEmptyAndPresent() {
        assertThatThrownBy(() -> raw.compareAndSwap(bytes("k"), null, bytes("1")))
                .isInstanceOf(UnsupportedFeatureException.class);
        RawClient atomic = raw.with(raw.options().withAtomic(true));
        assertThat(atomic.compareAndSwap(bytes("k"), null, new byte[0])).isEqualTo(new CasResult(true, null));
        assertThat(atomic.compareAndSwap(bytes("k"), null, bytes("1"))).isEqualTo(new CasResult(false, new byte[0]));
        assertThat(atomic.compareAndSwap(bytes("k"), new byte[0], bytes("1")))
                .isEqualTo(new CasResult(true, new byte[0]));
        assertThat(atomic.putIfAbsent(bytes("k"), bytes("2"))).isEqualTo(bytes("1"));
        assertThat(atomic.compareAndSwap(bytes("k"), bytes("1"), bytes("3")))
                .isEqualTo(new CasResult(true, bytes("1")));
        assertThat(atomic.get(bytes("k"))).isEqualTo(bytes("3"));
    }

    @Test
    void columnFamiliesAreApart() {
        raw.put(bytes("k"), bytes("default"));
        RawClient write = raw.with(raw.options().withColumnFamily("write"));
        assertThat(write.get(bytes("k"))).isNull();
        write.put(bytes("k"), bytes("write"));
        assertThat(raw.get(bytes("k"))).isEqualTo(bytes("default"));
        assertThat(write.get(bytes("k"))).isEqualTo(bytes("write"));
        write.delete(bytes("k"));
        assertThatThrownBy(() -> raw.with(raw.options().withColumnFamily("nocf")))
                .isInstanceOf(InvalidArgumentException.class);
    }

    @Test
    void timeToLiveWorksWhereTheClusterStoresIt() throws Exception {
        assertThatThrownBy(() -> raw.keyTtl(bytes("k")))
                .isInstanceOfSatisfying(
                        TikvException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TTL_NOT_SUPPORTED));
        try (EmbeddedCluster ttl = EmbeddedCluster.builder()
                        .apiVersion(EmbeddedApiVersion.V1TTL)
                        .start();
                TikvClient other = TestClients.open(ttl, "api", "v1ttl")) {
            RawClient with = other.raw();
            with.put(bytes("k"), bytes("v"), Duration.ofSeconds(1_000));
            assertThat(with.keyTtl(bytes("k")).expires()).isTrue();
            assertThat(with.keyTtl(bytes("k")).seconds()).isBetween(900L, 1_000L);
            with.batchPut(List.of(new KvPair(bytes("b"), bytes("v"))), Duration.ofSeconds(500));
            assertThat(with.keyTtl(bytes("b")).seconds()).isBetween(400L, 500L);
            with.put(bytes("k"), bytes("v"));
            assertThat(with.keyTtl(bytes("k"))).isEqualTo(KeyTtl.NO_EXPIRY);
            assertThat(with.keyTtl(bytes("none"))).isEqualTo(KeyTtl.ABSENT);
        }
    }

    @Test
    void keyspacesOfApiV2AreIsolatedAndScansStayInside() throws Exception {
        try (EmbeddedCluster v2 = EmbeddedCluster.builder()
                        .apiVersion(EmbeddedApiVersion.V2)
                        .keyspaces("a", "b")
                        .start();
                TikvClient a = TestClients.open(v2, "api", "v2", "keyspace", "a");
                TikvClient b = TestClients.open(v2, "api", "v2", "keyspace", "b")) {
            a.raw().put(bytes("k"), bytes("of a"));
            b.raw().put(bytes("k"), bytes("of b"));
            b.raw().put(bytes("z"), bytes("of b"));
            assertThat(a.raw().get(bytes("k"))).isEqualTo(bytes("of a"));
            assertThat(a.raw().scan(KeyRange.all(), ScanOptions.limit(10)))
                    .containsExactly(new KvPair(bytes("k"), bytes("of a")));
            assertThat(b.raw().scan(KeyRange.all(), ScanOptions.limit(10).reversed()))
                    .containsExactly(new KvPair(bytes("z"), bytes("of b")), new KvPair(bytes("k"), bytes("of b")));
            a.raw().deleteRange(KeyRange.all());
            assertThat(a.raw().get(bytes("k"))).isNull();
            assertThat(b.raw().batchGet(List.of(bytes("z"), bytes("k")))).doesNotContainNull();
        }
    }

    @Test
    void valuesOfSeveralMebibytesGoAndComeByReference() {
        byte[] value = new byte[3_000_000];
        new Random(1).nextBytes(value);
        raw.put(bytes("large"), value);
        raw.put(bytes("small"), bytes("s"));
        assertThat(raw.get(bytes("large"))).isEqualTo(value);
        assertThat(raw.batchGet(List.of(bytes("large"), bytes("small"))).get(0)).isEqualTo(value);
    }

    @Test
    void theAsyncFaceDoesTheSame() throws Exception {
        AsyncRawClient async = raw.async();
        async.put(bytes("k"), bytes("v")).toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(async.get(bytes("k")).toCompletableFuture().get(20, TimeUnit.SECONDS))
                .isEqualTo(bytes("v"));
        List<CompletableFuture<byte[]>> many = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            many.add(async.get(new byte[] {(byte) i}).toCompletableFuture());
        }
        for (CompletableFuture<byte[]> each : many) {
            each.get(20, TimeUnit.SECONDS);
        }
        assertThat(async.scan(KeyRange.all(), ScanOptions.limit(5))
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS))
                .hasSize(1);
        async.delete(bytes("k")).toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(async.get(new byte[0]).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .withCauseInstanceOf(InvalidArgumentException.class);
    }

    /** Takes what it asked for and counts what it got. */
    private static final class Collector implements Flow.Subscriber<KvPair> {
        final List<KvPair> found = Collections.synchronizedList(new ArrayList<>());
        final CompletableFuture<Void> end = new CompletableFuture<>();
        volatile Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(KvPair pair) {
            found.add(pair);
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            end.complete(null);
        }
    }

    @Test
    void thePublisherObeysDemandAndEnds() throws Exception {
        TreeMap<byte[], byte[]> model = load(300);
        Flow.Publisher<KvPair> publisher = raw.async()
                .scanPublisher(KeyRange.all(), ScanOptions.unlimited().withPageSize(16));
        Collector slow = new Collector();
        publisher.subscribe(slow);
        assertThat(slow.found).as("nothing before it is asked for").isEmpty();
        for (int asked = 1; asked <= 40; asked++) {
            slow.subscription.request(1);
            int expected = asked;
            org.awaitility.Awaitility.await()
                    .untilAsserted(() -> assertThat(slow.found).hasSize(expected));
        }
        slow.subscription.request(Long.MAX_VALUE);
        slow.end.get(20, TimeUnit.SECONDS);
        assertThat(slow.found).isEqualTo(pairs(model));

        Collector cancelling = new Collector();
        publisher.subscribe(cancelling);
        cancelling.subscription.request(5);
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(cancelling.found).hasSize(5));
        cancelling.subscription.cancel();
        cancelling.subscription.request(5);
        assertThat(cancelling.found).hasSize(5);

        Collector wrong = new Collector();
        publisher.subscribe(wrong);
        wrong.subscription.request(0);
        assertThat(wrong.end).failsWithin(Duration.ofSeconds(20));
    }

    /** Remembers outcomes by correlation id. */
    private static final class Outcomes implements DirectCallback {
        final CompletableFuture<RetainedResult>[] results;

        @SuppressWarnings("unchecked")
        Outcomes(int count) {
            results = new CompletableFuture[count];
            Arrays.setAll(results, i -> new CompletableFuture<>());
        }

        @Override
        public void onCompleted(long correlationId, ResultView view) {
            results[(int) correlationId].complete(view.retain());
        }

        @Override
        public void onFailed(long correlationId, TikvException failure) {
            results[(int) correlationId].completeExceptionally(failure);
        }

        RetainedResult get(int id) throws Exception {
            return results[id].get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void theDirectFaceDoesTheSameInPlace() throws Exception {
        DirectRawClient direct = raw.direct();
        Outcomes outcomes = new Outcomes(8);
        KeyBuffer key = new KeyBuffer();
        KeyBuffer value = new KeyBuffer();
        key.append(bytes("direct"));
        value.append(bytes("value"));
        assertThat(direct.put(key, 0, key.length(), value, 0, value.length(), 0, outcomes))
                .isTrue();
        outcomes.get(0).close();
        direct.get(key, 0, key.length(), 1, outcomes);
        try (RetainedResult got = outcomes.get(1)) {
            assertThat(got.isPresent()).isTrue();
            assertThat(got.copyValue(0)).isEqualTo(bytes("value"));
        }
        direct.delete(key, 0, key.length(), 2, outcomes);
        outcomes.get(2).close();
        direct.get(key, 0, key.length(), 3, outcomes);
        try (RetainedResult got = outcomes.get(3)) {
            assertThat(got.isPresent()).isFalse();
        }
        DirectBatch batch = new DirectBatch();
        for (int i = 0; i < 2_000; i++) {
            byte[] both = bytes("012v" + i);
            both[0] = (byte) (i * 7);
            both[1] = (byte) i;
            both[2] = (byte) (i >> 8);
            batch.add(both, 0, 3, both, 3, both.length - 3);
        }
        assertThatThrownBy(() -> batch.add(new byte[2], 1, 1, new byte[2], 1, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(batch.size()).isEqualTo(2_000);
        assertThat(direct.batchPut(batch, 0, 4, outcomes)).isTrue();
        outcomes.get(4).close();
        batch.add(bytes("missing"));
        direct.batchGet(batch, 5, outcomes);
        try (RetainedResult got = outcomes.get(5)) {
            assertThat(got.size()).isEqualTo(2_001);
            for (int i = 0; i < 2_000; i++) {
                assertThat(got.copyValue(i)).isEqualTo(bytes("v" + i));
            }
            assertThat(got.isPresent(2_000)).isFalse();
        }
        direct.scan(key, 0, 0, key, 0, 0, ScanOptions.limit(10_000), 6, outcomes);
        try (RetainedResult got = outcomes.get(6)) {
            assertThat(got.size()).isEqualTo(2_000);
            byte[] first = new byte[got.keyLength(0)];
            got.key(0).getBytes(got.keyOffset(0), first);
            assertThat(first)
                    .isEqualTo(raw.scan(KeyRange.all(), ScanOptions.limit(1))
                            .get(0)
                            .key());
        }
        direct.batchDelete(batch, 7, outcomes);
        outcomes.get(7).close();
        assertThat(raw.scan(KeyRange.all(), ScanOptions.limit(1))).isEmpty();
    }

    @Test
    void aCallbackMaySubmitAgainAndMayThrow() throws Exception {
        raw.put(bytes("k"), bytes("v"));
        KeyBuffer key = new KeyBuffer();
        key.append(bytes("k"));
        long before = client.metrics().callbackFailures();
        CompletableFuture<Long> last = new CompletableFuture<>();
        raw.direct().get(key, 0, 1, 0, new DirectCallback() {
            @Override
            public void onCompleted(long correlationId, ResultView view) {
                if (correlationId == 500) {
                    last.complete(correlationId);
                } else {
                    raw.direct().get(key, 0, 1, correlationId + 1, this);
                }
                throw new IllegalStateException("thrown on purpose");
            }

            @Override
            public void onFailed(long correlationId, TikvException failure) {
                last.completeExceptionally(failure);
            }
        });
        assertThat(last.get(20, TimeUnit.SECONDS)).isEqualTo(500);
        org.awaitility.Awaitility.await()
                .untilAsserted(
                        () -> assertThat(client.metrics().callbackFailures()).isEqualTo(before + 501));
        assertThat(raw.get(bytes("k"))).isEqualTo(bytes("v"));
    }

    @Test
    void blockingOnAnEventLoopIsRefusedWithAdvice() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        TestClients.onALoop(raw.direct(), () -> {
            try {
                raw.get(bytes("k"));
                thrown.completeExceptionally(new AssertionError("the blocking call went through"));
            } catch (RuntimeException refused) {
                thrown.complete(refused);
            }
        });
        assertThat(thrown.get(20, TimeUnit.SECONDS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("event loop");
    }
}
