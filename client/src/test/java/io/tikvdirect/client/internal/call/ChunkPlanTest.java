package io.tikvdirect.client.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.region.RegionCache;
import io.tikvdirect.client.internal.region.TestRegions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkPlanTest {

    /** Keys, each with a value of the same length. */
    private record Keys(List<byte[]> keys, int valueLength) implements ChunkItems {

        Keys(List<byte[]> keys) {
            this(keys, 0);
        }

        @Override
        public int size() {
            return keys.size();
        }

        @Override
        public int keyLength(int item) {
            return keys.get(item).length;
        }

        @Override
        public int valueLength(int item) {
            return valueLength;
        }

        @Override
        public Region locate(RegionCache regions, int item) {
            return regions.locate(keys.get(item));
        }

        @Override
        public boolean isIn(Region region, int item) {
            return region.contains(keys.get(item));
        }

        @Override
        public byte[] key(int item) {
            return keys.get(item);
        }
    }

    private static List<byte[]> keys(int count) {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(new byte[] {(byte) (i >> 16), (byte) (i >> 8), (byte) i});
        }
        return keys;
    }

    private static ChunkPlan plan(ChunkItems items, byte[]... splits) {
        ChunkPlan plan = new ChunkPlan(512, 16 * 1024);
        plan.reset(items.size());
        assertThat(plan.locate(items, TestRegions.cache(splits))).isEqualTo(ChunkPlan.NONE);
        plan.build(items);
        return plan;
    }

    /** client-go sends 513 keys in a chunk meant for 512. */
    @ParameterizedTest
    @CsvSource({"1, 1", "511, 1", "512, 1", "513, 2", "1024, 2", "1025, 3", "100000, 196"})
    void aChunkHasAtMostFiveHundredAndTwelveKeys(int keys, int chunks) {
        ChunkPlan plan = plan(new Keys(keys(keys)));
        assertThat(plan.count()).isEqualTo(chunks);
        for (int chunk = 0; chunk < chunks; chunk++) {
            assertThat(plan.to(chunk) - plan.from(chunk)).isBetween(1, 512);
        }
    }

    /** A pair of 1,024 bytes: 16 of them are a chunk's bytes exactly. */
    @ParameterizedTest
    @CsvSource({"16, 0, 1", "17, 0, 2", "16, 1, 2", "32, 0, 2", "1, 100000, 1", "2, 100000, 2"})
    void aChunkHasAtMostSixteenKibibytesOrOnePair(int pairs, int more, int chunks) {
        assertThat(plan(new Keys(keys(pairs), 1_021 + more)).count()).isEqualTo(chunks);
    }

    @Test
    void everyRegionHasItsOwnChunkAndTheirKeysKeepTheirOrder() {
        List<byte[]> keys = new ArrayList<>(keys(900));
        keys.addAll(keys.subList(0, 50));
        Collections.shuffle(keys, new Random(3));
        ChunkPlan plan = plan(new Keys(keys), new byte[] {0, 1, 0}, new byte[] {0, 2, 100});
        assertThat(plan.count()).isEqualTo(3);
        for (int chunk = 0; chunk < 3; chunk++) {
            Region region = plan.region(chunk);
            int before = -1;
            for (int i = plan.from(chunk); i < plan.to(chunk); i++) {
                assertThat(region.contains(keys.get(plan.item(i)))).isTrue();
                assertThat(plan.item(i)).isGreaterThan(before);
                before = plan.item(i);
            }
        }
    }

    @Property(tries = 100)
    void everyItemIsInExactlyOneChunkAlsoAfterSplits(@ForAll long seed) {
        Random random = new Random(seed);
        List<byte[]> keys = new ArrayList<>(keys(1 + random.nextInt(2_000)));
        Collections.shuffle(keys, random);
        ChunkItems items = new Keys(keys);
        ChunkPlan plan = plan(items, new byte[] {0, 3});
        byte[][] splits = new byte[random.nextInt(6)][];
        Arrays.setAll(splits, i -> new byte[] {0, (byte) i, (byte) (100 + i)});
        var later = TestRegions.cache(splits);
        boolean[] seen = new boolean[keys.size()];
        int first = plan.count();
        for (int chunk = 0; chunk < first; chunk++) {
            assertThat(plan.relocate(items, later, chunk)).isEqualTo(ChunkPlan.NONE);
            plan.split(items, chunk);
            for (int part = chunk; part != ChunkPlan.NONE; part = plan.follower(part)) {
                for (int i = plan.from(part); i < plan.to(part); i++) {
                    assertThat(plan.region(part).contains(keys.get(plan.item(i))))
                            .isTrue();
                    assertThat(seen[plan.item(i)]).isFalse();
                    seen[plan.item(i)] = true;
                }
            }
        }
        for (boolean each : seen) {
            assertThat(each).isTrue();
        }
    }
}
