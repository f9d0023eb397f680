package io.tikvdirect.codec.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.tikvdirect.codec.grpc.GrpcFramingException;
import io.tikvdirect.codec.grpc.GrpcMessageReader;
import io.tikvdirect.testing.ByteChunks;
import java.util.ArrayList;
import java.util.List;

/** Any bytes as a stream of messages: however it is cut, it gives the same messages and the same failure. */
class GrpcFramingFuzzTest {
    private static final int MAX = 4096;
    private static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(true, true);

    @FuzzTest(maxDuration = "3m")
    void streams(final byte[] bytes) throws Exception {
        final List<String> whole = read(List.of(bytes));
        assertThat(read(ByteChunks.oneByteAtATime(bytes))).isEqualTo(whole);
        assertThat(read(ByteChunks.random(bytes, bytes.length, 16))).isEqualTo(whole);
    }

    private static List<String> read(final List<byte[]> chunks) throws Exception {
        final List<String> seen = new ArrayList<>();
        try (GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, MAX, true)) {
            for (final byte[] chunk : chunks) {
                final ByteBuf input = ALLOCATOR.directBuffer(chunk.length + 1).writeBytes(chunk);
                try {
                    while (reader.next(input)) {
                        assertThat(reader.length()).isBetween(0, MAX);
                        seen.add(ByteBufUtil.hexDump(reader.buffer(), reader.offset(), reader.length()));
                    }
                } finally {
                    input.release();
                }
            }
            reader.finish();
        } catch (final GrpcFramingException e) {
            seen.add(e.reason() + ": " + e.getMessage());
        }
        return seen;
    }
}
