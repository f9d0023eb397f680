package io.tikvdirect.client.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.transport.EventLoopKind;
import io.tikvdirect.transport.EventLoopOptions;
import io.tikvdirect.transport.EventLoops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory is used again while the client is open, and given back to the last byte when it is closed. */
class ClientMemoryTest {

    private static final int LOOPS = 2;

    private final ClientMemory memory = new ClientMemory(LOOPS);

    @AfterEach
    void nothingIsKept() {
        memory.close();
        assertThat(memory.reservedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 512, 513, 768, 769, 1_024, 1_025, 20_000, 32_767, 32_768, 65_536, 5_000_000})
    void aFixedSizeIsExactlyWhatWasAskedFor(int bytes) {
        ByteBuf buffer = memory.directBuffer(bytes, bytes);
        assertThat(buffer.capacity()).isEqualTo(bytes);
        assertThat(buffer.maxCapacity()).isEqualTo(bytes);
        assertThat(buffer.writableBytes()).isEqualTo(bytes);
        buffer.writeZero(bytes);
        assertThat(buffer.isWritable()).isFalse();
        assertThat(buffer.ensureWritable(1, true)).isOdd();
        buffer.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 32_000, 40_000})
    void aBufferThatMayGrowGrows(int bytes) {
        ByteBuf buffer = memory.directBuffer(bytes);
        byte[] expected = new byte[100_000];
        for (int i = 0; i < expected.length; i += 100) {
            expected[i] = (byte) i;
            buffer.writeBytes(expected, i, 100);
        }
        byte[] actual = new byte[expected.length];
        buffer.getBytes(0, actual);
        assertThat(actual).isEqualTo(expected);
        buffer.release();
    }

    @Test
    void aPieceIsEmptyAndWholeAgainWhenItIsUsedAgain() {
        for (int i = 0; i < 1_000; i++) {
            int bytes = 600 + i % 100;
            ByteBuf buffer = memory.directBuffer(bytes, bytes);
            assertThat(buffer.refCnt()).isOne();
            assertThat(buffer.readableBytes()).isZero();
            assertThat(buffer.writableBytes()).isEqualTo(bytes);
            buffer.writeLong(i).capacity(8).readInt();
            assertThat(buffer.writableBytes()).isZero();
            buffer.release();
        }
        assertThat(memory.reservedBytes()).isEqualTo(2 << 20);
    }

    @Test
    void sizesOfPiecesHoldWhatIsAskedOfThemAndNotMuchMore() {
        for (int shift = 0; shift <= 15; shift++) {
            sizeHolds(1 << shift);
            sizeHolds((1 << shift) - 1);
            sizeHolds((1 << shift) * 3 / 4);
            sizeHolds((1 << shift) * 3 / 4 + 1);
        }
    }

    private static void sizeHolds(int bytes) {
        int index = PieceSizes.indexOf(bytes);
        assertThat(PieceSizes.bytesOf(index)).isGreaterThanOrEqualTo(bytes);
        if (index > 0) {
            assertThat(PieceSizes.bytesOf(index - 1)).isLessThan(bytes);
        }
    }

    @Test
    void buffersOfTheSameSizeDoNotShareMemory() {
        List<ByteBuf> buffers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            buffers.add(memory.directBuffer(1_500, 1_500).writeBytes(filled(i)));
        }
        for (int i = 0; i < buffers.size(); i++) {
            byte[] actual = new byte[1_500];
            buffers.get(i).readBytes(actual).release();
            assertThat(actual).isEqualTo(filled(i));
        }
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[1_500];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void whatLastsForACallerTakesNoWholeChunk() {
        ByteBuf lasting = memory.newLastingBuffer(32 << 10, 32 << 10);
        assertThat(memory.reservedBytes()).isEqualTo(32 << 10);
        lasting.release();
        assertThat(memory.reservedBytes()).isZero();
    }

    @Test
    void whatIsInUseAtCloseGoesBackWithItsRelease() {
        ByteBuf piece = memory.directBuffer(700, 700).writeZero(700);
        ByteBuf large = memory.directBuffer(100_000, 100_000).writeZero(100_000);
        ByteBuf huge = memory.directBuffer(10_000_000, 10_000_000).writeZero(10_000_000);
        memory.close();
        assertThat(memory.reservedBytes()).isPositive();
        assertThat(piece.getByte(699)).isZero();
        piece.release();
        large.release();
        huge.release();
        assertThat(memory.reservedBytes()).isZero();
    }

    @Test
    void threadsOfLoopsAndOfCallersLeaveNothingBehind() throws Exception {
        EventLoops loops = EventLoops.open(new EventLoopOptions(EventLoopKind.NIO, LOOPS, "memory-test"));
        List<CompletableFuture<Void>> work = new ArrayList<>();
        try {
            memory.serve(loops);
            for (int i = 0; i < 8; i++) {
                int seed = i;
                CompletableFuture<Void> done = new CompletableFuture<>();
                work.add(done);
                Runnable task = () -> churn(seed, done);
                if (i < LOOPS) {
                    loops.loop(i).execute(task);
                } else {
                    new Thread(task).start();
                }
            }
            for (CompletableFuture<Void> done : work) {
                done.get(60, TimeUnit.SECONDS);
            }
            assertThat(memory.reservedBytes()).isPositive();
        } finally {
            loops.close();
        }
    }

    /** Buffers of all sizes, released in another order and by other threads than they were taken. */
    private void churn(int seed, CompletableFuture<Void> done) {
        try {
            RandomGenerator random =
                    RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            List<ByteBuf> held = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                int bytes = 1 + random.nextInt(1 << random.nextInt(4, 18));
                ByteBuf buffer = random.nextBoolean() ? memory.directBuffer(bytes, bytes) : memory.directBuffer(bytes);
                held.add(buffer.writeZero(bytes));
                if (held.size() > 50) {
                    held.remove(random.nextInt(held.size())).release();
                }
            }
            CompletableFuture.runAsync(() -> held.forEach(ByteBuf::release)).join();
            done.complete(null);
        } catch (RuntimeException | Error failed) {
            done.completeExceptionally(failed);
        }
    }

    @Test
    void aSmallLimitIsKept() {
        ByteBuf buffer = memory.directBuffer(10, 1_000);
        assertThat(buffer.capacity()).isEqualTo(10);
        buffer.writeZero(1_000);
        assertThat(buffer.ensureWritable(1, true)).isOdd();
        buffer.release();
    }

    @Test
    void theAllocatorOfABufferIsAsGood() {
        ByteBuf large = memory.directBuffer(100_000, 100_000);
        ByteBuf small = large.alloc().directBuffer(100, 200).writeZero(200);
        ByteBuf growing = small.alloc().directBuffer(100).writeZero(200_000);
        large.release();
        small.release();
        growing.release();
    }

    @Test
    void heapBuffersAreOrdinary() {
        ByteBuf buffer = memory.heapBuffer(10, 20);
        assertThat(buffer.hasArray()).isTrue();
        buffer.release();
        assertThat(memory.reservedBytes()).isZero();
    }
}
