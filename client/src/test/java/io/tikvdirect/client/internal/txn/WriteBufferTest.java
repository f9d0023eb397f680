package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The write buffer against a sorted map of the JDK. */
class WriteBufferTest {

    /** What a key holds: a value, or null for a tombstone; and its flags. */
    private record Held(byte[] value, boolean isEntry, int flags) {}

    /** The leak detector remembers every access to a buffer, which is too much for thousands of them. */
    private static UnpooledByteBufAllocator untracked() {
        return new UnpooledByteBufAllocator(true, true);
    }

    private static TreeMap<byte[], Held> model() {
        return new TreeMap<>(Arrays::compareUnsigned);
    }

    @Property(tries = 200)
    void randomWritesStagesAndReverts(@ForAll final long seed, @ForAll @IntRange(min = 1, max = 400) final int steps) {
        final Random random = new Random(seed);
        TreeMap<byte[], Held> model = model();
        final Deque<TreeMap<byte[], Held>> stages = new ArrayDeque<>();
        final Deque<Integer> handles = new ArrayDeque<>();
        try (WriteBuffer buffer = new WriteBuffer(untracked())) {
            for (int step = 0; step < steps; step++) {
                final byte[] key = key(random);
                switch (random.nextInt(12)) {
                    case 0, 1, 2, 3, 4 -> {
                        final byte[] value = new byte[1 + random.nextInt(random.nextInt(20) == 0 ? 9_000 : 40)];
                        random.nextBytes(value);
                        buffer.put(key, value, WriteBuffer.PRESUME_NOT_EXISTS, 0);
                        model.put(key, new Held(value, true, flags(model, key) | WriteBuffer.PRESUME_NOT_EXISTS));
                    }
                    case 5, 6 -> {
                        buffer.delete(key, 0, WriteBuffer.PRESUME_NOT_EXISTS);
                        model.put(key, new Held(null, true, flags(model, key) & ~WriteBuffer.PRESUME_NOT_EXISTS));
                    }
                    case 7, 8 -> {
                        stages.push(copy(model));
                        handles.push(buffer.stage());
                    }
                    case 9, 10 -> {
                        if (!handles.isEmpty()) {
                            buffer.release(handles.pop());
                            stages.pop();
                        }
                    }
                    default -> {
                        if (!handles.isEmpty()) {
                            buffer.cleanUp(handles.pop());
                            model = stages.pop();
                        }
                    }
                }
            }
            same(buffer, model);
        }
    }

    @Property(tries = 100)
    void checkpointsNest(@ForAll final long seed) {
        final Random random = new Random(seed);
        final TreeMap<byte[], Held> model = model();
        try (WriteBuffer buffer = new WriteBuffer(untracked())) {
            final List<Integer> checkpoints = new ArrayList<>();
            final List<TreeMap<byte[], Held>> states = new ArrayList<>();
            for (int step = 0; step < 200; step++) {
                if (random.nextInt(10) == 0) {
                    checkpoints.add(buffer.checkpoint());
                    states.add(copy(model));
                }
                final byte[] key = key(random);
                final byte[] value = {(byte) step, 1};
                buffer.put(key, value, 0, 0);
                model.put(key, new Held(value, true, 0));
            }
            for (int i = checkpoints.size() - 1; i >= 0; i -= 1 + random.nextInt(2)) {
                buffer.revert(checkpoints.get(i));
                same(buffer, states.get(i));
            }
        }
    }

    @Test
    void aMillionKeysInOrder() {
        final int count = 1_000_000;
        try (WriteBuffer buffer = new WriteBuffer(untracked())) {
            for (int i = 0; i < count; i++) {
                buffer.put(number(Integer.reverse(i)), new byte[] {1}, 0, 0);
            }
            assertThat(buffer.size()).isEqualTo(count);
            assertThat(buffer.dataBytes()).isEqualTo(5L * count);
            int seen = 0;
            byte[] last = {};
            for (int node = buffer.first(); node != WriteBuffer.NONE; node = buffer.next(node)) {
                final byte[] key = buffer.key(node);
                assertThat(Arrays.compareUnsigned(last, key)).isNegative();
                last = key;
                seen++;
            }
            assertThat(seen).isEqualTo(count);
            assertThat(buffer.footprint() / count).as("bytes per pair of 5").isLessThan(48);
        }
    }

    @Test
    void memoryIsGivenBack() {
        final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
        final WriteBuffer buffer = new WriteBuffer(allocator);
        buffer.put(new byte[] {1}, new byte[3_000_000], 0, 0);
        buffer.put(new byte[] {2}, new byte[3], 0, 0);
        assertThat(allocator.metric().directArenas().stream()
                        .mapToLong(arena -> arena.numActiveAllocations())
                        .sum())
                .isPositive();

        buffer.close();
        buffer.close();

        assertThat(allocator.metric().directArenas().stream()
                        .mapToLong(arena -> arena.numActiveAllocations())
                        .sum())
                .isZero();
    }

    @Test
    void aLockOutlivesTheUndoOfItsStatement() {
        try (WriteBuffer buffer = new WriteBuffer(PooledByteBufAllocator.DEFAULT)) {
            final int stage = buffer.stage();
            buffer.put(new byte[] {1}, new byte[] {9}, 0, 0);
            buffer.flag(new byte[] {1}, WriteBuffer.LOCKED, 0);
            buffer.cleanUp(stage);

            final int node = buffer.find(new byte[] {1});
            assertThat(buffer.isEntry(node)).isFalse();
            assertThat(buffer.flags(node)).isEqualTo(WriteBuffer.LOCKED);
            assertThat(buffer.size()).isZero();
        }
    }

    @Test
    void onlyTheInnermostStageCanBeClosed() {
        try (WriteBuffer buffer = new WriteBuffer(PooledByteBufAllocator.DEFAULT)) {
            final int outer = buffer.stage();
            buffer.stage();
            assertThatThrownBy(() -> buffer.release(outer)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> buffer.cleanUp(outer)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> buffer.revert(99)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aShorterValueIsWrittenInPlaceWhenNothingCanBeUndone() {
        try (WriteBuffer buffer = new WriteBuffer(PooledByteBufAllocator.DEFAULT)) {
            final byte[] key = {5};
            for (int i = 0; i < 10_000; i++) {
                buffer.put(key, new byte[100 - i % 2], 0, 0);
            }
            assertThat(buffer.footprint()).isLessThan(10_000);
            assertThat(buffer.valueLength(buffer.find(key))).isEqualTo(99);
            assertThat(buffer.dataBytes()).isEqualTo(100);
        }
    }

    private static void same(final WriteBuffer buffer, final TreeMap<byte[], Held> model) {
        assertThat(buffer.size()).isEqualTo(model.size());
        long bytes = 0;
        int node = buffer.first();
        for (final Map.Entry<byte[], Held> entry : model.entrySet()) {
            node = skipEmpty(buffer, node);
            assertThat(buffer.key(node)).isEqualTo(entry.getKey());
            final Held held = entry.getValue();
            assertThat(buffer.isTombstone(node)).isEqualTo(held.value() == null);
            assertThat(buffer.flags(node)).isEqualTo(held.flags());
            if (held.value() != null) {
                assertThat(buffer.value(node)).isEqualTo(held.value());
                bytes += held.value().length;
            }
            bytes += entry.getKey().length;
            assertThat(buffer.find(entry.getKey())).isEqualTo(node);
            node = buffer.next(node);
        }
        assertThat(skipEmpty(buffer, node)).isEqualTo(WriteBuffer.NONE);
        assertThat(buffer.dataBytes()).isEqualTo(bytes);
        backwards(buffer, model);
    }

    private static void backwards(final WriteBuffer buffer, final TreeMap<byte[], Held> model) {
        int node = buffer.below(new byte[0]);
        for (final byte[] key : model.descendingKeySet()) {
            while (!buffer.isEntry(node)) {
                node = buffer.below(buffer.key(node));
            }
            assertThat(buffer.key(node)).isEqualTo(key);
            node = buffer.below(key);
        }
    }

    private static int skipEmpty(final WriteBuffer buffer, final int from) {
        int node = from;
        while (node != WriteBuffer.NONE && !buffer.isEntry(node)) {
            node = buffer.next(node);
        }
        return node;
    }

    private static int flags(final TreeMap<byte[], Held> model, final byte[] key) {
        final Held held = model.get(key);
        return held == null ? 0 : held.flags();
    }

    private static TreeMap<byte[], Held> copy(final TreeMap<byte[], Held> model) {
        final TreeMap<byte[], Held> copy = model();
        copy.putAll(model);
        return copy;
    }

    private static byte[] key(final Random random) {
        final byte[] key = new byte[1 + random.nextInt(3)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(4) * 80);
        }
        return key;
    }

    private static byte[] number(final int number) {
        return new byte[] {(byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number};
    }
}
