package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.WireWriter;

/**
 * Stateless: writes a {@code tikvpb.BatchCommandsRequest} entry by entry.
 *
 * <pre>{@code
 * for each operation:
 *     int contextLength = UnaryRequestEncoder.contextLength(route, options, maxMs, isRetry);
 *     ... if size + entrySize(command, contextLength, bodyLength) is too much, send what there is
 *     writeEntryHead(out, command, route, options, maxMs, isRetry, bodyLength);
 *     out.writeBytes(body, ...);          // or append the body by reference
 * writeRequestIds(out, ids, count);       // in the order of the entries
 * }</pre>
 *
 * <p>Allocates nothing; all methods <em>borrow</em> their buffers.
 */
public final class BatchCommandsEncoder {
    private static final int REQUESTS = 1;
    private static final int REQUEST_IDS = 2;

    private BatchCommandsEncoder() {}

    /**
     * What an entry adds to the message, without its id.
     *
     * @param command one of {@link BatchCommand}
     * @param contextLength from {@link UnaryRequestEncoder#contextLength}
     * @param bodyLength bytes of the body
     * @return bytes, body included
     */
    public static int entrySize(final int command, final int contextLength, final int bodyLength) {
        final int requestSize = UnaryRequestEncoder.requestSize(contextLength, bodyLength);
        return WireWriter.lengthDelimitedSize(REQUESTS, WireWriter.lengthDelimitedSize(command, requestSize));
    }

    /**
     * Writes everything of an entry before the body, which the caller appends.
     *
     * @param out destination
     * @param command one of {@link BatchCommand}
     * @param route constant part of the route's context, from {@link ContextEncoder}
     * @param options constant part of the caller's options, from {@link ContextEncoder}
     * @param maxExecutionDurationMs see {@link ContextEncoder#writeVariables}
     * @param isRetryRequest see {@link ContextEncoder#writeVariables}
     * @param bodyLength bytes of the body that follows
     */
    public static void writeEntryHead(
            final ByteBuf out,
            final int command,
            final byte[] route,
            final byte[] options,
            final long maxExecutionDurationMs,
            final boolean isRetryRequest,
            final int bodyLength) {
        final int contextLength =
                UnaryRequestEncoder.contextLength(route, options, maxExecutionDurationMs, isRetryRequest);
        final int requestSize = UnaryRequestEncoder.requestSize(contextLength, bodyLength);
        WireWriter.writeLengthDelimitedHead(out, REQUESTS, WireWriter.lengthDelimitedSize(command, requestSize));
        WireWriter.writeLengthDelimitedHead(out, command, requestSize);
        UnaryRequestEncoder.writeHead(out, route, options, maxExecutionDurationMs, isRetryRequest);
    }

    /**
     * Size of the ids.
     *
     * @param ids in the order of the entries
     * @param count of entries
     * @return bytes
     */
    public static int requestIdsSize(final long[] ids, final int count) {
        return WireWriter.packedFieldSize(REQUEST_IDS, ids, count);
    }

    /**
     * Writes the ids of all entries, packed. Their place relative to the entries does not matter.
     *
     * @param out destination
     * @param ids in the order of the entries
     * @param count of entries
     */
    public static void writeRequestIds(final ByteBuf out, final long[] ids, final int count) {
        WireWriter.writePackedField(out, REQUEST_IDS, ids, count);
    }
}
