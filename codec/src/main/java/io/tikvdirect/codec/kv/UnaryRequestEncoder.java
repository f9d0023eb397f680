package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.WireWriter;

/**
 * Stateless: frames a body as a request of its own, for the calls that are not batched: field {@code context}, then the
 * body's fields. Allocates nothing; all methods <em>borrow</em> their buffers.
 */
public final class UnaryRequestEncoder {
    private static final int CONTEXT = 1;

    private UnaryRequestEncoder() {}

    /**
     * Length of a {@code Context} made of its parts.
     *
     * @param route constant part of the route, from {@link ContextEncoder}
     * @param options constant part of the caller's options, from {@link ContextEncoder}
     * @param maxExecutionDurationMs see {@link ContextEncoder#writeVariables}
     * @param isRetryRequest see {@link ContextEncoder#writeVariables}
     * @return bytes, without tag and length
     */
    public static int contextLength(
            final byte[] route, final byte[] options, final long maxExecutionDurationMs, final boolean isRetryRequest) {
        return route.length + options.length + ContextEncoder.variablesSize(maxExecutionDurationMs, isRetryRequest);
    }

    /**
     * Size of a whole request.
     *
     * @param contextLength from {@link #contextLength}
     * @param bodyLength bytes of the body
     * @return bytes
     */
    public static int requestSize(final int contextLength, final int bodyLength) {
        return WireWriter.lengthDelimitedSize(CONTEXT, contextLength) + bodyLength;
    }

    /**
     * Writes everything before the body, which the caller appends.
     *
     * @param out destination
     * @param route constant part of the route
     * @param options constant part of the caller's options
     * @param maxExecutionDurationMs see {@link ContextEncoder#writeVariables}
     * @param isRetryRequest see {@link ContextEncoder#writeVariables}
     */
    public static void writeHead(
            final ByteBuf out,
            final byte[] route,
            final byte[] options,
            final long maxExecutionDurationMs,
            final boolean isRetryRequest) {
        final int contextLength = contextLength(route, options, maxExecutionDurationMs, isRetryRequest);
        WireWriter.writeLengthDelimitedHead(out, CONTEXT, contextLength);
        out.writeBytes(route);
        if (options.length != 0) {
            out.writeBytes(options);
        }
        ContextEncoder.writeVariables(out, maxExecutionDurationMs, isRetryRequest);
    }
}
