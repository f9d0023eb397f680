package io.tikvdirect.client.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpareBodiesTest {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final SpareBodies spares = new SpareBodies(allocator);

    private long used() {
        return allocator.metric().usedDirectMemory();
    }

    @Test
    void oneThatWasGivenBackIsUsedAgain() {
        final ByteBuf first = spares.take(1_000);
        spares.giveBack(first);
        final ByteBuf second = spares.take(SpareBodies.BYTES);
        assertThat(second).isSameAs(first);
        assertThat(second.capacity()).isEqualTo(SpareBodies.BYTES);
        spares.giveBack(second);
        spares.releaseFree();
        assertThat(used()).isZero();
    }

    @Test
    void thereIsNoneForLargeBodiesAndOneMebibyteInAll() {
        assertThat(spares.take(SpareBodies.BYTES + 1)).isNull();
        final List<ByteBuf> taken = new ArrayList<>();
        for (ByteBuf body = spares.take(600); body != null; body = spares.take(600)) {
            taken.add(body);
        }
        assertThat(used()).isEqualTo(1 << 20);
        taken.forEach(spares::giveBack);
        assertThat(used()).isEqualTo(1 << 20);
        spares.releaseFree();
        assertThat(used()).isZero();
    }

    @Test
    void oneThatIsStillHeldIsLeftToItsHolderAndReplaced() {
        final ByteBuf held = spares.take(1_000).writeInt(7);
        final ByteBuf part = held.retainedSlice();
        spares.giveBack(held);
        final List<ByteBuf> others = new ArrayList<>();
        for (ByteBuf body = spares.take(1_000); body != null; body = spares.take(1_000)) {
            body.writeInt(8);
            others.add(body);
        }
        assertThat(others).hasSize(64);
        assertThat(part.readInt()).isEqualTo(7);
        part.release();
        assertThat(held.refCnt()).isZero();
        others.forEach(spares::giveBack);
        spares.releaseFree();
        assertThat(used()).isZero();
    }
}
