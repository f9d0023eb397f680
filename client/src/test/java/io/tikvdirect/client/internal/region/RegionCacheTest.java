package io.tikvdirect.client.internal.region;

import static io.tikvdirect.client.internal.region.FakePlacementDriver.describe;
import static io.tikvdirect.client.internal.region.RegionFixtures.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.PdUnavailableException;
import io.tikvdirect.client.RegionUnavailableException;
import io.tikvdirect.codec.key.KeyMode;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.proto.metapb.PeerRole;
import io.tikvdirect.proto.metapb.StoreState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegionCacheTest {
    private static final byte[] NONE = {};

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final FakePlacementDriver pd = new FakePlacementDriver();
    private final StoreTable stores = new StoreTable(pd, Map.of());
    private final RegionCache cache = cache(KeySpace.v1());

    private RegionCache cache(final KeySpace keySpace) {
        final Config config = Config.fromUri("tikv://unused:1");
        final RouteEncoder encoder = (regionId, confVersion, version, peer, buckets) ->
                new byte[] {(byte) regionId, (byte) version, (byte) peer.storeId()};
        return new RegionCache(config, keySpace, pd, stores, encoder, scheduler, new Random(5));
    }

    @AfterEach
    void close() {
        cache.close();
        scheduler.shutdownNow();
    }

    private static long in(final Duration duration) {
        return System.nanoTime() + duration.toNanos();
    }

    private static long soon() {
        return in(Duration.ofSeconds(20));
    }

    private Region loaded(final String key) throws Exception {
        return cache.load(key(key), soon()).get(20, TimeUnit.SECONDS);
    }

    private void threeRegions() {
        pd.put(describe(1, 1, NONE, key("b"), 1));
        pd.put(describe(2, 1, key("b"), key("d"), 2));
        pd.put(describe(3, 1, key("d"), NONE, 3));
    }

    @Test
    void aMissBringsTheNeighboursAlong() throws Exception {
        threeRegions();
        assertThat(cache.locate(key("a"))).isNull();
        assertThat(loaded("a").id()).isEqualTo(1);
        assertThat(cache.locate(key("c")).leader().address()).hasToString("127.0.0.1:20002");
        assertThat(cache.locate(key("z")).context()).containsExactly(3, 1, 3);
        assertThat(pd.calls).hasValue(1);
        assertThat(pd.storeCalls).hasValue(1);
    }

    @Test
    void tenThousandMissesMakeOneCall() throws Exception {
        threeRegions();
        final CompletableFuture<Void> gate = pd.hold();
        final List<CompletableFuture<Region>> all = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            all.add(cache.load(Integer.toString(i, 36).getBytes(StandardCharsets.UTF_8), soon()));
        }
        assertThat(pd.calls).hasValue(1);
        assertThat(cache.waiting()).isEqualTo(10_000);
        gate.complete(null);
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
        assertThat(pd.calls.get()).isLessThanOrEqualTo(2);
        await().until(() -> cache.waiting() == 0);
    }

    @Test
    void everyWaiterEndsByItsOwnDeadlineAndOneWhoLeavesDisturbsNobody() throws Exception {
        threeRegions();
        final CompletableFuture<Void> gate = pd.hold();
        final CompletableFuture<Region> patient = cache.load(key("a"), soon());
        final CompletableFuture<Region> hasty = cache.load(key("a"), in(Duration.ofMillis(30)));
        final CompletableFuture<Region> leaving = cache.load(key("c"), soon());
        leaving.cancel(false);
        assertThatThrownBy(() -> hasty.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(PdUnavailableException.class);
        assertThat(patient).isNotDone();
        await().until(() -> cache.waiting() == 1); // one who has left is told before he is counted out
        gate.complete(null);
        assertThat(patient.get(20, TimeUnit.SECONDS).id()).isEqualTo(1);
    }

    @Test
    void aGapInPdsAnswerIsAskedForAgain() throws Exception {
        pd.put(describe(1, 1, NONE, key("b"), 1));
        final CompletableFuture<Region> waiting = cache.load(key("c"), soon());
        await().until(() -> pd.calls.get() > 2);
        assertThat(waiting).isNotDone();
        pd.put(describe(2, 1, key("b"), NONE, 1));
        assertThat(waiting.get(20, TimeUnit.SECONDS).id()).isEqualTo(2);
    }

    @Test
    void aRegionThatPdDoesNotKnowIsUnavailable() {
        final CompletableFuture<Region> waiting = cache.load(key("c"), in(Duration.ofMillis(100)));
        assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(RegionUnavailableException.class);
    }

    @Test
    void anAnswerOfPdThatIsOlderThanWhatAStoreSaidIsAskedForAgain() throws Exception {
        pd.put(describe(1, 5, NONE, NONE, 1));
        final Region asked = loaded("a");
        cache.replace(asked, List.of(describe(1, 6, key("m"), NONE, 1).getRegion()));
        assertThat(cache.locate(key("n")).version()).isEqualTo(6);
        cache.invalidate(cache.locate(key("n")), InvalidReason.OTHER);
        final CompletableFuture<Region> waiting = cache.load(key("n"), soon());
        await().until(() -> cache.refused() > 1);
        assertThat(waiting).isNotDone();
        pd.clear();
        pd.put(describe(1, 6, key("m"), NONE, 2));
        assertThat(waiting.get(20, TimeUnit.SECONDS).leader().id()).isEqualTo(2);
    }

    @Test
    void currentRegionsOfAnEpochErrorReplaceTheOldOne() throws Exception {
        pd.put(describe(1, 1, NONE, NONE, 2));
        final Region asked = loaded("a");
        final List<Region> entered = cache.replace(
                asked,
                List.of(
                        describe(1, 2, key("m"), NONE, 0).getRegion(),
                        describe(8, 2, NONE, key("m"), 0).getRegion()));
        assertThat(entered).hasSize(2);
        assertThat(cache.locate(key("a")).id()).isEqualTo(8);
        assertThat(cache.locate(key("a")).leader().id())
                .as("the store that answered")
                .isEqualTo(2);
        assertThat(cache.locate(key("z")).id()).isEqualTo(1);
        assertThat(asked.isUsable()).isFalse();
        assertThat(cache.invalidations(InvalidReason.EPOCH_NOT_MATCH)).isEqualTo(1);
        assertThat(pd.calls).hasValue(1);
    }

    @Test
    void aLeaderHintSwitchesTheRouteAtOnce() throws Exception {
        pd.put(describe(1, 1, NONE, NONE, 1));
        final Region rerouted = cache.onLeader(loaded("a"), 3);
        assertThat(rerouted.context()).containsExactly(1, 1, 3);
        assertThat(cache.locate(key("a"))).isSameAs(rerouted);
        assertThat(rerouted.leaderPeer().id()).isEqualTo(13);
    }

    @Test
    void aLeaderOnAnUnknownStoreGivesTheRegionUp() throws Exception {
        pd.put(describe(1, 1, NONE, NONE, 1));
        assertThat(cache.onLeader(loaded("a"), 77)).isNull();
        assertThat(cache.locate(key("a"))).isNull();
        assertThat(cache.invalidations(InvalidReason.UNKNOWN_LEADER)).isEqualTo(1);
    }

    @Test
    void withoutAHintAnotherReplicaIsTried() throws Exception {
        pd.put(describe(1, 1, NONE, NONE, 1));
        final Region other = cache.tryOther(loaded("a"));
        assertThat(other.leader().id()).isIn(2L, 3L);
        assertThat(cache.locate(key("a"))).isSameAs(other);
    }

    @Test
    void aFailedStoreMakesAllItsRegionsBeLookedUpAgainOnOtherReplicas() throws Exception {
        pd.put(describe(1, 1, NONE, key("b"), 1));
        pd.put(describe(2, 1, key("b"), key("d"), 1));
        pd.put(describe(3, 1, key("d"), NONE, 2));
        final Region failed = loaded("a");
        failed.leader().onUnreachable(0, System.nanoTime());
        failed.leader().onUnreachable(0, System.nanoTime());
        assertThat(failed.leader().failureEpoch()).as("one outage counts once").isEqualTo(1);
        assertThat(cache.locate(key("c"))).isNull();
        assertThat(cache.locate(key("e")).leader().id()).isEqualTo(2);
        assertThat(loaded("c").leader().id())
                .as("PD still names the dead store")
                .isIn(2L, 3L);
        failed.leader().onReachable();
        cache.invalidate(cache.locate(key("c")), InvalidReason.OTHER);
        assertThat(loaded("c").leader().id()).isEqualTo(1);
    }

    @Test
    void aStoreThatMovesOrDiesMakesItsRegionsUnusable() throws Exception {
        pd.put(describe(1, 1, NONE, NONE, 1));
        final List<Long> changed = new ArrayList<>();
        stores.onChange(store -> changed.add(store.id()));
        final Region region = loaded("a");
        pd.stores.put(1L, FakePlacementDriver.store(1, 29_999));
        stores.refresh(soon()).get(20, TimeUnit.SECONDS);
        assertThat(region.isUsable()).isFalse();
        assertThat(region.leader().address()).hasToString("127.0.0.1:29999");
        assertThat(loaded("a").leader()).isSameAs(region.leader());
        pd.stores.put(
                1L,
                FakePlacementDriver.store(1, 29_999).toBuilder()
                        .setState(StoreState.Tombstone)
                        .build());
        pd.stores.remove(2L);
        stores.refresh(soon()).get(20, TimeUnit.SECONDS);
        assertThat(changed).containsExactlyInAnyOrder(1L, 1L, 2L);
        assertThat(loaded("a").leader().id()).isEqualTo(3);
    }

    @Test
    void pdMayNameNoLeaderAndWitnessesAndLearnersNeverServe() throws Exception {
        final var region = describe(1, 1, NONE, NONE, 0).toBuilder();
        region.getRegionBuilder().getPeersBuilder(0).setIsWitness(true);
        region.getRegionBuilder().getPeersBuilder(1).setRole(PeerRole.Learner);
        pd.put(region.build());
        assertThat(loaded("a").leader().id()).isEqualTo(3);
        assertThat(loaded("a").peers()).extracting(Peer::storeId).containsExactly(2L, 3L);
    }

    @Test
    void theRegionLeftOfAnEndIsLoadedAlsoAtTheVeryEnd() throws Exception {
        threeRegions();
        assertThat(cache.loadEnd(NONE, soon()).get(20, TimeUnit.SECONDS).id()).isEqualTo(3);
        assertThat(cache.loadEnd(key("d"), soon()).get(20, TimeUnit.SECONDS).id())
                .isEqualTo(2);
        assertThat(cache.loadEnd(key("aa"), soon()).get(20, TimeUnit.SECONDS).id())
                .isEqualTo(1);
        assertThat(cache.locateEnd(NONE).id()).isEqualTo(3);
    }

    @Test
    void boundsOfAKeyspaceBecomeUserKeys() throws Exception {
        final KeySpace keySpace = KeySpace.v2(KeyMode.RAW, 1);
        pd.put(describe(1, 1, NONE, keySpace.regionKey(key("k")), 1));
        pd.put(describe(2, 1, keySpace.regionKey(key("k")), NONE, 2));
        try (RegionCache inKeyspace = cache(keySpace)) {
            final Region left = inKeyspace.load(key("a"), soon()).get(20, TimeUnit.SECONDS);
            assertThat(left.start()).isEmpty();
            assertThat(left.end()).isEqualTo(key("k"));
            assertThat(inKeyspace.locate(key("z")).id()).isEqualTo(2);
            assertThat(inKeyspace.locate(key("z")).end()).isEmpty();
            assertThat(inKeyspace
                            .loadEnd(NONE, soon())
                            .get(20, TimeUnit.SECONDS)
                            .id())
                    .isEqualTo(2);
        }
    }

    @Test
    void closingEndsAllWhoWait() {
        pd.hold();
        final CompletableFuture<Region> waiting = cache.load(key("a"), soon());
        cache.close();
        assertThatThrownBy(waiting::get).hasCauseInstanceOf(ClientClosedException.class);
        assertThatThrownBy(() -> cache.load(key("a"), soon()).get()).hasCauseInstanceOf(ClientClosedException.class);
    }

    /** Threads miss, give up and find again while answers come at random moments: nobody is forgotten. */
    @Test
    void noWaiterIsLostBetweenLoads() throws Exception {
        final int count = 500;
        for (int i = 0; i < count; i++) {
            pd.put(describe(i + 1, 1, i == 0 ? NONE : number(i), i == count - 1 ? NONE : number(i + 1), 1 + i % 3));
        }
        final List<Thread> threads = new ArrayList<>();
        final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        for (int t = 0; t < 4; t++) {
            final Thread thread = new Thread(() -> hammer(count, failures));
            threads.add(thread);
            thread.start();
        }
        for (int i = 0; i < 200; i++) {
            final CompletableFuture<Void> gate = pd.hold();
            Thread.onSpinWait();
            gate.complete(null);
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        await().until(() -> cache.waiting() == 0);
    }

    private void hammer(final int count, final List<Throwable> failures) {
        try {
            final ThreadLocalRandom random = ThreadLocalRandom.current();
            for (int i = 0; i < 4_000; i++) {
                final int number = random.nextInt(count);
                final Region region = cache.load(number(number), soon()).get(20, TimeUnit.SECONDS);
                if (region.id() != number + 1) {
                    throw new AssertionError(number + " gave " + region);
                }
                if (random.nextInt(4) == 0) {
                    cache.invalidate(region, InvalidReason.OTHER);
                }
            }
        } catch (final Exception | AssertionError failure) {
            failures.add(failure);
        }
    }

    private static byte[] number(final int number) {
        final byte[] key = new byte[8];
        Arrays.fill(key, (byte) 1);
        key[6] = (byte) (number >> 8);
        key[7] = (byte) number;
        return key;
    }
}
