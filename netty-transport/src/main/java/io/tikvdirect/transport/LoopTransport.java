package io.tikvdirect.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Immutable: one way to wait for the network, resolved. The native ones live in classes of their own, so that nothing
 * of them is loaded when they are not on the class path.
 */
record LoopTransport(EventLoopKind kind, IoHandlerFactory handlers, ChannelFactory<? extends Channel> channels) {
    static LoopTransport of(final EventLoopKind kind) {
        if (kind != EventLoopKind.AUTO) {
            return create(kind);
        }
        if (unavailability(EventLoopKind.EPOLL) == null) {
            return create(EventLoopKind.EPOLL);
        }
        return create(unavailability(EventLoopKind.KQUEUE) == null ? EventLoopKind.KQUEUE : EventLoopKind.NIO);
    }

    /** Why a kind cannot be used here, null when it can. */
    static @Nullable Throwable unavailability(final EventLoopKind kind) {
        try {
            return switch (kind) {
                case EPOLL -> EpollLoops.unavailability();
                case KQUEUE -> KQueueLoops.unavailability();
                case IO_URING -> IoUringLoops.unavailability();
                case NIO, AUTO -> null;
            };
        } catch (LinkageError e) {
            return e;
        }
    }

    private static LoopTransport create(final EventLoopKind kind) {
        final Throwable unavailable = unavailability(kind);
        if (unavailable != null) {
            throw new IllegalStateException(
                    kind + " is not available here: add its native jar to the class path, or use AUTO or NIO",
                    unavailable);
        }
        return switch (kind) {
            case EPOLL -> EpollLoops.create();
            case KQUEUE -> KQueueLoops.create();
            case IO_URING -> IoUringLoops.create();
            case NIO, AUTO -> new LoopTransport(EventLoopKind.NIO, NioIoHandler.newFactory(), NioSocketChannel::new);
        };
    }
}
