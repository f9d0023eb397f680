package io.tikvdirect.client.internal.region;

import static io.tikvdirect.client.internal.region.RegionFixtures.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.codec.key.KeyMode;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.proto.errorpb.BucketVersionNotMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Buckets beside the region cache. The encoder of these tests puts nothing but the buckets' version into a Context. */
class BucketsTest {
    private static final byte[] NONE = {};

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final FakePlacementDriver pd = new FakePlacementDriver();
    private final RegionCache cache = new RegionCache(
            Config.fromUri("tikv://unused:1"),
            KeySpace.v1(),
            pd,
            new StoreTable(pd, Map.of()),
            (regionId, confVersion, version, peer, buckets) -> new byte[] {(byte) buckets},
            scheduler,
            new Random(5));

    @AfterEach
    void close() {
        cache.close();
        scheduler.shutdownNow();
    }

    private static long soon() {
        return System.nanoTime() + Duration.ofSeconds(20).toNanos();
    }

    private static io.tikvdirect.proto.pdpb.Region described(
            final long id,
            final long epoch,
            final String start,
            final String end,
            final long version,
            final String... keys) {
        final var region = FakePlacementDriver.describe(id, epoch, key(start), key(end), 1).toBuilder();
        region.getBucketsBuilder().setRegionId(id).setVersion(version);
        for (final String key : keys) {
            region.getBucketsBuilder().addKeys(ByteString.copyFrom(key(key)));
        }
        return region.build();
    }

    private static BucketVersionNotMatch mismatch(final long version, final String... keys) {
        final BucketVersionNotMatch.Builder mismatch =
                BucketVersionNotMatch.newBuilder().setVersion(version);
        for (final String key : keys) {
            mismatch.addKeys(ByteString.copyFrom(key(key)));
        }
        return mismatch.build();
    }

    private Region load(final String key) throws Exception {
        return cache.load(key(key), soon()).get(20, TimeUnit.SECONDS);
    }

    private static List<String> texts(final List<KeyRange> ranges) {
        final List<String> texts = new ArrayList<>();
        for (final KeyRange range : ranges) {
            texts.add(new String(range.start(), java.nio.charset.StandardCharsets.ISO_8859_1) + ".."
                    + new String(range.end(), java.nio.charset.StandardCharsets.ISO_8859_1));
        }
        return texts;
    }

    @Test
    void theVersionPdToldIsInTheContextAndRangesAreCutAtTheBorders() throws Exception {
        pd.put(described(1, 1, "", "m", 7, "", "d", "h", "m"));
        pd.put(FakePlacementDriver.describe(2, 1, key("m"), NONE, 1));
        final Region first = load("a");
        assertThat(first.context()).containsExactly(7);
        assertThat(load("z").context()).as("this one has none").containsExactly(0);
        assertThat(texts(cache.cut(first, KeyRange.all()))).containsExactly("..d", "d..h", "h..m");
        assertThat(texts(cache.cut(first, KeyRange.of(key("e"), key("k"))))).containsExactly("e..h", "h..k");
        assertThat(texts(cache.cut(first, KeyRange.of(key("d"), key("h"))))).containsExactly("d..h");
        assertThat(texts(cache.cut(load("z"), KeyRange.all()))).containsExactly("m..");
        assertThat(cache.cut(first, KeyRange.of(key("x"), key("y")))).isEmpty();
    }

    @Test
    void newerBucketsOfAStoreAreTakenAndChangeTheContext() throws Exception {
        pd.put(described(1, 1, "", "", 7, "", "d", ""));
        final Region region = load("a");
        cache.onBuckets(region, mismatch(9, "", "b", "f", ""), soon());
        assertThat(load("a").context()).containsExactly(9);
        assertThat(texts(cache.cut(region, KeyRange.all()))).containsExactly("..b", "b..f", "f..");
        assertThat(load("a").leader()).isSameAs(region.leader());
        assertThat(pd.calls).as("nobody had to be asked").hasValue(1);
    }

    @Test
    void olderBucketsNeverReplaceNewerOnes() throws Exception {
        pd.put(described(1, 1, "", "", 7, "", "d", ""));
        cache.onBuckets(load("a"), mismatch(9, "", "b", ""), soon());
        cache.invalidate(load("a"), InvalidReason.OTHER);
        pd.put(described(1, 2, "", "", 8, "", "d", ""));
        assertThat(load("a").context()).as("PD lags behind the store").containsExactly(9);
        assertThat(texts(cache.cut(load("a"), KeyRange.all()))).containsExactly("..b", "b..");
    }

    @Test
    void aMismatchWithoutBucketsIsMendedByPdInTheBackgroundOncePerRegion() throws Exception {
        pd.put(described(1, 1, "", "", 7, "", "d", ""));
        final Region region = load("a");
        pd.put(described(1, 1, "", "", 9, "", "f", ""));
        final CompletableFuture<Void> gate = pd.hold();
        cache.onBuckets(region, mismatch(9), soon());
        assertThat(load("a").context()).as("not checked by any store").containsExactly(0);
        cache.onBuckets(load("a"), mismatch(9), soon());
        assertThat(pd.calls).as("the look-up and one refresh").hasValue(2);
        gate.complete(null);
        assertThat(load("a").context()).containsExactly(9);
        assertThat(texts(cache.cut(region, KeyRange.all()))).containsExactly("..f", "f..");
    }

    @Test
    void afterASplitOldBucketsAreCutToTheRegionsBounds() throws Exception {
        pd.put(described(1, 1, "", "", 7, "", "d", "h", "m", ""));
        final Region before = load("a");
        final var left = FakePlacementDriver.describe(2, 2, NONE, key("f"), 1).getRegion();
        final var right = FakePlacementDriver.describe(1, 2, key("f"), NONE, 1).getRegion();
        cache.replace(before, List.of(left, right));
        assertThat(texts(cache.cut(load("z"), KeyRange.all()))).containsExactly("f..h", "h..m", "m..");
        assertThat(texts(cache.cut(load("a"), KeyRange.all())))
                .as("a new region has none")
                .containsExactly("..f");
    }

    @Test
    void bucketsLeaveTogetherWithTheirRegion() throws Exception {
        pd.put(described(1, 1, "", "m", 7, "", "d", "m"));
        pd.put(described(2, 1, "m", "", 3, "m", "q", ""));
        load("a");
        load("z");
        assertThat(cache.regionsWithBuckets()).isEqualTo(2);
        final var merged = FakePlacementDriver.describe(2, 5, NONE, NONE, 1).getRegion();
        cache.replace(load("z"), List.of(merged));
        assertThat(cache.regionsWithBuckets()).isEqualTo(1);
        cache.onBuckets(RegionFixtures.region(77, 1, 1, "a", "b"), mismatch(5, "a", "b"), soon());
        assertThat(cache.regionsWithBuckets()).as("a region that is not known").isEqualTo(1);
    }

    @Test
    void bordersOfKeyspacesAreUserKeysAndForeignOnesAreLeftOut() throws Exception {
        final KeySpace keySpace = KeySpace.v2(KeyMode.RAW, 5);
        final KeySpace other = KeySpace.v2(KeyMode.RAW, 4);
        final Buckets buckets = Buckets.of(
                3,
                List.of(other.regionKey(key("x")), keySpace.regionKey(key("b")), keySpace.regionKey(key("f")), NONE),
                keySpace);
        assertThat(buckets.bordersWithin(NONE, NONE)).containsExactly(key("b"), key("f"));
        final byte[] good = keySpace.regionKey(key("b"));
        final byte[] cut = Arrays.copyOf(good, good.length - 1);
        assertThatThrownBy(() -> Buckets.of(3, List.of(cut, NONE), keySpace))
                .isInstanceOf(MalformedMessageException.class);
    }
}
