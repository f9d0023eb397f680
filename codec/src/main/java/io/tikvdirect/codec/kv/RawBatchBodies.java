package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * Immutable and thread-safe: writes the bodies (all fields but {@code context}) of the raw commands on many keys, element by
 * element, for one key space, column family and atomicity.
 *
 * <p>Write every element with {@link #writeKey} or {@link #writePair}, then the matching {@code finish...}. Allocates
 * nothing; all methods <em>borrow</em> their buffers. Keys are user keys. A store answers a body without elements with the
 * error "an empty request", so do not send one.
 */
public final class RawBatchBodies {
    private static final int KEYS = 2;
    private static final int PAIRS = 2;
    private static final int PAIR_KEY = 2;
    private static final int PAIR_VALUE = 3;
    private static final int CF = 3;
    private static final int DELETE_FOR_CAS = 4;
    private static final int PUT_FOR_CAS = 5;
    private static final int PUT_TTLS = 6;

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
    public RawBatchBodies(final KeySpace keySpace, final String columnFamily, final boolean forCas) {
        this.prefix = keySpace.prefix();
        this.columnFamily = columnFamily.getBytes(StandardCharsets.UTF_8);
        this.forCas = forCas;
    }

    /**
     * What one key adds to a batch get or batch delete.
     *
     * @param length of the user key
     * @return bytes
     */
    public int keySize(final int length) {
        return KeyField.size(KEYS, prefix, length);
    }

    /**
     * Writes one key of a batch get or batch delete.
     *
     * @param out destination
     * @param key buffer with the user key
     * @param offset of the key
     * @param length of the key
     */
    public void writeKey(final ByteBuf out, final DirectBuffer key, final int offset, final int length) {
        KeyField.write(out, KEYS, prefix, key, offset, length);
    }

    /**
     * Writes one key of a batch get or batch delete.
     *
     * @param out destination
     * @param key user key
     */
    public void writeKey(final ByteBuf out, final byte[] key) {
        KeyField.write(out, KEYS, prefix, key);
    }

    /**
     * Completes the body of a {@code RawBatchGetRequest} behind its keys.
     *
     * @param out destination
     */
    public void finishBatchGet(final ByteBuf out) {
        WireWriter.writeBytesField(out, CF, columnFamily);
    }

    /**
     * Completes the body of a {@code RawBatchDeleteRequest} behind its keys.
     *
     * @param out destination
     */
    public void finishBatchDelete(final ByteBuf out) {
        WireWriter.writeBytesField(out, CF, columnFamily);
        WireWriter.writeBoolField(out, DELETE_FOR_CAS, forCas);
    }

    /**
     * What one pair adds to a batch put.
     *
     * @param keyLength of the user key
     * @param valueLength of the value
     * @return bytes
     */
    public int pairSize(final int keyLength, final int valueLength) {
        return WireWriter.lengthDelimitedSize(PAIRS, pairLength(keyLength, valueLength));
    }

    /**
     * Writes one pair of a batch put.
     *
     * @param out destination
     * @param key buffer with the user key
     * @param keyOffset of the key
     * @param keyLength of the key
     * @param value buffer with the value
     * @param valueOffset of the value
     * @param valueLength of the value
     */
    public void writePair(
            final ByteBuf out,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength) {
        WireWriter.writeLengthDelimitedHead(out, PAIRS, pairLength(keyLength, valueLength));
        KeyField.writeOptional(out, PAIR_KEY, prefix, key, keyOffset, keyLength);
        if (valueLength != 0) {
            WireWriter.writeLengthDelimitedHead(out, PAIR_VALUE, valueLength);
            Bytes.write(out, value, valueOffset, valueLength);
        }
    }

    /**
     * Writes one pair of a batch put, key and value being parts of one array.
     *
     * @param out destination
     * @param source array with both
     * @param keyOffset of the user key
     * @param keyLength of the user key
     * @param valueOffset of the value
     * @param valueLength of the value
     */
    public void writePair(
            final ByteBuf out,
            final byte[] source,
            final int keyOffset,
            final int keyLength,
            final int valueOffset,
            final int valueLength) {
        WireWriter.writeLengthDelimitedHead(out, PAIRS, pairLength(keyLength, valueLength));
        KeyField.writeOptional(out, PAIR_KEY, prefix, source, keyOffset, keyLength);
        if (valueLength != 0) {
            WireWriter.writeLengthDelimitedHead(out, PAIR_VALUE, valueLength);
            out.writeBytes(source, valueOffset, valueLength);
        }
    }

    /**
     * Writes one pair of a batch put.
     *
     * @param out destination
     * @param key user key
     * @param value value
     */
    public void writePair(final ByteBuf out, final byte[] key, final byte[] value) {
        WireWriter.writeLengthDelimitedHead(out, PAIRS, pairLength(key.length, value.length));
        KeyField.writeOptional(out, PAIR_KEY, prefix, key);
        WireWriter.writeBytesField(out, PAIR_VALUE, value);
    }

    /**
     * Completes the body of a {@code RawBatchPutRequest} behind its pairs, with one TTL for all of them.
     *
     * @param out destination
     * @param pairs number of pairs written
     * @param ttlSeconds 0 for none
     */
    public void finishBatchPut(final ByteBuf out, final int pairs, final long ttlSeconds) {
        finishBatchPutWithoutTtl(out);
        if (ttlSeconds != 0 && pairs != 0) {
            // The request's single ttl is deprecated and ignored by stores: every pair has its own
            WireWriter.writeLengthDelimitedHead(out, PUT_TTLS, pairs * WireWriter.varintSize(ttlSeconds));
            for (int i = 0; i < pairs; i++) {
                WireWriter.writeVarint(out, ttlSeconds);
            }
        }
    }

    /**
     * Completes the body of a {@code RawBatchPutRequest} behind its pairs, with a TTL for each.
     *
     * @param out destination
     * @param ttlsSeconds one per pair, in their order; 0 for none
     * @param pairs number of pairs written
     */
    public void finishBatchPut(final ByteBuf out, final long[] ttlsSeconds, final int pairs) {
        finishBatchPutWithoutTtl(out);
        WireWriter.writePackedField(out, PUT_TTLS, ttlsSeconds, pairs);
    }

    /**
     * Upper bound of what any {@code finish...} with one TTL writes.
     *
     * @param elements number of elements written
     * @param ttlSeconds 0 for none
     * @return bytes
     */
    public int finishSize(final int elements, final long ttlSeconds) {
        final int ttls =
                ttlSeconds == 0 ? 0 : WireWriter.bytesFieldSize(PUT_TTLS, elements * WireWriter.varintSize(ttlSeconds));
        return WireWriter.bytesFieldSize(CF, columnFamily.length)
                + WireWriter.boolFieldSize(PUT_FOR_CAS, forCas)
                + ttls;
    }

    private void finishBatchPutWithoutTtl(final ByteBuf out) {
        WireWriter.writeBytesField(out, CF, columnFamily);
        WireWriter.writeBoolField(out, PUT_FOR_CAS, forCas);
    }

    private int pairLength(final int keyLength, final int valueLength) {
        return KeyField.optionalSize(PAIR_KEY, prefix, keyLength) + WireWriter.bytesFieldSize(PAIR_VALUE, valueLength);
    }
}
