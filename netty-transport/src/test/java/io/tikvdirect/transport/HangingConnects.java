package io.tikvdirect.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Thread-safe. A network that loses the first attempts to connect without an answer; later ones reach whoever listens. */
final class HangingConnects implements ChannelFactory<Channel>, AutoCloseable {
    private final EventLoops loops = EventLoops.open(new EventLoopOptions(EventLoopKind.NIO, 1, "hanging"));
    private final List<Channel> lost = new CopyOnWriteArrayList<>();
    private final List<Long> openAtEachAttempt = new CopyOnWriteArrayList<>();
    private final int losses;
    private volatile boolean firstWasOpenAtTheLast;

    HangingConnects(final int losses) {
        this.losses = losses;
    }

    /** A loop whose attempts to connect go through this network. */
    TransportLoop loop() {
        final TransportLoop real = loops.next();
        return new TransportLoop(real.eventLoop(), this, real.background());
    }

    @Override
    public Channel newChannel() {
        openAtEachAttempt.add(lost.stream().filter(Channel::isOpen).count());
        firstWasOpenAtTheLast = !lost.isEmpty() && lost.get(0).isOpen();
        if (lost.size() == losses) {
            return new NioSocketChannel();
        }
        final Channel hanging = new NioSocketChannel() {
            @Override
            protected boolean doConnect(final SocketAddress remote, final SocketAddress local) {
                return false; // "under way", and nothing ever comes
            }
        };
        lost.add(hanging);
        return hanging;
    }

    /** The attempts that got no answer. */
    List<Channel> lost() {
        return lost;
    }

    /** At each attempt, how many before it still waited. */
    List<Long> openAtEachAttempt() {
        return openAtEachAttempt;
    }

    boolean firstWasOpenAtTheLast() {
        return firstWasOpenAtTheLast;
    }

    @Override
    public void close() {
        loops.close();
    }
}
