package io.tikvdirect.client.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.region.RegionCache;
import io.tikvdirect.client.internal.region.RegionFixtures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Where a batch is cut. */
class ChunkPlanLimitsTest {

    private static final int CHUNK_ITEMS = 512;
    private static final int CHUNK_BYTES = 16 * 1024;

    private static final Region[] REGIONS = {
        RegionFixtures.region(1, 1, 1, "", "b"),
        RegionFixtures.region(2, 1, 1, "b", "c"),
        RegionFixtures.region(3, 1, 1, "c", "d"),
        RegionFixtures.region(4, 1, 1, "d", "")
    };

    /** Items that have sizes and regions and nothing else. */
    private static final class Sizes implements ChunkItems {
        private final int[] bytes;
        private final Region[] region;

        Sizes(int[] bytes, Region[] region) {
            this.bytes = bytes;
            this.region = region;
        }

        static Sizes inOneRegion(int... bytes) {
            Region[] region = new Region[bytes.length];
            Arrays.fill(region, REGIONS[0]);
            return new Sizes(bytes, region);
        }

        @Override
        public int size() {
            return bytes.length;
        }

        @Override
        public int keyLength(int item) {
            return Math.min(1, bytes[item]);
        }

        @Override
        public int valueLength(int item) {
            return bytes[item] - keyLength(item);
        }

        @Override
        public Region locate(RegionCache regions, int item) {
            return region[item];
        }

        @Override
        public boolean isIn(Region candidate, int item) {
            return region[item] == candidate;
        }

        @Override
        public byte[] key(int item) {
            throw new UnsupportedOperationException();
        }
    }

    private final ChunkPlan plan = new ChunkPlan(CHUNK_ITEMS, CHUNK_BYTES);

    private List<Integer> chunkSizes(Sizes items) {
        plan.reset(items.size());
        assertThat(plan.locate(items, null)).isEqualTo(ChunkPlan.NONE);
        plan.build(items);
        List<Integer> sizes = new ArrayList<>();
        for (int chunk = 0; chunk < plan.count(); chunk++) {
            sizes.add(plan.to(chunk) - plan.from(chunk));
        }
        return sizes;
    }

    private static int[] filled(int count, int bytes) {
        int[] sizes = new int[count];
        Arrays.fill(sizes, bytes);
        return sizes;
    }

    @Test
    void asManyItemsAsMayTravelTogetherDo() {
        assertThat(chunkSizes(Sizes.inOneRegion(filled(CHUNK_ITEMS, 1)))).containsExactly(CHUNK_ITEMS);
        assertThat(chunkSizes(Sizes.inOneRegion(filled(CHUNK_ITEMS + 1, 1)))).containsExactly(CHUNK_ITEMS, 1);
    }

    @Test
    void asManyBytesAsMayTravelTogetherDo() {
        int half = CHUNK_BYTES / 2;
        assertThat(chunkSizes(Sizes.inOneRegion(half, half))).containsExactly(2);
        assertThat(chunkSizes(Sizes.inOneRegion(half, half, 1))).containsExactly(2, 1);
        assertThat(chunkSizes(Sizes.inOneRegion(half, half + 1))).containsExactly(1, 1);
    }

    @Test
    void anItemOverTheLimitTravelsAlone() {
        int large = CHUNK_BYTES + 1;
        assertThat(chunkSizes(Sizes.inOneRegion(large))).containsExactly(1);
        assertThat(chunkSizes(Sizes.inOneRegion(1, large, 1, 1))).containsExactly(1, 1, 2);
        assertThat(chunkSizes(Sizes.inOneRegion(large, large))).containsExactly(1, 1);
        assertThat(chunkSizes(Sizes.inOneRegion(Integer.MAX_VALUE, Integer.MAX_VALUE, 1)))
                .as("sizes that overflow an int when added")
                .containsExactly(1, 1, 1);
    }

    @Test
    void aSmallBatchAfterALargeOneIsPlannedAsIfItWereTheFirst() {
        chunkSizes(Sizes.inOneRegion(filled(100_000, 1)));
        assertThat(chunkSizes(Sizes.inOneRegion(1, 1))).containsExactly(2);
    }

    /** Every item travels once, with its region, in its order, within the limits; also after regions have changed. */
    @Property(tries = 300)
    void nothingIsLostAndNoLimitExceeded(@ForAll long seed, @ForAll @IntRange(min = 1, max = 1_500) int count) {
        Random random = new Random(seed);
        Sizes items = random(random, count);
        chunkSizes(items);
        checkAll(items, false);
        for (int chunk = plan.count() - 1; chunk >= 0; chunk--) {
            if (random.nextBoolean()) {
                for (int i = plan.from(chunk); i < plan.to(chunk); i++) {
                    items.region[plan.item(i)] = REGIONS[random.nextInt(REGIONS.length)];
                }
                assertThat(plan.relocate(items, null, chunk)).isEqualTo(ChunkPlan.NONE);
                int before = plan.count();
                assertThat(plan.split(items, chunk)).isEqualTo(1 + plan.count() - before);
            }
        }
        checkAll(items, true);
    }

    private static Sizes random(Random random, int count) {
        int[] bytes = new int[count];
        Region[] region = new Region[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = random.nextInt(20) == 0 ? random.nextInt(2 * CHUNK_BYTES) : 1 + random.nextInt(200);
            region[i] = REGIONS[random.nextInt(REGIONS.length)];
        }
        return new Sizes(bytes, region);
    }

    private void checkAll(Sizes items, boolean wasSplit) {
        BitSet seen = new BitSet();
        for (int chunk = 0; chunk < plan.count(); chunk++) {
            long bytes = 0;
            int last = -1;
            for (int i = plan.from(chunk); i < plan.to(chunk); i++) {
                int item = plan.item(i);
                assertThat(seen.get(item)).as("travels twice").isFalse();
                seen.set(item);
                assertThat(plan.region(chunk)).isSameAs(items.region[item]);
                assertThat(item).as("the caller's order").isGreaterThan(last);
                last = item;
                bytes += items.bytes[item];
            }
            int size = plan.to(chunk) - plan.from(chunk);
            assertThat(size).isBetween(1, CHUNK_ITEMS);
            assertThat(bytes <= CHUNK_BYTES || size == 1).isTrue();
        }
        assertThat(seen.cardinality())
                .as("all travel" + (wasSplit ? " after splits" : ""))
                .isEqualTo(items.size());
        assertThat(reachable()).as("each chunk is begun, or follows another").isEqualTo(plan.count());
    }

    /** Chunks that follow another one are found from it and from no other. */
    private int reachable() {
        BitSet followed = new BitSet();
        for (int chunk = 0; chunk < plan.count(); chunk++) {
            int follower = plan.follower(chunk);
            if (follower != ChunkPlan.NONE) {
                assertThat(followed.get(follower)).isFalse();
                followed.set(follower);
            }
        }
        return plan.count();
    }
}
