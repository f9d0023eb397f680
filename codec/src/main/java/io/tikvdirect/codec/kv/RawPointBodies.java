package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Immutable and thread-safe: writes the bodies (all fields but {@code context}) of the raw commands on one key, for one key
 * space, column family and atomicity.
 *
 * <p>Allocates nothing; all methods <em>borrow</em> their buffers. Keys are user keys. The {@code ...Size} methods return
 * exactly what their twins write.
 */
public final class RawPointBodies {
    private static final int KEY = 2;
    private static final int GET_CF = 3;
    private static final int PUT_VALUE = 3;
    private static final int PUT_CF = 4;
    private static final int PUT_TTL = 5;
    private static final int PUT_FOR_CAS = 6;
    private static final int DELETE_CF = 3;
    private static final int DELETE_FOR_CAS = 4;
    private static final int CAS_VALUE = 3;
    private static final int CAS_PREVIOUS_NOT_EXIST = 4;
    private static final int CAS_PREVIOUS_VALUE = 5;
    private static final int CAS_CF = 6;
    private static final int CAS_TTL = 7;
    private static final int CAS_DELETE = 8;

    private final byte[] prefix;
    private final byte[] columnFamily;
    private final boolean forCas;

    /**
     * Makes the writer.
     *
     * @param keySpace of all keys
     * @param columnFamily empty for the default one; API V2 stores accept no other
     * @param forCas whether writes take part in the order of compare-and-swaps on the same keys
     */
    public RawPointBodies(final KeySpace keySpace, final String columnFamily, final boolean forCas) {
        this.prefix = keySpace.prefix();
        this.columnFamily = columnFamily.getBytes(StandardCharsets.UTF_8);
        this.forCas = forCas;
    }

    /**
     * Size of a {@code RawGetRequest} or {@code RawGetKeyTTLRequest} body.
     *
     * @param keyLength of the user key
     * @return bytes
     */
    public int getSize(final int keyLength) {
        return KeyField.optionalSize(KEY, prefix, keyLength) + WireWriter.bytesFieldSize(GET_CF, columnFamily.length);
    }

    /**
     * Writes the body of a {@code RawGetRequest} or, having the same fields, of a {@code RawGetKeyTTLRequest}.
     *
     * @param out destination
     * @param key buffer with the user key
     * @param offset of the key
     * @param length of the key
     */
    public void writeGet(final ByteBuf out, final DirectBuffer key, final int offset, final int length) {
        KeyField.writeOptional(out, KEY, prefix, key, offset, length);
        WireWriter.writeBytesField(out, GET_CF, columnFamily);
    }

    /**
     * Writes the body of a {@code RawGetRequest} or, having the same fields, of a {@code RawGetKeyTTLRequest}.
     *
     * @param out destination
     * @param key user key
     */
    public void writeGet(final ByteBuf out, final byte[] key) {
        KeyField.writeOptional(out, KEY, prefix, key);
        WireWriter.writeBytesField(out, GET_CF, columnFamily);
    }

    /**
     * Size of a {@code RawPutRequest} body.
     *
     * @param keyLength of the user key
     * @param valueLength of the value
     * @param ttlSeconds 0 for none
     * @return bytes, the value included
     */
    public int putSize(final int keyLength, final int valueLength, final long ttlSeconds) {
        return KeyField.optionalSize(KEY, prefix, keyLength)
                + WireWriter.bytesFieldSize(PUT_CF, columnFamily.length)
                + WireWriter.varintFieldSize(PUT_TTL, ttlSeconds)
                + WireWriter.boolFieldSize(PUT_FOR_CAS, forCas)
                + WireWriter.bytesFieldSize(PUT_VALUE, valueLength);
    }

    /**
     * Writes the body of a {@code RawPutRequest}.
     *
     * @param out destination
     * @param key buffer with the user key
     * @param keyOffset of the key
     * @param keyLength of the key
     * @param value buffer with the value
     * @param valueOffset of the value
     * @param valueLength of the value
     * @param ttlSeconds 0 for none
     */
    public void writePut(
            final ByteBuf out,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long ttlSeconds) {
        writePutHead(out, key, keyOffset, keyLength, valueLength, ttlSeconds);
        Bytes.write(out, value, valueOffset, valueLength);
    }

    /**
     * Writes the body of a {@code RawPutRequest}.
     *
     * @param out destination
     * @param key user key
     * @param value value
     * @param ttlSeconds 0 for none
     */
    public void writePut(final ByteBuf out, final byte[] key, final byte[] value, final long ttlSeconds) {
        writePutHead(out, key, value.length, ttlSeconds);
        out.writeBytes(value);
    }

    /**
     * Writes the body of a {@code RawPutRequest} up to the value's bytes, which are its last: the caller appends them, by
     * copy or by reference.
     *
     * @param out destination
     * @param key buffer with the user key
     * @param keyOffset of the key
     * @param keyLength of the key
     * @param valueLength of the value that follows
     * @param ttlSeconds 0 for none
     */
    public void writePutHead(
            final ByteBuf out,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final int valueLength,
            final long ttlSeconds) {
        KeyField.writeOptional(out, KEY, prefix, key, keyOffset, keyLength);
        writePutOptions(out, valueLength, ttlSeconds);
    }

    /**
     * Writes the body of a {@code RawPutRequest} up to the value's bytes, which are its last: the caller appends them, by
     * copy or by reference.
     *
     * @param out destination
     * @param key user key
     * @param valueLength of the value that follows
     * @param ttlSeconds 0 for none
     */
    public void writePutHead(final ByteBuf out, final byte[] key, final int valueLength, final long ttlSeconds) {
        KeyField.writeOptional(out, KEY, prefix, key);
        writePutOptions(out, valueLength, ttlSeconds);
    }

    private void writePutOptions(final ByteBuf out, final int valueLength, final long ttlSeconds) {
        WireWriter.writeBytesField(out, PUT_CF, columnFamily);
        WireWriter.writeVarintField(out, PUT_TTL, ttlSeconds);
        WireWriter.writeBoolField(out, PUT_FOR_CAS, forCas);
        if (valueLength != 0) {
            WireWriter.writeLengthDelimitedHead(out, PUT_VALUE, valueLength);
        }
    }

    /**
     * Size of a {@code RawDeleteRequest} body.
     *
     * @param keyLength of the user key
     * @return bytes
     */
    public int deleteSize(final int keyLength) {
        return KeyField.optionalSize(KEY, prefix, keyLength)
                + WireWriter.bytesFieldSize(DELETE_CF, columnFamily.length)
                + WireWriter.boolFieldSize(DELETE_FOR_CAS, forCas);
    }

    /**
     * Writes the body of a {@code RawDeleteRequest}.
     *
     * @param out destination
     * @param key buffer with the user key
     * @param offset of the key
     * @param length of the key
     */
    public void writeDelete(final ByteBuf out, final DirectBuffer key, final int offset, final int length) {
        KeyField.writeOptional(out, KEY, prefix, key, offset, length);
        writeDeleteOptions(out);
    }

    /**
     * Writes the body of a {@code RawDeleteRequest}.
     *
     * @param out destination
     * @param key user key
     */
    public void writeDelete(final ByteBuf out, final byte[] key) {
        KeyField.writeOptional(out, KEY, prefix, key);
        writeDeleteOptions(out);
    }

    private void writeDeleteOptions(final ByteBuf out) {
        WireWriter.writeBytesField(out, DELETE_CF, columnFamily);
        WireWriter.writeBoolField(out, DELETE_FOR_CAS, forCas);
    }

    /**
     * Writes the body of a {@code RawCASRequest} that stores a value.
     *
     * @param out destination
     * @param key user key
     * @param expected value that must be there; null for no value at all
     * @param value to store
     * @param ttlSeconds 0 for none, which removes a TTL that the key had
     */
    public void writeCompareAndSwap(
            final ByteBuf out,
            final byte[] key,
            final byte @Nullable [] expected,
            final byte[] value,
            final long ttlSeconds) {
        writeExpectation(out, key, expected);
        WireWriter.writeBytesField(out, CAS_VALUE, value);
        WireWriter.writeVarintField(out, CAS_TTL, ttlSeconds);
    }

    /**
     * Writes the body of a {@code RawCASRequest} that deletes the key.
     *
     * @param out destination
     * @param key user key
     * @param expected value that must be there; null for no value at all
     */
    public void writeCompareAndDelete(final ByteBuf out, final byte[] key, final byte @Nullable [] expected) {
        writeExpectation(out, key, expected);
        WireWriter.writeBoolField(out, CAS_DELETE, true);
    }

    private void writeExpectation(final ByteBuf out, final byte[] key, final byte @Nullable [] expected) {
        KeyField.writeOptional(out, KEY, prefix, key);
        WireWriter.writeBytesField(out, CAS_CF, columnFamily);
        if (expected == null) {
            WireWriter.writeBoolField(out, CAS_PREVIOUS_NOT_EXIST, true);
        } else {
            WireWriter.writeBytesField(out, CAS_PREVIOUS_VALUE, expected);
        }
    }
}
