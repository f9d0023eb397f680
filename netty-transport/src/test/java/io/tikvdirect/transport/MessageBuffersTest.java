package io.tikvdirect.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MessageBuffersTest {
    private final MessageBuffers buffers = new MessageBuffers(UnpooledByteBufAllocator.DEFAULT);

    @AfterEach
    void release() {
        buffers.release();
    }

    @Test
    void memoryThatTheSocketHasTakenServesTheNextMessage() {
        final ByteBuf first = buffers.take(100).writeLong(1);
        first.release();
        final ByteBuf second = buffers.take(100);
        assertThat(second).isSameAs(first);
        assertThat(second.readableBytes()).isZero();
        second.release();
    }

    @Test
    void messagesOnTheirWayAreNeverSharedHoweverMany() {
        final List<ByteBuf> onTheirWay = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            final ByteBuf message = buffers.take(8).writeLong(i);
            assertThat(onTheirWay).noneMatch(other -> other == message);
            onTheirWay.add(message);
        }
        for (int i = 0; i < 20; i++) {
            assertThat(onTheirWay.get(i).readLong()).isEqualTo(i);
            onTheirWay.get(i).release();
        }
    }

    @Test
    void aSliceStillReferredToKeepsTheMemoryFromBeingUsedAgain() {
        final ByteBuf message = buffers.take(8).writeLong(7);
        final ByteBuf slice = message.readRetainedSlice(8);
        message.release();
        final ByteBuf other = buffers.take(8);
        assertThat(other).isNotSameAs(message);
        assertThat(slice.readLong()).isEqualTo(7);
        slice.release();
        other.release();
    }

    @Test
    void largeMessagesAreNotKept() {
        final ByteBuf asked = buffers.take(MessageBuffers.LARGEST + 1);
        asked.release();
        assertThat(asked.refCnt()).isZero();

        final ByteBuf grown = buffers.take(100);
        grown.writeZero(MessageBuffers.LARGEST + 1);
        grown.release();
        buffers.take(100).release();
        assertThat(grown.refCnt()).isZero();
    }

    @Test
    void whatIsOnItsWayWhenTheConnectionEndsIsFreedByTheSocket() {
        final ByteBuf onItsWay = buffers.take(8);
        final ByteBuf gone = buffers.take(8);
        gone.release();
        buffers.release();
        assertThat(gone.refCnt()).isZero();
        assertThat(onItsWay.refCnt()).isEqualTo(1);
        onItsWay.release();
        buffers.take(8).release();
    }
}
