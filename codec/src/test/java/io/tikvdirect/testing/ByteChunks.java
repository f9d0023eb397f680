package io.tikvdirect.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Stateless: ways in which the same bytes can arrive, for whatever has to be resumable at any byte.
 *
 * <pre>{@code
 * for (List<byte[]> chunks : ByteChunks.everyWay(bytes, seed)) {
 *     var parser = new Parser();
 *     ByteChunks.feed(chunks, parser::read);
 *     assertThat(parser.result()).isEqualTo(expected);
 * }
 * }</pre>
 */
public final class ByteChunks {
    private static final int RANDOM_WAYS = 16;

    private ByteChunks() {}

    /** Takes chunks as they arrive. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Takes a chunk.
         *
         * @param chunk a direct buffer, borrowed
         * @throws Exception whatever the thing under test throws
         */
        void accept(ByteBuf chunk) throws Exception;
    }

    /**
     * In two pieces, cut at each point, the ends included (so one piece may be empty).
     *
     * @param bytes what arrives
     * @return one list of two chunks per point
     */
    public static List<List<byte[]>> everySplit(final byte[] bytes) {
        final List<List<byte[]>> ways = new ArrayList<>(bytes.length + 1);
        for (int cut = 0; cut <= bytes.length; cut++) {
            ways.add(List.of(Arrays.copyOfRange(bytes, 0, cut), Arrays.copyOfRange(bytes, cut, bytes.length)));
        }
        return ways;
    }

    /**
     * Byte by byte.
     *
     * @param bytes what arrives
     * @return chunks of one byte
     */
    public static List<byte[]> oneByteAtATime(final byte[] bytes) {
        return ofSize(bytes, 1);
    }

    /**
     * In pieces of one size; the last may be shorter.
     *
     * @param bytes what arrives
     * @param size of a chunk, above 0
     * @return chunks
     */
    public static List<byte[]> ofSize(final byte[] bytes, final int size) {
        final List<byte[]> chunks = new ArrayList<>();
        for (int start = 0; start < bytes.length; start += size) {
            chunks.add(Arrays.copyOfRange(bytes, start, Math.min(bytes.length, start + size)));
        }
        return chunks;
    }

    /**
     * In pieces of random size.
     *
     * @param bytes what arrives
     * @param seed of the sizes
     * @param maxSize of a chunk, above 0
     * @return chunks
     */
    public static List<byte[]> random(final byte[] bytes, final long seed, final int maxSize) {
        final Random random = new Random(seed);
        final List<byte[]> chunks = new ArrayList<>();
        for (int start = 0; start < bytes.length; ) {
            final int end = Math.min(bytes.length, start + 1 + random.nextInt(maxSize));
            chunks.add(Arrays.copyOfRange(bytes, start, end));
            start = end;
        }
        return chunks;
    }

    /**
     * All of the above: whole, cut in two at each point, byte by byte, and a number of random ways. For inputs of up to a
     * few thousand bytes, as the work grows with the square.
     *
     * @param bytes what arrives
     * @param seed of the random ways
     * @return ways to feed the bytes
     */
    public static List<List<byte[]>> everyWay(final byte[] bytes, final long seed) {
        final List<List<byte[]>> ways = new ArrayList<>(everySplit(bytes));
        ways.add(oneByteAtATime(bytes));
        for (int i = 0; i < RANDOM_WAYS; i++) {
            ways.add(random(bytes, seed + i, Math.max(2, bytes.length / 4)));
        }
        return ways;
    }

    /**
     * Delivers chunks, each in a pooled direct buffer of its own that is released afterwards.
     *
     * @param chunks what arrives, in order
     * @param sink takes it
     * @throws Exception whatever the sink throws
     */
    public static void feed(final List<byte[]> chunks, final Sink sink) throws Exception {
        for (final byte[] chunk : chunks) {
            final ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(Math.max(1, chunk.length));
            try {
                sink.accept(buffer.writeBytes(chunk));
            } finally {
                buffer.release();
            }
        }
    }
}
