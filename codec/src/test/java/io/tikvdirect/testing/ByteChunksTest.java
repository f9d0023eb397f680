package io.tikvdirect.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;

class ByteChunksTest {
    private static final byte[] BYTES = {1, 2, 3, 4, 5, 6, 7};

    @Test
    void everyWayDeliversTheSameBytes() throws Exception {
        for (final List<byte[]> way : ByteChunks.everyWay(BYTES, 1)) {
            final ByteBuf arrived = Unpooled.buffer();
            ByteChunks.feed(way, arrived::writeBytes);
            assertThat(arrived).isEqualTo(Unpooled.wrappedBuffer(BYTES));
        }
    }

    @Test
    void everySplitCutsAtEachPoint() {
        assertThat(ByteChunks.everySplit(BYTES)).hasSize(BYTES.length + 1);
        assertThat(ByteChunks.oneByteAtATime(BYTES)).hasSize(BYTES.length);
        assertThat(ByteChunks.ofSize(BYTES, 3))
                .extracting(chunk -> chunk.length)
                .containsExactly(3, 3, 1);
    }
}
