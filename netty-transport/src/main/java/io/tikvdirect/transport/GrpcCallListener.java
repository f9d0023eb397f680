package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;

/**
 * Called on the connection's event loop only. A listener that throws from any method but {@link #onClosed} has its call
 * cancelled; the connection goes on.
 */
public interface GrpcCallListener {
    /**
     * The server's response headers, at most once and before any message. Not called when the server answers with
     * trailers only.
     *
     * @param headers custom metadata
     */
    default void onHeaders(final Metadata headers) {}

    /**
     * One message.
     *
     * @param message borrows: readable bytes are the message, valid during the call. The reader index may be moved. To
     *     keep it, {@link ByteBuf#retain()} it and release it later; a small message then pins the receive buffer it
     *     arrived in, so copy small ones
     */
    void onMessage(ByteBuf message);

    /**
     * {@link GrpcCall#isWritable()} turned from false to true.
     */
    default void onWritable() {}

    /**
     * The call is over. Called exactly once, after the last message, always after {@link GrpcConnection#start} has
     * returned.
     *
     * @param status how it ended
     */
    void onClosed(GrpcStatus status);
}
