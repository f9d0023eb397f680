package io.tikvdirect.client.internal.region;

import static io.tikvdirect.client.internal.region.RegionFixtures.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.Config;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.proto.pdpb.PeerStats;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Regions in use that are asked for again in the background. Time is moved by the tests. */
class SoftReloadTest {
    private static final byte[] NONE = {};
    private static final int TTL_SECONDS = 20;

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final FakePlacementDriver pd = new FakePlacementDriver();
    private final RegionCache cache = new RegionCache(
            Config.fromUri("tikv://unused:1?regions.ttl=20s&regions.ttl-jitter=0"),
            KeySpace.v1(),
            pd,
            new StoreTable(pd, Map.of()),
            RegionFixtures.NO_CONTEXT,
            scheduler,
            new Random(5));

    @AfterEach
    void close() {
        cache.close();
        scheduler.shutdownNow();
    }

    private static io.tikvdirect.proto.pdpb.Region described(final long epoch, final boolean hasDownPeer) {
        final var region = FakePlacementDriver.describe(1, epoch, NONE, NONE, 1).toBuilder();
        if (hasDownPeer) {
            region.addDownPeers(
                    PeerStats.newBuilder().setPeer(region.getRegion().getPeers(2)));
        }
        return region.build();
    }

    private Region load() throws Exception {
        return cache.load(key("a"), System.nanoTime() + Duration.ofSeconds(20).toNanos())
                .get(20, TimeUnit.SECONDS);
    }

    private void use(final int seconds) {
        for (int i = 0; i < seconds; i++) {
            cache.onTick();
            assertThat(cache.locate(key("a"))).isNotNull();
        }
    }

    @Test
    void aRegionWithADownPeerIsServedWhileItIsReloadedAndThenReplaced() throws Exception {
        pd.put(described(1, true));
        final Region old = load();
        use(TTL_SECONDS - 1);
        assertThat(cache.reloads()).isZero();
        pd.put(described(2, false));
        final CompletableFuture<Void> gate = pd.hold();
        use(1);
        assertThat(cache.reloads()).isEqualTo(1);
        use(5);
        assertThat(cache.locate(key("a"))).as("nobody waits for PD").isSameAs(old);
        assertThat(pd.calls).as("the look-up and one reload").hasValue(2);
        gate.complete(null);
        assertThat(cache.locate(key("a")).version()).isEqualTo(2);
        use(10 * TTL_SECONDS);
        assertThat(cache.reloads()).as("all its peers are well").isEqualTo(1);
    }

    @Test
    void aRegionThatIsStillSoLivesOnForAnotherLifetime() throws Exception {
        pd.put(described(1, true));
        final Region region = load();
        use(TTL_SECONDS);
        assertThat(cache.reloads()).isEqualTo(1);
        use(TTL_SECONDS - 1);
        assertThat(cache.reloads()).isEqualTo(1);
        use(1);
        assertThat(cache.reloads()).isEqualTo(2);
        assertThat(cache.locate(key("a"))).isSameAs(region);
    }

    @Test
    void whilePdDoesNotAnswerItIsServedAndAskedForSeldom() throws Exception {
        pd.put(described(1, true));
        final Region region = load();
        final CompletableFuture<Void> gate = pd.hold();
        gate.completeExceptionally(new IllegalStateException("no PD"));
        use(TTL_SECONDS + 30);
        assertThat(cache.locate(key("a"))).isSameAs(region);
        assertThat(cache.reloads()).as("at 20, 30, 40 and 50 s").isEqualTo(4);
    }

    @Test
    void aRegionThatIsWellIsNotReloadedWhileItIsUsed() throws Exception {
        pd.put(described(1, false));
        load();
        use(10 * TTL_SECONDS);
        assertThat(cache.reloads()).isZero();
        assertThat(pd.calls).hasValue(1);
    }

    @Test
    void aFullRefreshBringsWhatChangedAndKeepsTheRest() throws Exception {
        pd.put(FakePlacementDriver.describe(1, 1, NONE, key("m"), 1));
        pd.put(FakePlacementDriver.describe(2, 1, key("m"), NONE, 1));
        final Region first = load();
        pd.clear();
        pd.put(FakePlacementDriver.describe(1, 1, NONE, key("m"), 1));
        pd.put(FakePlacementDriver.describe(3, 2, key("m"), key("t"), 2));
        pd.put(FakePlacementDriver.describe(2, 2, key("t"), NONE, 1));
        final long deadlineNs = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        cache.preload(io.tikvdirect.client.KeyRange.all(), deadlineNs).get(20, TimeUnit.SECONDS);
        assertThat(cache.size()).isEqualTo(3);
        assertThat(cache.locate(key("a"))).isSameAs(first);
        assertThat(cache.locate(key("n")).id()).isEqualTo(3);
        assertThat(cache.locate(key("z")).version()).isEqualTo(2);
    }
}
