package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.EmbeddedRegion;
import io.tikvdirect.embedded.FaultRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scans page by page while the cluster changes between the pages, with readers that are slow, and with pages that fail. */
class ScansUnderChangeTest {
    private static final int PAIRS = 400;
    private static final int PAGE = 9;

    private EmbeddedCluster cluster;
    private TikvClient client;
    private RawClient raw;
    private List<KvPair> pairs;

    @BeforeEach
    void open() throws Exception {
        cluster = EmbeddedCluster.builder()
                .stores(3)
                .splitKeys(List.of(bytes("k0100"), bytes("k0200")))
                .start();
        client = TestClients.open(cluster, "timeout", "30s", "store.probe-timeout", "0");
        raw = client.raw();
        pairs = IntStream.range(0, PAIRS)
                .mapToObj(i -> new KvPair(bytes(String.format("k%04d", i)), bytes("v" + i)))
                .toList();
        raw.batchPut(pairs);
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    private List<KvPair> expected(boolean reverse) {
        List<KvPair> expected = new ArrayList<>(pairs);
        if (reverse) {
            Collections.reverse(expected);
        }
        return expected;
    }

    private static ScanOptions pages(boolean reverse) {
        ScanOptions options = ScanOptions.unlimited().withPageSize(PAGE);
        return reverse ? options.reversed() : options;
    }

    /** Three regions; the call is cancelled while the first one is asked. */
    @ParameterizedTest
    @ValueSource(strings = {"RawScan", "RawDeleteRange"})
    void aCancelledCallAsksNoFurtherRegion(String rpc) {
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        cluster.faults()
                .on(rpc)
                .where(request -> {
                    asked.incrementAndGet();
                    return !isReleased(released);
                })
                .dropBefore();
        try {
            CompletableFuture<?> call = (rpc.equals("RawScan")
                            ? raw.async().scan(KeyRange.all(), ScanOptions.limit(PAIRS))
                            : raw.async().deleteRange(KeyRange.all()))
                    .toCompletableFuture();
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> asked.get() == 1);
            call.cancel(true);
            assertThat(call).isCancelled();
        } finally {
            released.countDown();
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(client.metrics().inFlight()).isZero());
        assertThat(asked).hasValue(1);
        assertThat(raw.get(bytes("k0300"))).as("in the last region").isEqualTo(bytes("v300"));
    }

    private static boolean isReleased(CountDownLatch released) {
        try {
            return released.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Splits, merges two neighbours, or moves a leader. */
    private void change(Random random) {
        List<EmbeddedRegion> regions = cluster.regions();
        int at = random.nextInt(regions.size());
        EmbeddedRegion region = regions.get(at);
        switch (random.nextInt(3)) {
            case 0 -> cluster.split(bytes(String.format("k%04d", random.nextInt(PAIRS))));
            case 1 -> {
                if (at + 1 < regions.size()) {
                    cluster.merge(region.id(), regions.get(at + 1).id());
                }
            }
            default ->
                cluster.transferLeader(
                        region.id(), region.peers().get(random.nextInt(3)).storeId());
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 1", "true, 2", "false, 3", "true, 4"})
    void betweenThePagesRegionsSplitMergeAndMove(boolean reverse, long seed) {
        Random random = new Random(seed);
        List<KvPair> found = new ArrayList<>();
        try (RawScanner scanner = raw.scanner(KeyRange.all(), pages(reverse))) {
            while (scanner.hasNext()) {
                found.add(scanner.next());
                if (found.size() % PAGE == 4) {
                    change(random);
                    change(random);
                }
            }
        }
        assertThat(found).isEqualTo(expected(reverse));
    }

    /** Takes one pair at a time. */
    private static final class Slow implements Flow.Subscriber<KvPair> {
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

        void takeUpTo(int count) {
            while (found.size() < count) {
                int next = found.size() + 1;
                subscription.request(1);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(1))
                        .untilAsserted(() -> assertThat(found).hasSize(next));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSlowSubscriberSeesEverythingThoughRegionsChange(boolean reverse) throws Exception {
        Random random = new Random(7);
        Slow slow = new Slow();
        raw.async().scanPublisher(KeyRange.all(), pages(reverse)).subscribe(slow);
        for (int taken = 20; taken <= 100; taken += 20) {
            slow.takeUpTo(taken);
            change(random);
        }
        slow.subscription.request(Long.MAX_VALUE);
        slow.end.get(60, TimeUnit.SECONDS);
        assertThat(slow.found).isEqualTo(expected(reverse));
    }

    /** What is held in memory for a reader is what was asked for: the page he reads and the one behind it. */
    @Test
    void aReadersPageAndTheOneBehindItAreAllThatIsAskedFor() {
        FaultRule asked = cluster.faults().on("RawScan").delay(Duration.ofMillis(1));
        Slow slow = new Slow();
        raw.async().scanPublisher(KeyRange.prefix(bytes("k00")), pages(false)).subscribe(slow);
        slow.takeUpTo(3 * PAGE - 1);
        assertThat(asked.fired()).as("pages for three taken").isBetween(3L, 4L);
        slow.subscription.cancel();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(client.metrics().inFlight()).isZero());

        long before = asked.fired();
        try (RawScanner scanner = raw.scanner(KeyRange.prefix(bytes("k00")), pages(false))) {
            for (int i = 0; i < 3 * PAGE - 1; i++) {
                scanner.next();
            }
            assertThat(asked.fired() - before).as("pages for three taken").isBetween(3L, 4L);
        }
    }

    /** A page of the last region never comes: what was read is a part, and nobody is told that it is all. */
    @Test
    void aPageThatFailsIsTheEndForNobody() {
        cluster.faults()
                .on("RawScan")
                .region(cluster.regionOf(bytes("k0300")).id())
                .dropBefore();
        RawClient hurried = raw.with(raw.options().withTimeout(Duration.ofSeconds(1)));
        Slow subscriber = new Slow();
        hurried.async().scanPublisher(KeyRange.all(), pages(false)).subscribe(subscriber);
        subscriber.subscription.request(Long.MAX_VALUE);
        assertThat(subscriber.end)
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(TikvException.class);
        assertThat(subscriber.found).hasSizeLessThanOrEqualTo(200).isEqualTo(pairs.subList(0, subscriber.found.size()));

        assertThat(hurried.async()
                        .scan(KeyRange.all(), ScanOptions.limit(1_000))
                        .toCompletableFuture())
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(TikvException.class);
        assertThat(direct(hurried))
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(TikvException.class);
    }

    private static CompletableFuture<Integer> direct(RawClient from) {
        CompletableFuture<Integer> size = new CompletableFuture<>();
        KeyBuffer none = new KeyBuffer();
        none.append(bytes("k"));
        from.direct().scan(none, 0, 0, none, 0, 0, ScanOptions.limit(1_000), 1, new DirectCallback() {
            @Override
            public void onCompleted(long correlationId, ResultView view) {
                size.complete(view.size());
            }

            @Override
            public void onFailed(long correlationId, TikvException failure) {
                size.completeExceptionally(failure);
            }
        });
        return size;
    }
}
