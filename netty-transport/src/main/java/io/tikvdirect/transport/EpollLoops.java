package io.tikvdirect.transport;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import org.jspecify.annotations.Nullable;

/** Immutable: the epoll transport; loaded only when asked for. */
final class EpollLoops {
    private EpollLoops() {}

    static @Nullable Throwable unavailability() {
        return Epoll.unavailabilityCause();
    }

    static LoopTransport create() {
        return new LoopTransport(EventLoopKind.EPOLL, EpollIoHandler.newFactory(), EpollSocketChannel::new);
    }
}
