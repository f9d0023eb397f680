package io.tikvdirect.codec.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.agrona.DirectBuffer;

class BytesPropertyTest {
    @Property(tries = 300)
    void copiesFromAnyKindOfBufferToAnyKind(@ForAll("long") final byte[] bytes, @ForAll("offsets") final int offset) {
        Assume.that(offset <= bytes.length);
        final int length = bytes.length - offset;
        final byte[] expected = Arrays.copyOfRange(bytes, offset, bytes.length);
        for (final ByteBuf out : outputs()) {
            for (final DirectBuffer source : sources(bytes)) {
                Bytes.write(out.clear().writeByte(9), source, offset, length);
                assertThat(ByteBufUtil.getBytes(out.skipBytes(1))).isEqualTo(expected);
            }
            for (final ByteBuffer source : List.of(
                    ByteBuffer.wrap(bytes),
                    ByteBuffer.allocateDirect(bytes.length).put(0, bytes),
                    ByteBuffer.wrap(bytes).asReadOnlyBuffer())) {
                Bytes.write(out.clear(), source, offset, length);
                assertThat(ByteBufUtil.getBytes(out)).isEqualTo(expected);
                assertThat(source.position()).isZero();
            }
            final ByteBuf direct =
                    Unpooled.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
            Bytes.write(out.clear(), direct, offset, length);
            assertThat(ByteBufUtil.getBytes(out)).isEqualTo(expected);
            Bytes.writeConfined(out.clear(), direct, offset, length);
            assertThat(ByteBufUtil.getBytes(out)).isEqualTo(expected);
            assertThat(Bytes.copyConfined(direct, offset, length)).isEqualTo(expected);
            assertThat(direct.readerIndex()).isZero();
            direct.release();
            assertThat(Bytes.copy(out, 0, length)).isEqualTo(expected);
            assertThat(Bytes.copyConfined(out, 0, length)).isEqualTo(expected);
            out.release();
        }
    }

    @Property(tries = 3_000)
    void comparesAsUnsignedBytes(@ForAll("short") final byte[] a, @ForAll("short") final byte[] b) {
        final byte[] shifted = new byte[a.length + 3];
        System.arraycopy(a, 0, shifted, 3, a.length);
        final int expected = Integer.signum(Arrays.compareUnsigned(a, b));
        final ByteBuf buffer = Unpooled.wrappedBuffer(shifted);

        assertThat(Integer.signum(Bytes.compare(shifted, 3, a.length, b))).isEqualTo(expected);
        assertThat(Integer.signum(Bytes.compare(buffer, 3, a.length, b))).isEqualTo(expected);
        for (final DirectBuffer source : sources(shifted)) {
            assertThat(Integer.signum(Bytes.compare(source, 3, a.length, b))).isEqualTo(expected);
        }
        final boolean starts = a.length >= b.length && Arrays.equals(a, 0, b.length, b, 0, b.length);
        assertThat(Bytes.startsWith(buffer, 3, a.length, b)).isEqualTo(starts);
    }

    @Provide("long")
    Arbitrary<byte[]> longArrays() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(1500);
    }

    @Provide("short")
    Arbitrary<byte[]> shortArrays() {
        return Arbitraries.of((byte) 0, (byte) 1, (byte) 0x80, (byte) 0xFF)
                .array(byte[].class)
                .ofMaxSize(20);
    }

    @Provide
    Arbitrary<Integer> offsets() {
        return Arbitraries.integers().between(0, 20);
    }

    private static List<ByteBuf> outputs() {
        return List.of(
                Unpooled.buffer(1),
                PooledByteBufAllocator.DEFAULT.directBuffer(1),
                Unpooled.compositeBuffer()
                        .addComponents(
                                true,
                                Unpooled.buffer(64).writeZero(64),
                                Unpooled.buffer(512).writeZero(512))
                        .clear());
    }

    /** The last is neither an array nor a Netty buffer: it takes the word by word and the bulk copy. */
    private static List<DirectBuffer> sources(final byte[] bytes) {
        return List.of(
                new KeyBuffer().append(bytes),
                new BufferView().wrap(Unpooled.wrappedBuffer(bytes), 0, bytes.length),
                new PlainMemory(bytes));
    }
}
