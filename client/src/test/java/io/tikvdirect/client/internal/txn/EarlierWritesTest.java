package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A write buffer as it was, against copies of a sorted map. */
class EarlierWritesTest {

    private record View(EarlierWrites writes, int checkpoint, TreeMap<byte[], byte[]> model) {}

    private static TreeMap<byte[], byte[]> copy(TreeMap<byte[], byte[]> model) {
        TreeMap<byte[], byte[]> copy = new TreeMap<>(Arrays::compareUnsigned);
        copy.putAll(model);
        return copy;
    }

    @Property(tries = 200)
    void everyViewStaysAsItWasWhateverIsWrittenAndUndone(
            @ForAll final long seed, @ForAll @IntRange(min = 1, max = 200) final int steps) {
        final Random random = new Random(seed);
        TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
        final List<View> views = new ArrayList<>();
        try (WriteBuffer buffer = new WriteBuffer(new UnpooledByteBufAllocator(true, true))) {
            for (int step = 0; step < steps; step++) {
                final byte[] key = {(byte) random.nextInt(30)};
                switch (random.nextInt(8)) {
                    case 0, 1, 2, 3 -> {
                        final byte[] value = new byte[1 + random.nextInt(20)];
                        random.nextBytes(value);
                        buffer.put(key, value, 0, 0);
                        model.put(key, value);
                    }
                    case 4 -> {
                        buffer.delete(key, 0, 0);
                        model.put(key, new byte[0]);
                    }
                    case 5, 6 -> {
                        final int checkpoint = buffer.checkpoint();
                        views.add(new View(new EarlierWrites(buffer, checkpoint), checkpoint, copy(model)));
                    }
                    default -> {
                        if (!views.isEmpty()) {
                            final View back = views.get(random.nextInt(views.size()));
                            buffer.revert(back.checkpoint);
                            model = copy(back.model);
                            views.removeIf(view -> view.checkpoint > back.checkpoint);
                        }
                    }
                }
                views.forEach(EarlierWritesTest::check);
            }
        }
    }

    private static void check(final View view) {
        final TreeMap<byte[], byte[]> found = new TreeMap<>(Arrays::compareUnsigned);
        final WriteBuffer buffer = view.writes.lookAgain().buffer();
        for (int node = buffer.first(); node != WriteBuffer.NONE; node = buffer.next(node)) {
            final int address = view.writes.address(node);
            if (address != WriteBuffer.NO_VALUE) {
                found.put(buffer.key(node), address == WriteBuffer.TOMBSTONE ? new byte[0] : buffer.valueAt(address));
            }
        }
        assertThat(text(found)).isEqualTo(text(view.model));
    }

    private static List<String> text(final TreeMap<byte[], byte[]> map) {
        final List<String> lines = new ArrayList<>();
        map.forEach((key, value) -> lines.add(Arrays.toString(key) + Arrays.toString(value)));
        return lines;
    }
}
