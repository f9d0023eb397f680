package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.wire.WireWriter;
import org.agrona.DirectBuffer;

/**
 * Stateless: writes a key field as the key space's prefix and the user key, one behind the other, so that no store key is
 * ever put together.
 */
final class KeyField {
    private KeyField() {}

    static int size(final int field, final byte[] prefix, final int length) {
        return WireWriter.lengthDelimitedSize(field, prefix.length + length);
    }

    static void write(
            final ByteBuf out,
            final int field,
            final byte[] prefix,
            final DirectBuffer key,
            final int offset,
            final int length) {
        WireWriter.writeLengthDelimitedHead(out, field, prefix.length + length);
        if (prefix.length != 0) {
            out.writeBytes(prefix);
        }
        Bytes.write(out, key, offset, length);
    }

    static void write(final ByteBuf out, final int field, final byte[] prefix, final byte[] key) {
        write(out, field, prefix, key, 0, key.length);
    }

    static void write(
            final ByteBuf out,
            final int field,
            final byte[] prefix,
            final byte[] source,
            final int offset,
            final int length) {
        WireWriter.writeLengthDelimitedHead(out, field, prefix.length + length);
        if (prefix.length != 0) {
            out.writeBytes(prefix);
        }
        out.writeBytes(source, offset, length);
    }

    /** Size of a field that is left out if it is empty, as every singular field of proto3 is. */
    static int optionalSize(final int field, final byte[] prefix, final int length) {
        return WireWriter.bytesFieldSize(field, prefix.length + length);
    }

    static void writeOptional(
            final ByteBuf out,
            final int field,
            final byte[] prefix,
            final DirectBuffer key,
            final int offset,
            final int length) {
        if (prefix.length + length != 0) {
            write(out, field, prefix, key, offset, length);
        }
    }

    static void writeOptional(final ByteBuf out, final int field, final byte[] prefix, final byte[] key) {
        writeOptional(out, field, prefix, key, 0, key.length);
    }

    static void writeOptional(
            final ByteBuf out,
            final int field,
            final byte[] prefix,
            final byte[] source,
            final int offset,
            final int length) {
        if (prefix.length + length != 0) {
            write(out, field, prefix, source, offset, length);
        }
    }
}
