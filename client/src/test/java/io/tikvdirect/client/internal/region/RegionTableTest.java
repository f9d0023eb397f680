package io.tikvdirect.client.internal.region;

import static io.tikvdirect.client.internal.region.RegionFixtures.key;
import static io.tikvdirect.client.internal.region.RegionFixtures.region;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.codec.buffer.KeyBuffer;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.MutableDirectBuffer;
import org.junit.jupiter.api.Test;

class RegionTableTest {
    private static final byte[] NONE = {};

    private final List<Long> forgotten = new ArrayList<>();
    private final List<Long> reloads = new ArrayList<>();
    private final RegionTable.Watcher watcher = new RegionTable.Watcher() {
        @Override
        public void onReloadDue(final Region region, final int tick) {
            if (region.postponeReload(tick)) {
                reloads.add(region.id());
            }
        }

        @Override
        public void onForgotten(final Region region) {
            forgotten.add(region.id());
        }
    };
    private final Generation generation = new Generation();
    private final RegionTable table = new RegionTable(1_000_000, new Random(1), generation, watcher);

    private static void insert(final RegionTable table, final Region... regions) {
        table.insert(List.of(regions));
    }

    @Test
    void boundsAreInclusiveAndExclusive() {
        insert(table, region(1, 1, 1, "", "b"), region(2, 1, 1, "b", "d"), region(3, 1, 1, "f", ""));
        assertThat(idOf(table, "")).isEqualTo(1);
        assertThat(idOf(table, "azzz")).isEqualTo(1);
        assertThat(idOf(table, "b")).isEqualTo(2);
        assertThat(idOf(table, "c\u00ff")).isEqualTo(2);
        assertThat(idOf(table, "d")).isZero();
        assertThat(idOf(table, "e")).isZero();
        assertThat(idOf(table, "f")).isEqualTo(3);
        assertThat(idOf(table, "\u00ff\u00ff")).isEqualTo(3);
    }

    @Test
    void theRegionLeftOfAnEndIsFound() {
        insert(table, region(1, 1, 1, "", "b"), region(2, 1, 1, "b", "d"), region(3, 1, 1, "f", ""));
        assertThat(table.locateEnd(key("b")).id()).isEqualTo(1);
        assertThat(table.locateEnd(key("ba")).id()).isEqualTo(2);
        assertThat(table.locateEnd(key("d")).id()).isEqualTo(2);
        assertThat(table.locateEnd(key("e"))).isNull();
        assertThat(table.locateEnd(key("f"))).isNull();
        assertThat(table.locateEnd(NONE).id()).isEqualTo(3);
    }

    @Test
    void anOlderEpochNeverReplacesANewerOne() {
        insert(table, region(1, 5, 3, "a", "m"));
        assertThat(table.insert(List.of(region(1, 4, 3, "a", "z")))).hasSize(1);
        assertThat(table.insert(List.of(region(1, 5, 2, "a", "m")))).hasSize(1);
        assertThat(table.insert(List.of(region(9, 4, 9, "c", "d"))))
                .as("overlaps, older version")
                .hasSize(1);
        assertThat(table.insert(List.of(region(1, 4, 3, "x", "y"))))
                .as("elsewhere by now")
                .hasSize(1);
        assertThat(table.locate(key("c")).version()).isEqualTo(5);
        assertThat(table.insert(List.of(region(1, 6, 3, "a", "g"), region(2, 6, 3, "g", "m"))))
                .isEmpty();
        assertThat(idOf(table, "c")).isEqualTo(1);
        assertThat(idOf(table, "g")).isEqualTo(2);
    }

    @Test
    void aRegionThatWasGivenUpIsMissedButItsEpochIsRemembered() {
        final Region known = region(1, 5, 3, "a", "m");
        insert(table, known);
        assertThat(idOf(table, "b")).isEqualTo(1);
        table.giveUp(known);
        assertThat(table.locate(key("b"))).isNull();
        assertThat(table.insert(List.of(region(1, 4, 3, "a", "z")))).hasSize(1);
        assertThat(table.insert(List.of(region(1, 5, 3, "a", "m")))).isEmpty();
        assertThat(idOf(table, "b")).isEqualTo(1);
    }

    @Test
    void aRegionWhoseStoreFailsIsMissedHoweverOftenItWasFound() {
        final Store failing = RegionFixtures.store(1, generation);
        final Store well = RegionFixtures.store(2, generation);
        insert(
                table,
                region(1, 1, 1, key("a"), key("b"), failing),
                region(2, 1, 1, key("b"), key("c"), well),
                region(3, 1, 1, key("c"), key("d"), failing));
        for (int i = 0; i < 3; i++) {
            assertThat(List.of(idOf(table, "a"), idOf(table, "b"), idOf(table, "c")))
                    .containsExactly(1L, 2L, 3L);
        }
        failing.onUnreachable(failing.failureEpoch(), 0);
        for (int i = 0; i < 3; i++) {
            assertThat(List.of(idOf(table, "a"), idOf(table, "b"), idOf(table, "c")))
                    .containsExactly(0L, 2L, 0L);
        }
    }

    /** Marks are good for one generation each, and there is room for 255 generations until they are wiped. */
    @Test
    void aRegionThatIsGivenUpIsMissedInWhateverGenerationThatIs() {
        for (int round = 0; round < 1_000; round++) {
            final int version = round + 1;
            insert(table, region(1, version, 1, "a", "b"), region(2, version, 1, "b", "c"));
            final Region known = table.locate(key("a"));
            assertThat(known.version()).isEqualTo(version);
            assertThat(table.locate(key("a"))).isSameAs(known);
            table.giveUp(known);
            assertThat(table.locate(key("a"))).isNull();
            assertThat(idOf(table, "b")).isEqualTo(2);
            if (round % 300 == 299) {
                table.onTick();
            }
        }
    }

    @Test
    void aMergeRemovesTheSourceAndASplitTheOldBounds() {
        insert(table, region(1, 1, 1, "a", "c"), region(2, 1, 1, "c", "e"));
        insert(table, region(2, 2, 1, "a", "e"));
        assertThat(table.index().size()).isEqualTo(1);
        assertThat(table.byId(1)).isNull();
        insert(table, region(2, 3, 1, "c", "e"), region(3, 3, 1, "a", "c"));
        assertThat(idOf(table, "b")).isEqualTo(3);
        assertThat(idOf(table, "d")).isEqualTo(2);
    }

    @Test
    void idleRegionsExpireAndUsedOnesStay() {
        insert(table, region(1, 1, 1, "a", "b"), region(2, 1, 1, "b", "c"));
        for (int second = 0; second < 2000; second++) {
            table.onTick();
            assertThat(idOf(table, "a")).isEqualTo(1);
        }
        assertThat(table.index().size()).isEqualTo(1);
        assertThat(table.byId(2)).isNull();
    }

    @Test
    void aDoubtfulRegionInUseIsServedAndReloadedAfterItsLifetime() {
        final Store leader = RegionFixtures.store(1);
        final Region doubtful = new Region.Builder(
                        1,
                        1,
                        1,
                        key("a"),
                        key("b"),
                        List.of(new Peer(10, 1, io.tikvdirect.proto.metapb.PeerRole.Voter)))
                .lifetime(0, 600)
                .doubtful(true)
                .build(0, leader, RegionFixtures.NO_CONTEXT, 0);
        insert(table, doubtful, region(2, 1, 1, "b", "c"));
        for (int second = 1; second < 600; second++) {
            table.onTick();
            assertThat(idOf(table, "a")).isEqualTo(1);
            assertThat(idOf(table, "b")).isEqualTo(2);
        }
        assertThat(reloads).isEmpty();
        for (int second = 600; second < 630; second++) {
            table.onTick();
            assertThat(idOf(table, "a")).as("it is used as it is known").isEqualTo(1);
            assertThat(idOf(table, "a")).isEqualTo(1);
            assertThat(idOf(table, "b")).isEqualTo(2);
        }
        assertThat(reloads).as("every ten seconds until it is replaced").containsExactly(1L, 1L, 1L);
        doubtful.renew(table.tick());
        table.onTick();
        assertThat(idOf(table, "a")).isEqualTo(1);
        assertThat(reloads).hasSize(3);
    }

    @Test
    void theLongestUnusedGoWhenThereAreTooMany() {
        final RegionTable small = new RegionTable(100, new Random(1), generation, watcher);
        for (int i = 0; i < 1000; i++) {
            insert(small, region(i + 1, 1, 1, numbered(i), numbered(i + 1), RegionFixtures.store(1)));
            if (i % 20 == 0) {
                small.onTick();
            }
            assertThat(small.locate(numbered(0))).as("used all the time").isNotNull();
        }
        assertThat(small.index().size()).isEqualTo(100);
        assertThat(small.locate(numbered(999))).isNotNull();
        assertThat(small.locate(numbered(500))).isNull();
    }

    private static byte[] numbered(final int number) {
        return key("table/user/%08d".formatted(number));
    }

    @Test
    void thirtyThousandRegionsAreFoundByArrayAndByBuffer() {
        final List<Region> regions = new ArrayList<>();
        final Store store = RegionFixtures.store(1);
        for (int i = 0; i < 30_000; i++) {
            final byte[] start = i == 0 ? NONE : numbered(i);
            regions.add(region(i + 1, 1, 1, start, i == 29_999 ? NONE : numbered(i + 1), store));
        }
        Collections.shuffle(regions, new Random(7));
        table.insert(regions);
        assertThat(table.index().size()).isEqualTo(30_000);
        final MutableDirectBuffer buffer = new KeyBuffer();
        for (int i = 0; i < 30_000; i += 7) {
            final byte[] inside = Arrays.copyOf(numbered(i), 24);
            assertThat(table.locate(inside).id()).isEqualTo(i + 1);
            buffer.putBytes(3, inside);
            assertThat(table.locate(buffer, 3, inside.length).id()).isEqualTo(i + 1);
        }
    }

    @Test
    void lookingUpAllocatesNothing() {
        for (int i = 0; i < 2_000; i++) {
            insert(table, region(i + 1, 1, 1, numbered(i), numbered(i + 1), RegionFixtures.store(1)));
        }
        final byte[] key = numbered(777);
        final MutableDirectBuffer buffer = new KeyBuffer();
        buffer.putBytes(0, key);
        final var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long found = 0;
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 20 && allocated > 10_000; round++) {
            final long before = thread.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                found += table.locate(key).id()
                        + table.locate(buffer, 0, key.length).id();
            }
            allocated = thread.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(found).isPositive();
        assertThat(allocated).as("bytes of 40,000 look-ups once warm").isLessThan(10_000);
    }

    /** Keys that share long prefixes in groups or differ in nothing but length, gaps between regions, and all that changes. */
    @Property(tries = 30)
    void locatedIsWhatAModelHoldsHoweverOftenItIsLookedUp(@ForAll final long seed) {
        final Random random = new Random(seed);
        final List<Store> stores = List.of(RegionFixtures.store(1, generation), RegionFixtures.store(2, generation));
        final RegionTable actual = new RegionTable(1_000_000, random, generation, watcher);
        actual.onTick();
        final TreeMap<byte[], Region> model = new TreeMap<>(Arrays::compareUnsigned);
        final List<byte[]> borders = new ArrayList<>(borders(random));
        for (int i = 0; i + 1 < borders.size(); i++) {
            if (random.nextInt(8) > 0) {
                final Region region = region(i + 1, 1, 1, borders.get(i), borders.get(i + 1), stores.get(i % 2));
                model.put(region.start(), region);
            }
        }
        actual.insert(List.copyOf(model.values()));
        for (int step = 0; step < 150; step++) {
            disturb(actual, model, stores, random);
            for (int i = 0; i < 10; i++) {
                final byte[] key = nearBorder(random, borders);
                final Map.Entry<byte[], Region> floor = model.floorEntry(key);
                final boolean found = floor != null
                        && floor.getValue().contains(key)
                        && floor.getValue().isUsable();
                final Region expected = found ? floor.getValue() : null;
                final KeyBuffer buffer = new KeyBuffer();
                buffer.append(key);
                assertThat(actual.locate(key)).isSameAs(expected);
                assertThat(actual.locate(buffer, 0, key.length)).isSameAs(expected);
                assertThat(actual.locate(key)).isSameAs(expected);
            }
        }
    }

    private static TreeSet<byte[]> borders(final Random random) {
        final TreeSet<byte[]> borders = new TreeSet<>(Arrays::compareUnsigned);
        borders.add(NONE);
        for (int group = 1 + random.nextInt(3); group > 0; group--) {
            final byte[] prefix = new byte[random.nextInt(24)];
            random.nextBytes(prefix);
            for (int i = random.nextInt(700); i > 0; i--) {
                final byte[] tail = randomKey(random);
                final byte[] border = Arrays.copyOf(prefix, prefix.length + tail.length);
                System.arraycopy(tail, 0, border, prefix.length, tail.length);
                borders.add(border);
            }
        }
        return borders;
    }

    private static byte[] nearBorder(final Random random, final List<byte[]> borders) {
        final byte[] border = borders.get(random.nextInt(borders.size()));
        return switch (random.nextInt(4)) {
            case 0 -> border;
            case 1 -> Arrays.copyOf(border, border.length + 1 + random.nextInt(9));
            case 2 -> Arrays.copyOf(border, Math.max(0, border.length - 1));
            default -> {
                final byte[] other = border.clone();
                if (other.length > 0) {
                    other[random.nextInt(other.length)]++;
                }
                yield other;
            }
        };
    }

    /** Gives a region up, lets a store fail, replaces a region by a newer one, or lets a second pass. */
    private static void disturb(
            final RegionTable actual,
            final TreeMap<byte[], Region> model,
            final List<Store> stores,
            final Random random) {
        if (model.isEmpty()) {
            return;
        }
        final Map.Entry<byte[], Region> drawn = model.ceilingEntry(randomKey(random));
        final Region region = (drawn == null ? model.lastEntry() : drawn).getValue();
        switch (random.nextInt(40)) {
            case 0 -> {
                final Store store = stores.get(random.nextInt(2));
                store.onUnreachable(store.failureEpoch(), 0);
            }
            case 1 -> actual.onTick();
            default -> {
                if (random.nextInt(3) == 0) {
                    actual.giveUp(region);
                } else {
                    final Region renewed =
                            region(region.id(), region.version() + 1, 1, region.start(), region.end(), region.leader());
                    model.put(renewed.start(), renewed);
                    assertThat(actual.insert(List.of(renewed))).isEmpty();
                }
            }
        }
    }

    /** A cluster that splits, merges and moves; the table hears of it late, in part and out of order. */
    @Property(tries = 40)
    void whateverIsHeardTheTableNeverGoesBackAndNeverOverlaps(@ForAll final long seed) {
        final Random random = new Random(seed);
        final RegionTable heard = new RegionTable(1_000_000, random, generation, watcher);
        final TreeMap<byte[], Region> truth = new TreeMap<>(Arrays::compareUnsigned);
        final List<Region> gossip = new ArrayList<>();
        final Store store = RegionFixtures.store(1);
        tell(truth, gossip, region(1, 1, 1, NONE, NONE, store));
        long nextId = 2;
        for (int step = 0; step < 200; step++) {
            nextId = change(truth, gossip, random, nextId, store);
            for (int i = 0; i < 3; i++) {
                hear(heard, gossip.get(random.nextInt(gossip.size())), random);
            }
            assertOrderedAndDisjoint(heard.index());
        }
        heard.insert(List.copyOf(truth.values()));
        assertThat(heard.index().size()).isEqualTo(truth.size());
        for (int i = 0; i < 200; i++) {
            final byte[] key = randomKey(random);
            assertThat(heard.locate(key).id())
                    .isEqualTo(truth.floorEntry(key).getValue().id());
            final Region left = key.length == 0
                    ? truth.lastEntry().getValue()
                    : truth.lowerEntry(key).getValue();
            assertThat(heard.locateEnd(key).id()).isEqualTo(left.id());
        }
    }

    /** Of each key that is known before and after, the version does not go back; nor does that of the region heard of. */
    private static void hear(final RegionTable heard, final Region news, final Random random) {
        final List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            keys.add(randomKey(random));
        }
        final List<Region> before = keys.stream().map(heard::locate).toList();
        final Region same = heard.byId(news.id());
        heard.insert(List.of(news));
        for (int i = 0; i < keys.size(); i++) {
            final Region after = heard.locate(keys.get(i));
            if (before.get(i) != null && after != null) {
                assertThat(after.version()).isGreaterThanOrEqualTo(before.get(i).version());
            }
        }
        if (same != null) {
            assertThat(heard.byId(news.id()).version()).isGreaterThanOrEqualTo(same.version());
        }
    }

    private static long change(
            final TreeMap<byte[], Region> truth,
            final List<Region> gossip,
            final Random random,
            final long nextId,
            final Store store) {
        final byte[] key = randomKey(random);
        final Region at = truth.floorEntry(key).getValue();
        if (random.nextInt(3) > 0 && !Arrays.equals(at.start(), key)) {
            final long version = at.version() + 1;
            tell(truth, gossip, region(nextId, version, at.confVersion(), at.start(), key, store));
            tell(truth, gossip, region(at.id(), version, at.confVersion(), key, at.end(), store));
            return nextId + 1;
        }
        final Map.Entry<byte[], Region> right = truth.higherEntry(at.start());
        if (right != null) {
            final Region source = right.getValue();
            truth.remove(source.start());
            final long version = Math.max(at.version(), source.version()) + 1;
            tell(truth, gossip, region(at.id(), version, at.confVersion(), at.start(), source.end(), store));
        }
        return nextId;
    }

    private static void tell(final TreeMap<byte[], Region> truth, final List<Region> gossip, final Region region) {
        truth.put(region.start(), region);
        gossip.add(region);
    }

    private static byte[] randomKey(final Random random) {
        final byte[] key = new byte[random.nextInt(6)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(5) * 60);
        }
        return key;
    }

    private static void assertOrderedAndDisjoint(final RegionIndex index) {
        byte[] end = NONE;
        boolean first = true;
        int count = 0;
        for (int i = 0; i < index.chunkCount(); i++) {
            for (final Region region : index.chunk(i)) {
                final boolean follows = first || (end.length > 0 && Arrays.compareUnsigned(end, region.start()) <= 0);
                assertThat(follows).isTrue();
                end = region.end();
                first = false;
                count++;
            }
        }
        assertThat(index.size()).isEqualTo(count);
    }

    @Test
    void readersAlwaysFindAKeyWhileItsRegionsAreSplitAndMerged() throws Exception {
        final Store store = RegionFixtures.store(1);
        final int count = 2_000;
        for (int i = 0; i < count; i++) {
            insert(table, region(i + 1, 1, 1, i == 0 ? NONE : numbered(i), end(i, count), store));
        }
        final AtomicBoolean done = new AtomicBoolean();
        final ExecutorService readers = Executors.newFixedThreadPool(2);
        final List<Future<Long>> results = new ArrayList<>();
        for (int r = 0; r < 2; r++) {
            final Random random = new Random(r);
            results.add(readers.submit(() -> lookUps(table, random, count, done)));
        }
        final Random random = new Random(3);
        for (int round = 2; round < 3_000; round++) {
            final int i = random.nextInt(count - 1);
            insert(table, region(i + 1, round, 1, i == 0 ? NONE : numbered(i), end(i, count), store));
        }
        done.set(true);
        readers.shutdown();
        for (final Future<Long> result : results) {
            assertThat(result.get()).isPositive();
        }
    }

    private static byte[] end(final int i, final int count) {
        return i == count - 1 ? NONE : numbered(i + 1);
    }

    private static long lookUps(
            final RegionTable table, final Random random, final int count, final AtomicBoolean done) {
        long lookUps = 0;
        while (!done.get() || lookUps == 0) {
            final int i = random.nextInt(count);
            final Region region = table.locate(numbered(i));
            if (region == null || region.id() != i + 1) {
                throw new AssertionError("key " + i + " gave " + region);
            }
            lookUps++;
        }
        return lookUps;
    }

    private static long idOf(final RegionTable table, final String key) {
        final Region region = table.locate(key(key));
        return region == null ? 0 : region.id();
    }
}
