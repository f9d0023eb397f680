package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Thread-safe: unary calls as futures, for everything that is not hot. */
public final class UnaryCalls {
    private UnaryCalls() {}

    /**
     * Sends one request and waits for one response. Callable from any thread; cancelling the future cancels the call.
     *
     * @param connection to call on
     * @param method to call
     * @param options of the call; give it a deadline
     * @param request takes
     * @return completes on the connection's loop with the response (gives: whoever takes it releases it) or with
     *     {@link GrpcStatusException}
     */
    public static CompletableFuture<ByteBuf> call(
            final GrpcConnection connection,
            final GrpcMethod method,
            final CallOptions options,
            final ByteBuf request) {
        final UnaryCall call = new UnaryCall(connection, method, options, request);
        if (connection.loop().inEventLoop()) {
            call.run();
        } else {
            call.submit();
        }
        return call.future;
    }

    /** Confined to its loop after submission: one call and its future. */
    private static final class UnaryCall implements Runnable, GrpcCallListener {
        private final CompletableFuture<ByteBuf> future = new CompletableFuture<>();
        private final GrpcConnection connection;
        private final GrpcMethod method;
        private final CallOptions options;
        private final ByteBuf request;
        private @Nullable GrpcCall call;
        private @Nullable ByteBuf response;

        UnaryCall(
                final GrpcConnection connection,
                final GrpcMethod method,
                final CallOptions options,
                final ByteBuf request) {
            this.connection = connection;
            this.method = method;
            this.options = options;
            this.request = request;
        }

        void submit() {
            try {
                connection.loop().execute(this);
            } catch (RejectedExecutionException e) {
                request.release();
                fail(GrpcStatus.ofUnprocessed(GrpcStatusCode.UNAVAILABLE, "the event loop is closed", e));
            }
        }

        @Override
        public void run() {
            if (future.isDone()) {
                request.release();
                return;
            }
            final GrpcCall started = connection.start(method, options, this);
            call = started;
            started.sendLast(request);
            started.flush();
            final CompletableFuture<ByteBuf> unused = future.whenComplete((result, failure) -> cancelIfAbandoned());
        }

        private void cancelIfAbandoned() {
            if (future.isCancelled()) {
                try {
                    connection.loop().execute(this::cancelCall);
                } catch (RejectedExecutionException e) {
                    Log.LOGGER.debug("{} was cancelled after its loop was closed", method);
                }
            }
        }

        private void cancelCall() {
            if (call != null) {
                call.cancel();
            }
        }

        @Override
        public void onMessage(final ByteBuf message) {
            if (response != null) {
                reject("the server answered a unary call with more than one message");
                return;
            }
            response = keep(message);
        }

        /** Small answers are copied, so that they do not pin the receive buffer. */
        private static ByteBuf keep(final ByteBuf message) {
            final int length = message.readableBytes();
            if (message.unwrap() == null || length >= message.unwrap().capacity() / 8) {
                return message.retain();
            }
            return message.alloc().directBuffer(length, length).writeBytes(message);
        }

        private void reject(final String message) {
            fail(GrpcStatus.of(GrpcStatusCode.INTERNAL, message, null));
            cancelCall();
        }

        @Override
        public void onClosed(final GrpcStatus status) {
            final ByteBuf result = response;
            response = null;
            if (!status.isOk()) {
                release(result);
                fail(status);
            } else if (result == null) {
                fail(GrpcStatus.of(GrpcStatusCode.INTERNAL, "the server answered OK without a message", null));
            } else if (!future.complete(result)) {
                release(result);
            }
        }

        private static void release(final @Nullable ByteBuf buffer) {
            if (buffer != null) {
                buffer.release();
            }
        }

        private void fail(final GrpcStatus status) {
            future.completeExceptionally(new GrpcStatusException(method.toString(), status));
        }
    }
}
