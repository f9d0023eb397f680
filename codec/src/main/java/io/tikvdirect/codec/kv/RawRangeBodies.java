package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * Immutable and thread-safe: writes the bodies (all fields but {@code context}) of the raw commands on ranges, for one key
 * space and column family.
 *
 * <p>A range is lower bound inclusive, upper bound exclusive, both user keys; an empty lower bound is the first key of the
 * key space, an empty upper bound its end, so no request reaches beyond it. Allocates nothing; all methods <em>borrow</em>
 * their buffers.
 */
public final class RawRangeBodies {
    private static final int SCAN_START_KEY = 2;
    private static final int SCAN_LIMIT = 3;
    private static final int SCAN_KEY_ONLY = 4;
    private static final int SCAN_CF = 5;
    private static final int SCAN_REVERSE = 6;
    private static final int SCAN_END_KEY = 7;
    private static final int DELETE_START_KEY = 2;
    private static final int DELETE_END_KEY = 3;
    private static final int DELETE_CF = 4;
    private static final int RANGE_START_KEY = 1;
    private static final int RANGE_END_KEY = 2;
    private static final int CHECKSUM_RANGES = 3;
    private static final int COPROCESSOR_NAME = 2;
    private static final int COPROCESSOR_VERSION = 3;
    private static final int COPROCESSOR_RANGES = 4;
    private static final int COPROCESSOR_DATA = 5;

    private final byte[] prefix;
    private final byte[] end;
    private final byte[] columnFamily;

    /**
     * Makes the writer.
     *
     * @param keySpace of all keys
     * @param columnFamily empty for the default one; API V2 stores accept no other
     */
    public RawRangeBodies(final KeySpace keySpace, final String columnFamily) {
        this.prefix = keySpace.prefix();
        this.end = keySpace.end();
        this.columnFamily = columnFamily.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Upper bound of the size of a scan's or delete range's body.
     *
     * @param lowerLength of the lower bound
     * @param upperLength of the upper bound
     * @return bytes; never less than what is written
     */
    public int maxSize(final int lowerLength, final int upperLength) {
        return KeyField.size(SCAN_START_KEY, prefix, lowerLength)
                + KeyField.size(SCAN_END_KEY, prefix, upperLength)
                + WireWriter.bytesFieldSize(SCAN_CF, columnFamily.length)
                + WireWriter.varintFieldSize(SCAN_LIMIT, 0xFFFF_FFFFL)
                + WireWriter.boolFieldSize(SCAN_KEY_ONLY, true)
                + WireWriter.boolFieldSize(SCAN_REVERSE, true);
    }

    /**
     * Writes the body of a {@code RawScanRequest}.
     *
     * @param out destination
     * @param lower buffer with the lower bound
     * @param lowerOffset of the lower bound
     * @param lowerLength of the lower bound; 0 for the first key
     * @param upper buffer with the upper bound
     * @param upperOffset of the upper bound
     * @param upperLength of the upper bound; 0 for the end
     * @param limit pairs at most, above 0
     * @param keyOnly whether values are left out
     * @param reverse whether to go from the upper bound down; the store then wants the upper bound as its start
     */
    public void writeScan(
            final ByteBuf out,
            final DirectBuffer lower,
            final int lowerOffset,
            final int lowerLength,
            final DirectBuffer upper,
            final int upperOffset,
            final int upperLength,
            final int limit,
            final boolean keyOnly,
            final boolean reverse) {
        writeLower(out, reverse ? SCAN_END_KEY : SCAN_START_KEY, lower, lowerOffset, lowerLength);
        writeUpper(out, reverse ? SCAN_START_KEY : SCAN_END_KEY, upper, upperOffset, upperLength);
        writeScanOptions(out, limit, keyOnly, reverse);
    }

    /**
     * Writes the body of a {@code RawScanRequest}.
     *
     * @param out destination
     * @param lower lower bound, inclusive; empty for the first key
     * @param upper upper bound, exclusive; empty for the end
     * @param limit pairs at most, above 0
     * @param keyOnly whether values are left out
     * @param reverse whether to go from the upper bound down; the store then wants the upper bound as its start
     */
    public void writeScan(
            final ByteBuf out,
            final byte[] lower,
            final byte[] upper,
            final int limit,
            final boolean keyOnly,
            final boolean reverse) {
        writeLower(out, reverse ? SCAN_END_KEY : SCAN_START_KEY, lower);
        writeUpper(out, reverse ? SCAN_START_KEY : SCAN_END_KEY, upper);
        writeScanOptions(out, limit, keyOnly, reverse);
    }

    private void writeScanOptions(final ByteBuf out, final int limit, final boolean keyOnly, final boolean reverse) {
        WireWriter.writeVarintField(out, SCAN_LIMIT, limit & 0xFFFF_FFFFL);
        WireWriter.writeBoolField(out, SCAN_KEY_ONLY, keyOnly);
        WireWriter.writeBytesField(out, SCAN_CF, columnFamily);
        WireWriter.writeBoolField(out, SCAN_REVERSE, reverse);
    }

    /**
     * Writes the body of a {@code RawDeleteRangeRequest}. A store takes an empty end for an empty key and not for "to the
     * end", so without a prefix the upper bound must not be empty.
     *
     * @param out destination
     * @param lower lower bound, inclusive; empty for the first key
     * @param upper upper bound, exclusive; empty for the end
     */
    public void writeDeleteRange(final ByteBuf out, final byte[] lower, final byte[] upper) {
        writeLower(out, DELETE_START_KEY, lower);
        writeUpper(out, DELETE_END_KEY, upper);
        WireWriter.writeBytesField(out, DELETE_CF, columnFamily);
    }

    /**
     * Writes one range of a {@code RawChecksumRequest}, whose only algorithm (CRC64, XOR) is the default.
     *
     * @param out destination
     * @param lower lower bound, inclusive; empty for the first key
     * @param upper upper bound, exclusive; empty for the end
     */
    public void writeChecksumRange(final ByteBuf out, final byte[] lower, final byte[] upper) {
        writeRange(out, CHECKSUM_RANGES, lower, upper);
    }

    /**
     * Writes one range of a {@code RawCoprocessorRequest}.
     *
     * @param out destination
     * @param lower lower bound, inclusive; empty for the first key
     * @param upper upper bound, exclusive; empty for the end
     */
    public void writeCoprocessorRange(final ByteBuf out, final byte[] lower, final byte[] upper) {
        writeRange(out, COPROCESSOR_RANGES, lower, upper);
    }

    /**
     * Completes the body of a {@code RawCoprocessorRequest} behind its ranges. Encodes the strings, so it allocates.
     *
     * @param out destination
     * @param name of the plugin
     * @param versionRequirement of the plugin, as in Cargo
     * @param data to the plugin
     */
    public static void finishCoprocessor(
            final ByteBuf out, final String name, final String versionRequirement, final byte[] data) {
        WireWriter.writeBytesField(out, COPROCESSOR_NAME, name.getBytes(StandardCharsets.UTF_8));
        WireWriter.writeBytesField(out, COPROCESSOR_VERSION, versionRequirement.getBytes(StandardCharsets.UTF_8));
        WireWriter.writeBytesField(out, COPROCESSOR_DATA, data);
    }

    private void writeRange(final ByteBuf out, final int field, final byte[] lower, final byte[] upper) {
        final int lowerLength = prefix.length + lower.length;
        final int upperLength = upper.length == 0 ? end.length : prefix.length + upper.length;
        WireWriter.writeLengthDelimitedHead(
                out,
                field,
                WireWriter.bytesFieldSize(RANGE_START_KEY, lowerLength)
                        + WireWriter.bytesFieldSize(RANGE_END_KEY, upperLength));
        writeLower(out, RANGE_START_KEY, lower);
        writeUpper(out, RANGE_END_KEY, upper);
    }

    private void writeLower(final ByteBuf out, final int field, final byte[] lower) {
        KeyField.writeOptional(out, field, prefix, lower);
    }

    private void writeUpper(final ByteBuf out, final int field, final byte[] upper) {
        if (upper.length == 0) {
            WireWriter.writeBytesField(out, field, end);
        } else {
            KeyField.write(out, field, prefix, upper);
        }
    }

    private void writeLower(
            final ByteBuf out, final int field, final DirectBuffer lower, final int offset, final int length) {
        KeyField.writeOptional(out, field, prefix, lower, offset, length);
    }

    private void writeUpper(
            final ByteBuf out, final int field, final DirectBuffer upper, final int offset, final int length) {
        if (length == 0) {
            WireWriter.writeBytesField(out, field, end);
        } else {
            KeyField.write(out, field, prefix, upper, offset, length);
        }
    }
}
