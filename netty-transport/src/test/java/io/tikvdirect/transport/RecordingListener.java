package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Thread-safe: writes down what happens to a call and insists that it ends once. */
class RecordingListener implements GrpcCallListener {
    final List<byte[]> messages = new CopyOnWriteArrayList<>();
    final CompletableFuture<Metadata> headers = new CompletableFuture<>();
    final CompletableFuture<GrpcStatus> status = new CompletableFuture<>();
    final AtomicInteger closes = new AtomicInteger();
    final AtomicInteger writables = new AtomicInteger();

    @Override
    public void onHeaders(final Metadata received) {
        if (!headers.complete(received)) {
            throw new AssertionError("headers twice");
        }
    }

    @Override
    public void onMessage(final ByteBuf message) {
        messages.add(ByteBufUtil.getBytes(message));
    }

    @Override
    public void onWritable() {
        writables.incrementAndGet();
    }

    @Override
    public void onClosed(final GrpcStatus ended) {
        closes.incrementAndGet();
        status.complete(ended);
    }

    GrpcStatus awaitStatus() throws Exception {
        return awaitStatus(Duration.ofSeconds(60));
    }

    GrpcStatus awaitStatus(final Duration timeout) throws Exception {
        final GrpcStatus ended = status.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (closes.get() != 1) {
            throw new AssertionError("closed " + closes.get() + " times");
        }
        return ended;
    }
}
