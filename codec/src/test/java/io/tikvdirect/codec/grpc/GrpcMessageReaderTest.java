package io.tikvdirect.codec.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.tikvdirect.codec.grpc.GrpcFramingException.Reason;
import io.tikvdirect.testing.ByteChunks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcMessageReaderTest {
    private static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;
    private static final int MAX = 1 << 16;

    /** For what must not allocate, or must fail before it does. */
    private static final ByteBufAllocator NONE = new AbstractByteBufAllocator(true) {
        @Override
        protected ByteBuf newHeapBuffer(final int initialCapacity, final int maxCapacity) {
            throw new AssertionError("allocates " + initialCapacity);
        }

        @Override
        protected ByteBuf newDirectBuffer(final int initialCapacity, final int maxCapacity) {
            throw new AssertionError("allocates " + initialCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    };

    @Test
    void messagesArriveWholeHoweverTheyAreCut() throws Exception {
        final List<byte[]> messages = List.of(new byte[0], bytes(1), bytes(40), new byte[0], bytes(300));
        final byte[] stream = framed(messages, false);
        for (final List<byte[]> way : ByteChunks.everyWay(stream, 1)) {
            try (GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, MAX, false)) {
                assertThat(readAll(reader, way)).containsExactlyElementsOf(messages);
                reader.finish();
            }
        }
    }

    @Test
    void compressedMessagesArriveWholeHoweverTheyAreCut() throws Exception {
        final List<byte[]> messages = List.of(bytes(100), new byte[0], new byte[3_000]);
        final byte[] stream = framed(messages, true);
        for (final List<byte[]> way : ByteChunks.everyWay(stream, 1)) {
            try (GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, MAX, true)) {
                assertThat(readAll(reader, way)).containsExactlyElementsOf(messages);
            }
        }
    }

    @Test
    void wholeMessageIsHandedOutWhereItIs() throws Exception {
        final ByteBuf input = Unpooled.wrappedBuffer(framed(List.of(bytes(10), bytes(20)), false));
        try (GrpcMessageReader reader = new GrpcMessageReader(NONE, MAX, false)) {
            assertThat(reader.next(input)).isTrue();
            assertThat(reader.buffer()).isSameAs(input);
            assertThat(reader.offset()).isEqualTo(5);
            assertThat(reader.length()).isEqualTo(10);
            assertThat(reader.next(input)).isTrue();
            assertThat(reader.offset()).isEqualTo(20);
            assertThat(reader.next(input)).isFalse();
            assertThat(reader.length()).isZero();
            assertThat(input.isReadable()).isFalse();
        }
    }

    @Test
    void messageInPiecesIsAssembledOnceInABufferOfItsLength() throws Exception {
        final byte[] stream = framed(List.of(bytes(100)), false);
        try (GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, MAX, false)) {
            assertThat(reader.next(Unpooled.wrappedBuffer(stream, 0, 50))).isFalse();
            assertThat(reader.isWithinMessage()).isTrue();
            assertThat(reader.next(Unpooled.wrappedBuffer(stream, 50, 55))).isTrue();
            assertThat(reader.buffer().capacity()).isEqualTo(100);
            assertThat(ByteBufUtil.getBytes(reader.buffer(), reader.offset(), reader.length()))
                    .isEqualTo(bytes(100));
        }
    }

    @Test
    void messageThatWasRetainedOutlivesTheReader() throws Exception {
        final byte[] stream = framed(List.of(bytes(100)), false);
        final GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, MAX, false);
        reader.next(Unpooled.wrappedBuffer(stream, 0, 50));
        reader.next(Unpooled.wrappedBuffer(stream, 50, 55));
        final ByteBuf kept = reader.buffer().retain();
        reader.close();
        assertThat(ByteBufUtil.getBytes(kept, 0, 100)).isEqualTo(bytes(100));
        assertThat(kept.release()).isTrue();
    }

    @Test
    void readerThatIsClosedWithinAMessageKeepsNothing() throws Exception {
        final GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, MAX, false);
        reader.next(Unpooled.wrappedBuffer(framed(List.of(bytes(100)), false), 0, 50));
        reader.close();
        reader.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {MAX + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void lengthAboveTheMaximumIsRefusedBeforeAnythingIsAllocated(final int length) throws Exception {
        final ByteBuf prefix = Unpooled.buffer().writeByte(0).writeInt(length).writeByte(1);
        for (final List<byte[]> way : ByteChunks.everyWay(ByteBufUtil.getBytes(prefix), 1)) {
            try (GrpcMessageReader reader = new GrpcMessageReader(NONE, MAX, false)) {
                assertThatThrownBy(() -> readAll(reader, way))
                        .isInstanceOfSatisfying(GrpcFramingException.class, e -> assertThat(e.reason())
                                .isEqualTo(Reason.MESSAGE_TOO_LARGE))
                        .hasMessageContaining(Long.toString(length & 0xFFFF_FFFFL));
            }
        }
    }

    @Test
    void messageOfExactlyTheMaximumIsFine() throws Exception {
        try (GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, 100, true)) {
            final ByteBuf input = Unpooled.wrappedBuffer(framed(List.of(bytes(100)), false));
            assertThat(reader.next(input)).isTrue();
            assertThat(reader.next(Unpooled.wrappedBuffer(framed(List.of(new byte[100]), true))))
                    .isTrue();
            assertThat(reader.length()).isEqualTo(100);
            assertFailure(
                    reader, Unpooled.wrappedBuffer(framed(List.of(new byte[101]), true)), Reason.MESSAGE_TOO_LARGE);
        }
    }

    @Test
    void gzipBombEndsAtTheMaximum() throws Exception {
        final byte[] bomb = framed(List.of(new byte[50_000_000]), true);
        assertThat(bomb.length).isLessThan(MAX);
        try (GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, MAX, true)) {
            assertFailure(reader, Unpooled.wrappedBuffer(bomb), Reason.MESSAGE_TOO_LARGE);
        }
    }

    @Test
    void compressionThatWasNotNegotiatedIsRefused() {
        try (GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, MAX, false)) {
            assertFailure(reader, Unpooled.wrappedBuffer(new byte[] {1}), Reason.COMPRESSION_NOT_NEGOTIATED);
        }
    }

    @ParameterizedTest
    @ValueSource(bytes = {2, 127, -128, -1})
    void unknownFlagIsRefused(final byte flag) {
        try (GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, MAX, true)) {
            assertFailure(reader, Unpooled.wrappedBuffer(new byte[] {flag, 0, 0, 0, 0}), Reason.INVALID_FLAG);
        }
    }

    @Test
    void uncompressedMessagesAreFineOnACallWithCompression() throws Exception {
        try (GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, MAX, true)) {
            final byte[] message = bytes(10);
            assertThat(readAll(reader, List.of(framed(List.of(message), false))))
                    .containsExactly(message);
        }
    }

    @Test
    void streamThatEndsWithinAMessageIsAFailure() throws Exception {
        final byte[] stream = framed(List.of(bytes(10)), false);
        for (int length = 1; length < stream.length; length++) {
            try (GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, MAX, false)) {
                assertThat(reader.next(Unpooled.wrappedBuffer(stream, 0, length)))
                        .isFalse();
                assertThatThrownBy(reader::finish)
                        .isInstanceOfSatisfying(GrpcFramingException.class, e -> assertThat(e.reason())
                                .isEqualTo(Reason.TRUNCATED_MESSAGE));
            }
        }
    }

    @Test
    void readerThatFailedStaysFailed() {
        try (GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, MAX, false)) {
            assertFailure(reader, Unpooled.wrappedBuffer(new byte[] {9}), Reason.INVALID_FLAG);
            assertFailure(reader, Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 0, 0}), Reason.INVALID_FLAG);
        }
    }

    /** Cutting or changing any byte of a gzip message gives an error or, where the byte means nothing, the message. */
    @Test
    void corruptGzipIsRefusedWithoutHanging() throws Exception {
        final byte[] message = bytes(200);
        final byte[] gzip = gzip(message);
        for (int i = 0; i < gzip.length; i++) {
            final byte[] cut = Arrays.copyOf(gzip, i);
            try (GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, MAX, true)) {
                assertFailure(reader, Unpooled.wrappedBuffer(frame(cut, true)), Reason.CORRUPT_COMPRESSION);
            }
            final byte[] changed = gzip.clone();
            changed[i] ^= 0x55;
            try (GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, MAX, true)) {
                assertThat(readAll(reader, List.of(frame(changed, true)))).containsExactly(message);
                assertThat(i)
                        .as("only time, extra flags and system mean nothing")
                        .isBetween(4, 9);
            } catch (final GrpcFramingException e) {
                assertThat(e.reason()).isIn(Reason.CORRUPT_COMPRESSION, Reason.MESSAGE_TOO_LARGE);
            }
        }
    }

    @Test
    void optionalGzipHeadersAndSeveralMembersAreUnderstood() throws Exception {
        final byte[] plain = gzip(bytes(50));
        final ByteBuf message = Unpooled.buffer()
                .writeBytes(plain, 0, 3)
                .writeByte(0x1E) // header checksum, extra, name, comment
                .writeBytes(plain, 4, 6)
                .writeShortLE(3)
                .writeBytes(new byte[] {1, 2, 3})
                .writeBytes(new byte[] {'n', 'a', 'm', 'e', 0})
                .writeBytes(new byte[] {'c', 0})
                .writeShortLE(0)
                .writeBytes(plain, 10, plain.length - 10)
                .writeBytes(plain);
        final byte[] twice = Arrays.copyOf(bytes(50), 100);
        System.arraycopy(bytes(50), 0, twice, 50, 50);
        try (GrpcMessageReader reader = new GrpcMessageReader(ALLOCATOR, MAX, true)) {
            assertThat(readAll(reader, List.of(frame(ByteBufUtil.getBytes(message), true))))
                    .containsExactly(twice);
        }
    }

    @Test
    void prefixIsWrittenAndSet() {
        final ByteBuf out = Unpooled.buffer();
        GrpcMessagePrefix.write(out, 0x01020304);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo("0001020304");
        GrpcMessagePrefix.set(out, 0, 7);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo("0000000007");
    }

    private static void assertFailure(final GrpcMessageReader reader, final ByteBuf input, final Reason reason) {
        assertThatThrownBy(() -> reader.next(input))
                .isInstanceOfSatisfying(
                        GrpcFramingException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private static List<byte[]> readAll(final GrpcMessageReader reader, final List<byte[]> chunks) throws Exception {
        final List<byte[]> messages = new ArrayList<>();
        ByteChunks.feed(chunks, chunk -> {
            while (reader.next(chunk)) {
                messages.add(ByteBufUtil.getBytes(reader.buffer(), reader.offset(), reader.length()));
            }
            assertThat(chunk.isReadable()).isFalse();
        });
        return messages;
    }

    private static byte[] framed(final List<byte[]> messages, final boolean compressed) throws IOException {
        final ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (final byte[] message : messages) {
            stream.writeBytes(frame(compressed ? gzip(message) : message, compressed));
        }
        return stream.toByteArray();
    }

    private static byte[] frame(final byte[] message, final boolean compressed) {
        final ByteBuf frame = Unpooled.buffer();
        GrpcMessagePrefix.write(frame, message.length);
        frame.setByte(0, compressed ? GrpcMessagePrefix.COMPRESSED : GrpcMessagePrefix.IDENTITY);
        return ByteBufUtil.getBytes(frame.writeBytes(message));
    }

    private static byte[] gzip(final byte[] message) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(message);
        }
        return bytes.toByteArray();
    }

    private static byte[] bytes(final int length) {
        final byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
