package io.tikvdirect.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.tikvdirect.codec.wire.FieldCursor;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Messages as bytes in buffers, and protobuf-java as the judge of them. */
public final class Messages {
    /** Bytes around a message that belong to others; as varints they never end. */
    public static final int MARGIN = 11;

    /** For what we may refuse although protobuf-java accepts it; each is documented at its reader. */
    public static final Set<Reason> STRICTER = Collections.unmodifiableSet(EnumSet.of(
            Reason.VARINT_OVERFLOW,
            Reason.INVALID_FIELD_NUMBER,
            Reason.LENGTH_OUT_OF_BOUNDS,
            Reason.WRONG_WIRE_TYPE,
            Reason.REPEATED_MESSAGE,
            Reason.TOO_MANY_ELEMENTS,
            Reason.INCONSISTENT));

    /** Direct memory without leak records, whose stack traces would take most of the time. */
    private static final ByteBufAllocator DIRECT = new UnpooledByteBufAllocator(true, true);

    private Messages() {}

    /** Reads a message of the given length at the given offset. */
    @FunctionalInterface
    public interface Reading {
        void read(ByteBuf buffer, int offset, int length) throws MalformedMessageException;
    }

    /** Reads a message in a direct buffer between foreign bytes; returns what was wrong with it, or null. */
    public static @Nullable Reason read(final byte[] message, final Reading reading) {
        final ByteBuf buffer = DIRECT.directBuffer(message.length + 2 * MARGIN);
        try {
            margin(buffer);
            buffer.writeBytes(message);
            margin(buffer);
            reading.read(buffer, MARGIN, message.length);
            return null;
        } catch (final MalformedMessageException e) {
            assertThat(e).hasMessageNotContaining("null");
            return e.reason();
        } finally {
            buffer.release();
        }
    }

    private static void margin(final ByteBuf buffer) {
        for (int i = 0; i < MARGIN; i++) {
            buffer.writeByte(0xFF);
        }
    }

    public static <M extends Message> @Nullable M parse(final Parser<M> parser, final byte[] bytes) {
        try {
            return parser.parseFrom(bytes);
        } catch (final InvalidProtocolBufferException e) {
            return null;
        }
    }

    public static byte[] hex(final String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    /** Whether a sound message has one of the fields. */
    public static boolean mentions(final byte[] message, final int... fields) {
        final boolean[] found = {false};
        read(message, (buffer, offset, length) -> {
            final FieldCursor cursor = new FieldCursor().wrap(buffer, offset, length);
            while (cursor.next()) {
                for (final int field : fields) {
                    found[0] |= cursor.fieldNumber() == field;
                }
            }
        });
        return found[0];
    }

    /** The same message with its fields in another order, the elements of each repeated field in theirs. */
    public static byte[] shuffled(final Message message, final long seed) {
        final List<byte[]> fields = new ArrayList<>();
        message.getAllFields()
                .forEach((field, value) -> fields.add(message.newBuilderForType()
                        .setField(field, value)
                        .build()
                        .toByteArray()));
        fields.add(message.newBuilderForType()
                .setUnknownFields(message.getUnknownFields())
                .build()
                .toByteArray());
        Collections.shuffle(fields, new Random(seed));
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        fields.forEach(out::writeBytes);
        return out.toByteArray();
    }

    /** Changes, inserts, removes and cuts bytes. */
    public static byte[] mutated(final byte[] message, final long seed) {
        final Random random = new Random(seed);
        byte[] bytes = message.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes = mutatedOnce(bytes, random);
        }
        return bytes;
    }

    private static byte[] mutatedOnce(final byte[] bytes, final Random random) {
        final int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (bytes.length == 0 ? 1 : random.nextInt(5)) {
            case 0 -> {
                final byte[] copy = bytes.clone();
                copy[at] ^= (byte) (1 << random.nextInt(8));
                return copy;
            }
            case 1 -> {
                out.write(bytes, 0, at);
                out.write(random.nextInt(256));
                out.write(bytes, at, bytes.length - at);
            }
            case 2 -> {
                out.write(bytes, 0, at);
                out.write(bytes, at + 1, bytes.length - at - 1);
            }
            case 3 -> out.write(bytes, 0, at);
            default -> {
                final byte[] copy = bytes.clone();
                copy[at] = (byte) random.nextInt(256);
                return copy;
            }
        }
        return out.toByteArray();
    }
}
