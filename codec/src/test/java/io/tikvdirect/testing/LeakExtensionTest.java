package io.tikvdirect.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeakExtensionTest {
    private final LeakRecorder recorder = LeakRecorder.install();

    @Test
    void lostPooledBufferIsReportedWithItsRecords() {
        losePooledBuffer();

        final List<String> leaks = recorder.collect();

        assertThat(leaks).singleElement().asString().contains("ByteBuf", "losePooledBuffer");
        assertThat(recorder.collect()).as("reported once").isEmpty();
    }

    @Test
    void lostUnpooledDirectBufferIsReported() {
        loseUnpooledBuffer();

        assertThat(recorder.collect()).singleElement().asString().contains("loseUnpooledBuffer");
    }

    @Test
    void releasedBuffersAreNoLeak() {
        ByteBufAllocator.DEFAULT.directBuffer(64).release();
        ByteBufAllocator.DEFAULT.heapBuffer(64).release();

        assertThat(recorder.collect()).isEmpty();
    }

    private static void losePooledBuffer() {
        final ByteBuf lost = ByteBufAllocator.DEFAULT.directBuffer(64);
        lost.writeInt(1);
    }

    private static void loseUnpooledBuffer() {
        final ByteBuf lost = Unpooled.directBuffer(64);
        lost.writeInt(1);
    }
}
