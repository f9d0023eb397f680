package io.tikvdirect.codec.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.tikvdirect.codec.Messages;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;
import java.util.EnumSet;
import java.util.Set;

/** Walks bytes with our cursor and with protobuf-java, and holds the results against each other. */
public final class FieldCursorDifferential {
    private static final Set<Reason> STRICTER =
            EnumSet.of(Reason.VARINT_OVERFLOW, Reason.INVALID_FIELD_NUMBER, Reason.LENGTH_OUT_OF_BOUNDS);

    private FieldCursorDifferential() {}

    /** Any bytes: both agree on what they are, or ours refuses a number that has too many bits. */
    public static void check(final byte[] bytes) {
        final UnknownFieldSet.Builder ours = UnknownFieldSet.newBuilder();
        final Reason reason = Messages.read(bytes, (buffer, offset, length) -> collect(ours, buffer, offset, length));
        final UnknownFieldSet theirs = parse(bytes);
        if (reason == null) {
            assertThat(theirs).as("protobuf-java refuses what we accept").isNotNull();
            assertThat(ours.build()).isEqualTo(theirs);
        } else if (theirs != null) {
            assertThat(reason).as("protobuf-java accepts").isIn(STRICTER);
        }
    }

    private static UnknownFieldSet parse(final byte[] bytes) {
        try {
            return UnknownFieldSet.parseFrom(bytes);
        } catch (final InvalidProtocolBufferException e) {
            return null;
        }
    }

    private static void collect(
            final UnknownFieldSet.Builder fields, final ByteBuf buffer, final int offset, final int length)
            throws MalformedMessageException {
        final FieldCursor cursor = new FieldCursor().wrap(buffer, offset, length);
        while (cursor.next()) {
            final UnknownFieldSet.Field.Builder field = UnknownFieldSet.Field.newBuilder();
            switch (cursor.wireType()) {
                case WireType.VARINT -> field.addVarint(cursor.varint());
                case WireType.FIXED32 -> field.addFixed32(cursor.fixed32());
                case WireType.FIXED64 -> field.addFixed64(cursor.fixed64());
                case WireType.LENGTH_DELIMITED -> field.addLengthDelimited(content(cursor, buffer));
                default -> {
                    final UnknownFieldSet.Builder group = UnknownFieldSet.newBuilder();
                    collect(group, buffer, cursor.dataOffset(), cursor.dataLength());
                    field.addGroup(group.build());
                }
            }
            fields.mergeField(cursor.fieldNumber(), field.build());
        }
    }

    private static ByteString content(final FieldCursor cursor, final ByteBuf buffer) {
        return ByteString.copyFrom(ByteBufUtil.getBytes(buffer, cursor.dataOffset(), cursor.dataLength()));
    }
}
