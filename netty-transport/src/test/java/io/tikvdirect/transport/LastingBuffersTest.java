package io.tikvdirect.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LastingBuffersTest {
    private static final int MANY = 20_000; // some 156 of them are followed by chance

    private final Level level = ResourceLeakDetector.getLevel();
    private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);

    @AfterEach
    void restore() {
        ResourceLeakDetector.setLevel(level);
    }

    private static long followed(Supplier<ByteBuf> source) {
        return IntStream.range(0, MANY)
                .filter(i -> {
                    ByteBuf buffer = source.get();
                    boolean wrapped = buffer.unwrap() != null;
                    buffer.release();
                    return wrapped;
                })
                .count();
    }

    @Test
    void noneIsFollowedByChance() {
        ResourceLeakDetector.setLevel(Level.SIMPLE);

        assertThat(followed(() -> allocator.directBuffer(64, 64))).isPositive();
        assertThat(followed(() -> LastingBuffers.take(allocator, 64, 64))).isZero();
    }

    @Test
    void allAreFollowedWhenEverythingIs() {
        ResourceLeakDetector.setLevel(Level.PARANOID);

        assertThat(followed(() -> LastingBuffers.take(allocator, 64, 64))).isEqualTo(MANY);
    }
}
