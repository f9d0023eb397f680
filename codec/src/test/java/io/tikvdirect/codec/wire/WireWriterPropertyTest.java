package io.tikvdirect.codec.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.tikvdirect.codec.Messages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class WireWriterPropertyTest {
    @FunctionalInterface
    interface Reference {
        void write(CodedOutputStream out) throws IOException;
    }

    @Property
    void varintsAreThoseOfProtobufJava(@ForAll("numbers") final long value) {
        assertThat(ours(out -> WireWriter.writeVarint(out, value)))
                .isEqualTo(theirs(out -> out.writeUInt64NoTag(value)));
        assertThat(WireWriter.varintSize(value)).isEqualTo(CodedOutputStream.computeUInt64SizeNoTag(value));

        final int half = (int) value;
        assertThat(ours(out -> WireWriter.writeVarint(out, half))).isEqualTo(theirs(out -> out.writeUInt32NoTag(half)));
        assertThat(WireWriter.varintSize(half)).isEqualTo(CodedOutputStream.computeUInt32SizeNoTag(half));
    }

    @Property
    void zigZagIsThatOfProtobufJavaAndReversible(@ForAll("numbers") final long value) {
        assertThat(WireWriter.zigZag(value)).isEqualTo(CodedOutputStream.encodeZigZag64(value));
        assertThat(WireWriter.unZigZag(WireWriter.zigZag(value))).isEqualTo(value);
    }

    @Property
    void numberFieldsAreThoseOfProtobufJava(
            @ForAll @IntRange(min = 1, max = (1 << 29) - 1) final int field, @ForAll("numbers") final long value) {
        final byte[] expected = value == 0 ? new byte[0] : theirs(out -> out.writeUInt64(field, value));
        assertThat(ours(out -> WireWriter.writeVarintField(out, field, value))).isEqualTo(expected);
        assertThat(WireWriter.varintFieldSize(field, value)).isEqualTo(expected.length);
    }

    @Property
    void boolFieldsAreThoseOfProtobufJava(
            @ForAll @IntRange(min = 1, max = 1000) final int field, @ForAll final boolean value) {
        final byte[] expected = value ? theirs(out -> out.writeBool(field, true)) : new byte[0];
        assertThat(ours(out -> WireWriter.writeBoolField(out, field, value))).isEqualTo(expected);
        assertThat(WireWriter.boolFieldSize(field, value)).isEqualTo(expected.length);
    }

    @Property
    void bytesFieldsAreThoseOfProtobufJava(
            @ForAll @IntRange(min = 1, max = 1000) final int field, @ForAll final byte[] value) {
        final byte[] expected = value.length == 0 ? new byte[0] : theirs(out -> out.writeByteArray(field, value));
        assertThat(ours(out -> WireWriter.writeBytesField(out, field, value))).isEqualTo(expected);
        assertThat(WireWriter.bytesFieldSize(field, value.length)).isEqualTo(expected.length);
    }

    @Property
    void headsAreThoseOfProtobufJava(@ForAll("fields") final int field, @ForAll("lengths") final int length) {
        assertThat(ours(out -> WireWriter.writeLengthDelimitedHead(out, field, length)))
                .isEqualTo(theirs(out -> {
                    out.writeTag(field, WireType.LENGTH_DELIMITED);
                    out.writeUInt32NoTag(length);
                }));
    }

    @Provide
    Arbitrary<Integer> fields() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(1, 20), Arbitraries.integers().between(1, (1 << 29) - 1));
    }

    @Provide
    Arbitrary<Integer> lengths() {
        return Arbitraries.oneOf(
                Arbitraries.of(0, 1, 127, 128, 16_383, 16_384, Integer.MAX_VALUE),
                Arbitraries.integers().between(0, 20_000));
    }

    @Property
    void fixedNumbersAreThoseOfProtobufJava(@ForAll final long value) {
        assertThat(ours(out -> WireWriter.writeFixed64(out, value)))
                .isEqualTo(theirs(out -> out.writeFixed64NoTag(value)));
        assertThat(ours(out -> WireWriter.writeFixed32(out, (int) value)))
                .isEqualTo(theirs(out -> out.writeFixed32NoTag((int) value)));
    }

    @Property
    void packedNumbersComeBack(@ForAll final long[] values) {
        final byte[] field = ours(out -> WireWriter.writePackedField(out, 2, values, values.length));
        assertThat(WireWriter.packedFieldSize(2, values, values.length)).isEqualTo(field.length);
        assertThat(Messages.read(field, (buffer, offset, length) -> {
                    final FieldCursor cursor = new FieldCursor().wrap(buffer, offset, length);
                    assertThat(cursor.next()).isEqualTo(values.length != 0);
                    final FieldCursor packed = new FieldCursor();
                    if (values.length != 0) {
                        packed.wrap(buffer, cursor.dataOffset(), cursor.dataLength());
                    } else {
                        packed.wrap(buffer, offset, 0);
                    }
                    for (final long value : values) {
                        assertThat(packed.nextPackedVarint()).isTrue();
                        assertThat(packed.varint()).isEqualTo(value);
                    }
                    assertThat(packed.nextPackedVarint()).isFalse();
                }))
                .isNull();
    }

    /** Every length of varint is as likely as another. */
    @Provide
    Arbitrary<Long> numbers() {
        final Arbitrary<Long> shifted = Arbitraries.longs()
                .flatMap(value -> Arbitraries.integers().between(0, 63).map(shift -> value >>> shift));
        return Arbitraries.oneOf(shifted, Arbitraries.longs());
    }

    private static byte[] ours(final Consumer<ByteBuf> writing) {
        final ByteBuf out = Unpooled.buffer();
        writing.accept(out);
        return ByteBufUtil.getBytes(out);
    }

    private static byte[] theirs(final Reference writing) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            writing.write(out);
            out.flush();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }
}
