package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.buffer.Bytes;

/**
 * Confined to one thread at a time. The head of one entry of a {@code BatchCommandsRequest} after another: what stands
 * before a request's body.
 *
 * <p>Operations that leave together mostly go to the same region with equal options, equal time to work and bodies of equal
 * length, and then their heads are equal too: such a head is copied from the one before it in the same message, a few words
 * instead of a dozen fields.
 */
public final class BatchEntryHead {
    private static final byte[] NONE = {};

    private int command;
    private byte[] route = NONE;
    private byte[] options = NONE;
    private long maxExecutionDurationMs;
    private boolean isRetryRequest;
    private int bodyLength;
    private int entrySize;

    /** Where in the message the last head stands. */
    private int offset;

    /** Bytes of it; 0 when the message has none that could be copied. */
    private int length;

    /** Makes a head of nothing. */
    public BatchEntryHead() {}

    /**
     * Says what the next entry is.
     *
     * @param newCommand its field number, see {@link BatchCommand}
     * @param newRoute encoded fields of {@code kvrpcpb.Context} that name the region; kept and compared by identity, so
     *     not to be changed
     * @param newOptions its further fields; kept and compared by identity, so not to be changed
     * @param newMaxMs how long the store may work on the request, in milliseconds; 0 for its own limit
     * @param newIsRetry whether the request was sent before
     * @param newBodyLength bytes of the request without its Context
     */
    public void describe(
            final int newCommand,
            final byte[] newRoute,
            final byte[] newOptions,
            final long newMaxMs,
            final boolean newIsRetry,
            final int newBodyLength) {
        if (newRoute == route
                && newOptions == options
                && newMaxMs == maxExecutionDurationMs
                && newBodyLength == bodyLength
                && newCommand == command
                && newIsRetry == isRetryRequest) {
            return;
        }
        command = newCommand;
        route = newRoute;
        options = newOptions;
        maxExecutionDurationMs = newMaxMs;
        isRetryRequest = newIsRetry;
        bodyLength = newBodyLength;
        length = 0;
        final int contextLength = UnaryRequestEncoder.contextLength(newRoute, newOptions, newMaxMs, newIsRetry);
        entrySize = BatchCommandsEncoder.entrySize(newCommand, contextLength, newBodyLength);
    }

    /**
     * Size of the entry that was described, its body included.
     *
     * @return bytes
     */
    public int entrySize() {
        return entrySize;
    }

    /**
     * Writes the head that was described. Allocates nothing.
     *
     * @param out the message; the same buffer as before, with all that was written to it, unless {@link #forget} was called
     */
    public void write(final ByteBuf out) {
        final int start = out.writerIndex();
        if (length != 0) {
            Bytes.writeAgain(out, offset, length);
            return;
        }
        BatchCommandsEncoder.writeEntryHead(
                out, command, route, options, maxExecutionDurationMs, isRetryRequest, bodyLength);
        offset = start;
        length = out.writerIndex() - start;
    }

    /** The next head goes to another buffer, or behind what was taken back. */
    public void forget() {
        length = 0;
    }
}
