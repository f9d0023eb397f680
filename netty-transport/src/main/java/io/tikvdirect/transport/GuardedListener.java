package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its connection's event loop: tells a call's listener. What the listener throws must not reach the connection
 * with its other calls: it is logged and given back as the status that the call is to end with.
 */
final class GuardedListener {
    private final GrpcCallListener listener;
    private final GrpcMethod method;

    GuardedListener(final GrpcCallListener listener, final GrpcMethod method) {
        this.listener = listener;
        this.method = method;
    }

    @Nullable
    GrpcStatus onHeaders(final Metadata metadata) {
        try {
            listener.onHeaders(metadata);
            return null;
        } catch (RuntimeException | Error e) {
            return failed(e);
        }
    }

    /** The message is <i>borrowed</i>. */
    @Nullable
    GrpcStatus onMessage(final ByteBuf message) {
        try {
            listener.onMessage(message);
            return null;
        } catch (RuntimeException | Error e) {
            return failed(e);
        }
    }

    @Nullable
    GrpcStatus onWritable() {
        try {
            listener.onWritable();
            return null;
        } catch (RuntimeException | Error e) {
            return failed(e);
        }
    }

    /** The last thing it is told: nothing follows from a failure. */
    void onClosed(final GrpcStatus status) {
        try {
            listener.onClosed(status);
        } catch (RuntimeException | Error e) {
            Log.LOGGER.error("listener of {} failed in onClosed", method, e);
        }
    }

    private GrpcStatus failed(final Throwable e) {
        Log.LOGGER.error("listener of {} failed; the call is cancelled", method, e);
        return GrpcStatus.of(GrpcStatusCode.UNKNOWN, "the listener failed: " + e, e);
    }
}
