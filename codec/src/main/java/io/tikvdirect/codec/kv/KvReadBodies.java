package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.wire.WireWriter;
import org.agrona.DirectBuffer;

/**
 * Immutable and thread-safe: writes the bodies (all fields but {@code context}) of the transactional reads, for one key
 * space.
 *
 * <p>Allocates nothing; all methods <em>borrow</em> their buffers. Keys are user keys. Methods named {@code ...Size} return
 * exactly what their twins write, {@code max...Size} never less.
 */
public final class KvReadBodies {
    private static final int KEY = 2;
    private static final int VERSION = 3;
    private static final int NEED_COMMIT_TS = 4;
    private static final int SCAN_START_KEY = 2;
    private static final int SCAN_LIMIT = 3;
    private static final int SCAN_VERSION = 4;
    private static final int SCAN_KEY_ONLY = 5;
    private static final int SCAN_REVERSE = 6;
    private static final int SCAN_END_KEY = 7;
    private static final int SCAN_SAMPLE_STEP = 8;

    private final byte[] prefix;
    private final byte[] end;

    /**
     * Makes the writer.
     *
     * @param keySpace of all keys
     */
    public KvReadBodies(final KeySpace keySpace) {
        this.prefix = keySpace.prefix();
        this.end = keySpace.end();
    }

    /**
     * Size of a {@code GetRequest} body.
     *
     * @param keyLength of the user key
     * @param version read timestamp
     * @param needCommitTs whether the commit timestamp is asked for
     * @return bytes
     */
    public int getSize(final int keyLength, final long version, final boolean needCommitTs) {
        return KeyField.optionalSize(KEY, prefix, keyLength)
                + WireWriter.varintFieldSize(VERSION, version)
                + WireWriter.boolFieldSize(NEED_COMMIT_TS, needCommitTs);
    }

    /**
     * Writes the body of a {@code GetRequest}; the key is its first field.
     *
     * @param out destination
     * @param key user key
     * @param version read timestamp, an unsigned number
     * @param needCommitTs whether the commit timestamp is asked for
     */
    public void writeGet(final ByteBuf out, final byte[] key, final long version, final boolean needCommitTs) {
        KeyField.writeOptional(out, KEY, prefix, key);
        WireWriter.writeVarintField(out, VERSION, version);
        WireWriter.writeBoolField(out, NEED_COMMIT_TS, needCommitTs);
    }

    /**
     * Writes the body of a {@code GetRequest} that asks for no commit timestamp; the key is its first field.
     *
     * @param out destination
     * @param key buffer with the user key
     * @param offset of the key
     * @param length of the key
     * @param version read timestamp, an unsigned number
     */
    public void writeGet(
            final ByteBuf out, final DirectBuffer key, final int offset, final int length, final long version) {
        KeyField.writeOptional(out, KEY, prefix, key, offset, length);
        WireWriter.writeVarintField(out, VERSION, version);
    }

    /**
     * Size of one key of a {@code BatchGetRequest} body.
     *
     * @param keyLength of the user key
     * @return bytes
     */
    public int batchGetKeySize(final int keyLength) {
        return KeyField.size(KEY, prefix, keyLength);
    }

    /**
     * Writes one key of a {@code BatchGetRequest} body.
     *
     * @param out destination
     * @param key user key
     */
    public void writeBatchGetKey(final ByteBuf out, final byte[] key) {
        KeyField.write(out, KEY, prefix, key);
    }

    /**
     * Size of what {@link #finishBatchGet} writes.
     *
     * @param version read timestamp
     * @return bytes
     */
    public int batchGetFinishSize(final long version) {
        return WireWriter.varintFieldSize(VERSION, version);
    }

    /**
     * Ends the body of a {@code BatchGetRequest} behind its keys.
     *
     * @param out destination
     * @param version read timestamp, an unsigned number
     */
    public void finishBatchGet(final ByteBuf out, final long version) {
        WireWriter.writeVarintField(out, VERSION, version);
    }

    /**
     * Upper bound of the size of a scan's body.
     *
     * @param lowerLength of the lower bound
     * @param upperLength of the upper bound
     * @return bytes; never less than what is written
     */
    public int maxScanSize(final int lowerLength, final int upperLength) {
        return KeyField.size(SCAN_START_KEY, prefix, lowerLength)
                + KeyField.size(SCAN_END_KEY, prefix, Math.max(upperLength, end.length))
                + WireWriter.varintFieldSize(SCAN_LIMIT, 0xFFFF_FFFFL)
                + WireWriter.varintFieldSize(SCAN_VERSION, -1)
                + WireWriter.boolFieldSize(SCAN_KEY_ONLY, true)
                + WireWriter.boolFieldSize(SCAN_REVERSE, true)
                + WireWriter.varintFieldSize(SCAN_SAMPLE_STEP, 0xFFFF_FFFFL);
    }

    /**
     * Writes the body of a {@code ScanRequest}.
     *
     * @param out destination
     * @param lower inclusive lower bound; empty for the first key
     * @param upper exclusive upper bound; empty for the end of the key space
     * @param limit pairs at most, above 0
     * @param version read timestamp, an unsigned number
     * @param keyOnly whether values are left out
     * @param reverse whether to go from the upper bound down; the store then wants the upper bound as its start
     * @param sampleStep 0 for every key, else every so manieth
     */
    public void writeScan(
            final ByteBuf out,
            final byte[] lower,
            final byte[] upper,
            final int limit,
            final long version,
            final boolean keyOnly,
            final boolean reverse,
            final int sampleStep) {
        KeyField.writeOptional(out, reverse ? SCAN_END_KEY : SCAN_START_KEY, prefix, lower);
        writeUpper(out, reverse ? SCAN_START_KEY : SCAN_END_KEY, upper);
        WireWriter.writeVarintField(out, SCAN_LIMIT, limit);
        WireWriter.writeVarintField(out, SCAN_VERSION, version);
        WireWriter.writeBoolField(out, SCAN_KEY_ONLY, keyOnly);
        WireWriter.writeBoolField(out, SCAN_REVERSE, reverse);
        WireWriter.writeVarintField(out, SCAN_SAMPLE_STEP, sampleStep);
    }

    private void writeUpper(final ByteBuf out, final int field, final byte[] upper) {
        if (upper.length == 0) {
            WireWriter.writeBytesField(out, field, end);
        } else {
            KeyField.write(out, field, prefix, upper);
        }
    }
}
