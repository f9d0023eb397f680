package io.tikvdirect.transport;

import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueSocketChannel;
import org.jspecify.annotations.Nullable;

/** Immutable: the kqueue transport; loaded only when asked for. */
final class KQueueLoops {
    private KQueueLoops() {}

    static @Nullable Throwable unavailability() {
        return KQueue.unavailabilityCause();
    }

    static LoopTransport create() {
        return new LoopTransport(EventLoopKind.KQUEUE, KQueueIoHandler.newFactory(), KQueueSocketChannel::new);
    }
}
