package io.tikvdirect.codec.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UnknownFieldSet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tikvdirect.codec.Messages;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldCursorTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "tag is cut,                         80,                                TRUNCATED",
        "varint is missing,                  08,                                TRUNCATED",
        "varint is cut,                      08 96,                             TRUNCATED",
        "varint of eleven bytes,             08 8080808080808080808001,         VARINT_OVERFLOW",
        "varint of ten bytes above 64 bits,  08 80808080808080808002,           VARINT_OVERFLOW",
        "fixed64 is cut,                     09 00000000000000,                 TRUNCATED",
        "fixed32 is cut,                     0D 000000,                         TRUNCATED",
        "length is missing,                  12,                                TRUNCATED",
        "length leads past the end,          12 02 00,                          LENGTH_OUT_OF_BOUNDS",
        "length is 4 GiB,                    12 FFFFFFFF0F 00,                  LENGTH_OUT_OF_BOUNDS",
        "length is negative,                 12 FFFFFFFFFFFFFFFFFF01 00,        LENGTH_OUT_OF_BOUNDS",
        "length is a whole 32 bits too much, 12 8180808010 00,                  LENGTH_OUT_OF_BOUNDS",
        "field number 0,                     00 01,                             INVALID_FIELD_NUMBER",
        "field number above 29 bits,         8080808010 01,                     INVALID_FIELD_NUMBER",
        "wire type 6,                        0E,                                WRONG_WIRE_TYPE",
        "wire type 7,                        0F,                                WRONG_WIRE_TYPE",
        "group is not ended,                 0B 08 01,                          GROUP_MISMATCH",
        "group is ended as another,          0B 14,                             GROUP_MISMATCH",
        "group is ended but not begun,       0C,                                GROUP_MISMATCH",
        "inner group ends as the outer,      0B 13 0C 14,                       GROUP_MISMATCH",
        "field within a group is cut,        0B 12 05 00 0C,                    LENGTH_OUT_OF_BOUNDS",
        "wire type 7 within a group,         0B 0F 0C,                          WRONG_WIRE_TYPE",
    })
    void malformedBytesAreRefusedWithTheirReason(final String what, final String bytes, final Reason reason) {
        assertThat(walk(Messages.hex(bytes))).as(what).isEqualTo(reason);
    }

    @Test
    void groupsNestUpToTheLimitOfProtobufJavaAndNotBeyond() throws Exception {
        final byte[] atLimit = nestedGroups(FieldCursor.MAX_GROUP_DEPTH);
        assertThat(walk(atLimit)).isNull();
        assertThat(UnknownFieldSet.parseFrom(atLimit).asMap()).containsOnlyKeys(1);

        assertThat(walk(nestedGroups(FieldCursor.MAX_GROUP_DEPTH + 1))).isEqualTo(Reason.NESTED_TOO_DEEP);
        assertThatThrownBy(() -> UnknownFieldSet.parseFrom(nestedGroups(FieldCursor.MAX_GROUP_DEPTH + 1)))
                .hasMessageContaining("too many levels");
    }

    @Test
    void nestingBombNeitherRecursesNorTakesLong() {
        final byte[] bomb = new byte[10_000_000];
        Arrays.fill(bomb, (byte) 0x0B);
        assertThat(walk(bomb)).isEqualTo(Reason.NESTED_TOO_DEEP);
    }

    @Test
    void groupIsOneFieldWithItsContent() {
        assertThat(Messages.read(Messages.hex("0B 10 05 0C 18 07"), (buffer, offset, length) -> {
                    final FieldCursor cursor = new FieldCursor().wrap(buffer, offset, length);
                    assertThat(cursor.next()).isTrue();
                    assertThat(cursor.wireType()).isEqualTo(WireType.START_GROUP);
                    assertThat(cursor.fieldNumber()).isEqualTo(1);
                    assertThat(cursor.dataOffset()).isEqualTo(offset + 1);
                    assertThat(cursor.dataLength()).isEqualTo(2);
                    assertThat(cursor.next()).isTrue();
                    assertThat(cursor.fieldNumber()).isEqualTo(3);
                    assertThat(cursor.varint()).isEqualTo(7);
                    assertThat(cursor.next()).isFalse();
                }))
                .isNull();
    }

    @Test
    void everyKindOfValueIsRead() {
        final String bytes = "08 FFFFFFFFFFFFFFFFFF01 11 0807060504030201 1D 04030201 22 03 616263";
        assertThat(Messages.read(Messages.hex(bytes), (buffer, offset, length) -> {
                    final FieldCursor cursor = new FieldCursor().wrap(buffer, offset, length);
                    cursor.next();
                    assertThat(cursor.expectVarint()).isEqualTo(-1);
                    cursor.next();
                    assertThat(cursor.fixed64()).isEqualTo(0x0102030405060708L);
                    cursor.next();
                    assertThat(cursor.fixed32()).isEqualTo(0x01020304);
                    cursor.next();
                    cursor.expect(WireType.LENGTH_DELIMITED);
                    assertThat(cursor.dataOffset()).isEqualTo(offset + length - 3);
                    assertThat(cursor.dataLength()).isEqualTo(3);
                    assertThat(cursor.next()).isFalse();
                }))
                .isNull();
    }

    @Test
    void anotherWireTypeThanExpectedIsMalformed() {
        assertThat(Messages.read(Messages.hex("08 01"), (buffer, offset, length) -> {
                    final FieldCursor cursor = new FieldCursor().wrap(buffer, offset, length);
                    cursor.next();
                    cursor.expect(WireType.LENGTH_DELIMITED);
                }))
                .isEqualTo(Reason.WRONG_WIRE_TYPE);
    }

    @Test
    void everyPrefixOfASoundMessageIsReadOrRefusedButNeverRunsPastItsEnd() {
        final byte[] sound = Messages.hex("08 9601 12 03 010203 1D 00000000 0B 12 02 0101 0C 21 0000000000000000");
        for (int length = 0; length <= sound.length; length++) {
            final byte[] prefix = Arrays.copyOf(sound, length);
            final Reason reason = walk(prefix);
            assertThat(reason).isIn(null, Reason.TRUNCATED, Reason.LENGTH_OUT_OF_BOUNDS, Reason.GROUP_MISMATCH);
        }
    }

    @Test
    void wrappingOutsideOfWhatIsWrittenIsAMistakeOfTheCaller() {
        final ByteBuf buffer = Unpooled.buffer(100).writeZero(10);
        final FieldCursor cursor = new FieldCursor();
        assertThatThrownBy(() -> cursor.wrap(buffer, 5, 6)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> cursor.wrap(buffer, -1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> cursor.wrap(buffer, 0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> cursor.wrap(buffer, Integer.MAX_VALUE, Integer.MAX_VALUE))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void cursorThatWasResetWalksNothing() throws Exception {
        final FieldCursor cursor = new FieldCursor().wrap(Unpooled.wrappedBuffer(new byte[] {8, 1}), 0, 2);
        cursor.reset();
        assertThat(cursor.next()).isFalse();
    }

    private static byte[] nestedGroups(final int depth) {
        final byte[] groups = new byte[2 * depth];
        Arrays.fill(groups, 0, depth, (byte) 0x0B);
        Arrays.fill(groups, depth, 2 * depth, (byte) 0x0C);
        return groups;
    }

    private static Reason walk(final byte[] message) {
        return Messages.read(message, (buffer, offset, length) -> {
            final FieldCursor cursor = new FieldCursor().wrap(buffer, offset, length);
            while (cursor.next()) {
                assertThat(cursor.fieldNumber()).isPositive();
            }
        });
    }
}
