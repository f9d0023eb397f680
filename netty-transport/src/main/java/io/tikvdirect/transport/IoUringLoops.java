package io.tikvdirect.transport;

import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringSocketChannel;
import org.jspecify.annotations.Nullable;

/** Immutable: the io_uring transport; loaded only when asked for. */
final class IoUringLoops {
    private IoUringLoops() {}

    static @Nullable Throwable unavailability() {
        return IoUring.unavailabilityCause();
    }

    static LoopTransport create() {
        return new LoopTransport(EventLoopKind.IO_URING, IoUringIoHandler.newFactory(), IoUringSocketChannel::new);
    }
}
