package io.tikvdirect.codec.buffer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both buffers of this package against {@link ByteBuffer} over the same bytes: Agrona's own buffers need JVM flags.
 */
class BufferTest {
    private static final byte[] BYTES = bytes();

    private static byte[] bytes() {
        final byte[] bytes = new byte[80];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 37 + 5);
        }
        final byte[] text = "-12345678901234 and text".getBytes(US_ASCII);
        System.arraycopy(text, 0, bytes, 40, text.length);
        bytes[36] = (byte) text.length;
        bytes[37] = 0;
        bytes[38] = 0;
        bytes[39] = 0;
        return bytes;
    }

    static List<DirectBuffer> buffers() {
        final byte[] padded = new byte[BYTES.length + 20];
        System.arraycopy(BYTES, 0, padded, 9, BYTES.length);
        final ByteBuffer direct = ByteBuffer.allocateDirect(padded.length).put(0, padded);
        return List.of(
                new BufferView().wrap(Unpooled.wrappedBuffer(padded), 9, BYTES.length),
                new BufferView().wrap(Unpooled.wrappedBuffer(direct), 9, BYTES.length),
                new KeyBuffer(BYTES.length, BYTES.length).append(BYTES));
    }

    @ParameterizedTest
    @MethodSource("buffers")
    void numbersAreReadInEitherOrderAndInTheMachines(final DirectBuffer buffer) {
        for (int i = 0; i <= BYTES.length - Long.BYTES; i++) {
            for (final ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
                final ByteBuffer reference = ByteBuffer.wrap(BYTES).order(order);
                assertThat(buffer.getLong(i, order)).isEqualTo(reference.getLong(i));
                assertThat(buffer.getInt(i, order)).isEqualTo(reference.getInt(i));
                assertThat(buffer.getShort(i, order)).isEqualTo(reference.getShort(i));
                assertThat(buffer.getChar(i, order)).isEqualTo(reference.getChar(i));
                assertThat(buffer.getDouble(i, order)).isEqualTo(reference.getDouble(i));
                assertThat(buffer.getFloat(i, order)).isEqualTo(reference.getFloat(i));
            }
            final ByteOrder machine = ByteOrder.nativeOrder();
            assertThat(buffer.getLong(i)).isEqualTo(buffer.getLong(i, machine));
            assertThat(buffer.getInt(i)).isEqualTo(buffer.getInt(i, machine));
            assertThat(buffer.getShort(i)).isEqualTo(buffer.getShort(i, machine));
            assertThat(buffer.getChar(i)).isEqualTo(buffer.getChar(i, machine));
            assertThat(buffer.getDouble(i)).isEqualTo(buffer.getDouble(i, machine));
            assertThat(buffer.getFloat(i)).isEqualTo(buffer.getFloat(i, machine));
            assertThat(buffer.getByte(i)).isEqualTo(BYTES[i]);
        }
    }

    @ParameterizedTest
    @MethodSource("buffers")
    void textIsParsedAndCopied(final DirectBuffer buffer) {
        assertThat(buffer.parseIntAscii(40, 6)).isEqualTo(-12345);
        assertThat(buffer.parseLongAscii(40, 15)).isEqualTo(-12345678901234L);
        assertThat(buffer.parseNaturalIntAscii(41, 5)).isEqualTo(12345);
        assertThat(buffer.parseNaturalLongAscii(41, 14)).isEqualTo(12345678901234L);
        assertThatThrownBy(() -> buffer.parseNaturalIntAscii(40, 5)).isInstanceOf(NumberFormatException.class);
        assertThat(buffer.getStringAscii(36, ByteOrder.LITTLE_ENDIAN)).isEqualTo("-12345678901234 and text");
        assertThat(buffer.getStringUtf8(36, ByteOrder.LITTLE_ENDIAN)).isEqualTo("-12345678901234 and text");
        assertThat(buffer.getStringWithoutLengthAscii(40, 3)).isEqualTo("-12");
        assertThat(buffer.getStringWithoutLengthUtf8(40, 3)).isEqualTo("-12");
        final StringBuilder appended = new StringBuilder();
        assertThat(buffer.getStringAscii(36, appended, ByteOrder.LITTLE_ENDIAN)).isEqualTo(24);
        assertThat(appended).hasToString("-12345678901234 and text");
    }

    @ParameterizedTest
    @MethodSource("buffers")
    void bytesCopyToEveryKindOfMemory(final DirectBuffer buffer) {
        final byte[] array = new byte[20];
        buffer.getBytes(10, array, 2, 15);
        assertThat(Arrays.copyOfRange(array, 2, 17)).isEqualTo(Arrays.copyOfRange(BYTES, 10, 25));

        final ByteBuffer target = ByteBuffer.allocateDirect(30).position(4);
        buffer.getBytes(10, target, 15);
        assertThat(target.position()).isEqualTo(19);
        buffer.getBytes(0, target, 0, 4);
        assertThat(target.position()).isEqualTo(19);
        assertThat(target.get(18)).isEqualTo(BYTES[24]);
        assertThat(target.get(3)).isEqualTo(BYTES[3]);

        final MutableDirectBuffer mutable = new KeyBuffer();
        buffer.getBytes(10, mutable, 1, 15);
        assertThat(mutable.getByte(15)).isEqualTo(BYTES[24]);

        assertThat(Bytes.copy(buffer, 10, 15)).isEqualTo(Arrays.copyOfRange(BYTES, 10, 25));
    }

    @ParameterizedTest
    @MethodSource("buffers")
    void nothingOutsideIsAccessible(final DirectBuffer buffer) {
        final int capacity = buffer.capacity();
        Stream.<Runnable>of(
                        () -> buffer.getByte(-1),
                        () -> buffer.getByte(capacity),
                        () -> buffer.getLong(capacity - 7),
                        () -> buffer.getInt(capacity - 3),
                        () -> buffer.getShort(-1),
                        () -> buffer.getBytes(capacity - 1, new byte[2]),
                        () -> buffer.getBytes(0, ByteBuffer.allocate(capacity + 1), capacity + 1),
                        () -> buffer.boundsCheck(0, capacity + 1),
                        () -> buffer.boundsCheck(Integer.MAX_VALUE, Integer.MAX_VALUE),
                        () -> buffer.checkLimit(capacity + 1),
                        () -> buffer.getStringWithoutLengthAscii(capacity - 1, 2))
                .forEach(access -> assertThatThrownBy(access::run).isInstanceOf(IndexOutOfBoundsException.class));
        assertThatThrownBy(() -> buffer.wrap(0L, 1)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void buffersWithTheSameBytesAreEqualAndOrderIsUnsigned() {
        final List<DirectBuffer> buffers = buffers();
        for (final DirectBuffer a : buffers) {
            for (final DirectBuffer b : buffers) {
                assertThat(a).isEqualTo(b).hasSameHashCodeAs(b);
                assertThat(a.compareTo(b)).isZero();
            }
            assertThat(a).isNotEqualTo(new KeyBuffer()).isNotEqualTo("text");
        }
        final DirectBuffer low = new BufferView().wrap(Unpooled.wrappedBuffer(new byte[] {0x7F}), 0, 1);
        final DirectBuffer high = new BufferView().wrap(Unpooled.wrappedBuffer(new byte[] {(byte) 0x80}), 0, 1);
        assertThat(low.compareTo(high)).isNegative();
    }

    @Test
    void viewCanBeOfEveryKindOfMemory() {
        final BufferView view = new BufferView();
        view.wrap(BYTES);
        assertThat(view.getByte(9)).isEqualTo(BYTES[9]);
        view.wrap(BYTES, 5, 10);
        assertThat(view.capacity()).isEqualTo(10);
        assertThat(view.getByte(4)).isEqualTo(BYTES[9]);
        view.wrap(ByteBuffer.wrap(BYTES).position(3).limit(6), 5, 10);
        assertThat(view.getByte(4)).isEqualTo(BYTES[9]);
        for (final DirectBuffer source : buffers()) {
            view.wrap(source, 5, 10);
            assertThat(view.getByte(4)).isEqualTo(BYTES[9]);
            assertThatThrownBy(() -> view.getByte(10)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        view.reset();
        assertThat(view.capacity()).isZero();
    }

    @Test
    void viewNeitherRetainsNorReleases() {
        final ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(16).writeZero(16);
        final BufferView view = new BufferView().wrap(buffer, 0, 16);
        assertThat(buffer.refCnt()).isEqualTo(1);
        buffer.release();
        assertThatThrownBy(() -> view.getByte(0)).isInstanceOf(io.netty.util.IllegalReferenceCountException.class);
    }

    @Test
    void keysAreBuiltInOrder() {
        final KeyBuffer key = new KeyBuffer(1, 100);
        key.append(BYTES, 0, 3)
                .appendByte(7)
                .appendInt(0x01020304)
                .appendLong(0x05060708090A0B0CL)
                .appendAscii("user:")
                .appendUtf8("é")
                .append(buffers().get(0), 3, 2);
        final ByteBuf expected = Unpooled.buffer()
                .writeBytes(BYTES, 0, 3)
                .writeByte(7)
                .writeInt(0x01020304)
                .writeLong(0x05060708090A0B0CL)
                .writeBytes("user:".getBytes(US_ASCII))
                .writeShort(0xC3A9)
                .writeBytes(BYTES, 3, 2);
        assertThat(key.toByteArray()).isEqualTo(ByteBufUtil.getBytes(expected));
        assertThat(key.truncate(3).toByteArray()).isEqualTo(Arrays.copyOf(BYTES, 3));
        assertThat(key.clear().length()).isZero();
        assertThatThrownBy(() -> key.truncate(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> key.appendAscii("é")).isInstanceOf(IllegalArgumentException.class);
        assertThat(key.length()).as("nothing was appended").isZero();
    }

    @Test
    void orderedLongsOrderKeysAsTheNumbersAre() {
        final long[] numbers = {Long.MIN_VALUE, -2, -1, 0, 1, 2, Long.MAX_VALUE};
        for (int i = 1; i < numbers.length; i++) {
            final byte[] before =
                    new KeyBuffer().appendOrderedLong(numbers[i - 1]).toByteArray();
            final byte[] after = new KeyBuffer().appendOrderedLong(numbers[i]).toByteArray();
            assertThat(Arrays.compareUnsigned(before, after)).isNegative();
        }
    }

    @Test
    void keyBufferGrowsToItsMaximumAndNotBeyond() {
        final KeyBuffer key = new KeyBuffer(1, 10);
        key.append(BYTES, 0, 10);
        assertThat(key.capacity()).isEqualTo(10);
        assertThatThrownBy(() -> key.appendByte(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> key.putLong(3, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> key.putByte(Integer.MAX_VALUE, (byte) 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new KeyBuffer(11, 10)).isInstanceOf(IllegalArgumentException.class);
        key.wrap(BYTES, 2, 4);
        assertThat(key.toByteArray()).isEqualTo(Arrays.copyOfRange(BYTES, 2, 6));
        key.wrap(ByteBuffer.wrap(BYTES), 2, 4);
        assertThat(key.toByteArray()).isEqualTo(Arrays.copyOfRange(BYTES, 2, 6));
    }

    @Test
    void numbersAreWrittenInEitherOrderAndInTheMachines() {
        final MutableDirectBuffer buffer = new KeyBuffer(0, 100);
        buffer.putLong(0, 0x0102030405060708L);
        assertThat(buffer.getLong(0)).isEqualTo(0x0102030405060708L);
        buffer.putLong(0, 0x0102030405060708L, ByteOrder.BIG_ENDIAN);
        assertThat(buffer.getByte(0)).isEqualTo((byte) 1);
        buffer.putLong(0, 0x0102030405060708L, ByteOrder.LITTLE_ENDIAN);
        assertThat(buffer.getByte(0)).isEqualTo((byte) 8);
        buffer.putInt(0, 0x01020304);
        assertThat(buffer.getInt(0)).isEqualTo(0x01020304);
        buffer.putInt(0, 0x01020304, ByteOrder.BIG_ENDIAN);
        assertThat(buffer.getByte(0)).isEqualTo((byte) 1);
        buffer.putShort(0, (short) 0x0102);
        assertThat(buffer.getShort(0)).isEqualTo((short) 0x0102);
        buffer.putShort(0, (short) 0x0102, ByteOrder.LITTLE_ENDIAN);
        assertThat(buffer.getByte(0)).isEqualTo((byte) 2);
        buffer.putChar(0, 'x');
        assertThat(buffer.getChar(0)).isEqualTo('x');
        buffer.putChar(0, 'x', ByteOrder.BIG_ENDIAN);
        assertThat(buffer.getChar(0, ByteOrder.BIG_ENDIAN)).isEqualTo('x');
        buffer.putDouble(0, 1.5);
        assertThat(buffer.getDouble(0)).isEqualTo(1.5);
        buffer.putDouble(0, 1.5, ByteOrder.BIG_ENDIAN);
        assertThat(buffer.getDouble(0, ByteOrder.BIG_ENDIAN)).isEqualTo(1.5);
        buffer.putFloat(0, 2.5f);
        assertThat(buffer.getFloat(0)).isEqualTo(2.5f);
        buffer.putFloat(0, 2.5f, ByteOrder.BIG_ENDIAN);
        assertThat(buffer.getFloat(0, ByteOrder.BIG_ENDIAN)).isEqualTo(2.5f);
    }

    @Test
    void bytesAreWrittenFromEveryKindOfMemory() {
        final MutableDirectBuffer buffer = new KeyBuffer(0, 200);
        buffer.putBytes(0, new byte[] {1, 2, 3});
        buffer.putBytes(3, ByteBuffer.wrap(BYTES), 10);
        buffer.putBytes(13, ByteBuffer.wrap(BYTES), 3, 10);
        buffer.putBytes(23, new PlainMemory(BYTES), 3, 10);
        buffer.setMemory(33, 5, (byte) 4);
        final ByteBuf expected = Unpooled.buffer()
                .writeBytes(new byte[] {1, 2, 3})
                .writeBytes(BYTES, 0, 10)
                .writeBytes(BYTES, 3, 10)
                .writeBytes(BYTES, 3, 10)
                .writeBytes(new byte[] {4, 4, 4, 4, 4});
        assertThat(Bytes.copy(buffer, 0, 38)).isEqualTo(ByteBufUtil.getBytes(expected));
        assertThat(buffer.isExpandable()).isTrue();
    }

    @Test
    void textIsWritten() {
        final MutableDirectBuffer buffer = new KeyBuffer(0, 200);
        assertThat(buffer.putIntAscii(0, -123)).isEqualTo(4);
        assertThat(buffer.parseIntAscii(0, 4)).isEqualTo(-123);
        assertThat(buffer.putLongAscii(0, -1234567890123L)).isEqualTo(14);
        assertThat(buffer.parseLongAscii(0, 14)).isEqualTo(-1234567890123L);
        assertThat(buffer.putNaturalIntAscii(0, 55)).isEqualTo(2);
        assertThat(buffer.putNaturalLongAscii(0, 666L)).isEqualTo(3);
        buffer.putNaturalPaddedIntAscii(0, 6, 77);
        assertThat(buffer.getStringWithoutLengthAscii(0, 6)).isEqualTo("000077");
        assertThat(buffer.putNaturalIntAsciiFromEnd(88, 6)).isEqualTo(4);
        assertThat(buffer.getStringWithoutLengthAscii(0, 6)).isEqualTo("000088");
        assertThat(buffer.putStringAscii(0, "abc")).isEqualTo(7);
        assertThat(buffer.getStringAscii(0)).isEqualTo("abc");
        buffer.putStringAscii(0, "aé", ByteOrder.BIG_ENDIAN);
        assertThat(buffer.getStringAscii(0, ByteOrder.BIG_ENDIAN)).isEqualTo("a?");
        assertThat(buffer.putStringWithoutLengthAscii(0, "abcdef", 2, 3)).isEqualTo(3);
        assertThat(buffer.getStringWithoutLengthAscii(0, 3)).isEqualTo("cde");
        assertThat(buffer.putStringUtf8(0, "é")).isEqualTo(6);
        assertThat(buffer.getStringUtf8(0)).isEqualTo("é");
        buffer.putStringUtf8(0, "é", ByteOrder.BIG_ENDIAN);
        assertThat(buffer.getStringUtf8(0, ByteOrder.BIG_ENDIAN)).isEqualTo("é");
        assertThat(buffer.putStringWithoutLengthUtf8(0, "é")).isEqualTo(2);

        assertThatThrownBy(() -> buffer.putNaturalIntAscii(0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> buffer.putNaturalPaddedIntAscii(0, 1, 10)).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> buffer.putStringUtf8(0, "abcdef", 3)).isInstanceOf(IllegalArgumentException.class);
    }
}
