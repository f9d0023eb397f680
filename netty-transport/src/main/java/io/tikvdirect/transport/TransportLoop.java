package io.tikvdirect.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;

/** Thread-safe: one event loop of {@link EventLoops}: one thread to which connections are confined. */
public final class TransportLoop implements Executor {
    private final EventLoop eventLoop;
    private final ChannelFactory<? extends Channel> channels;
    private final Executor background;

    TransportLoop(
            final EventLoop eventLoop, final ChannelFactory<? extends Channel> channels, final Executor background) {
        this.eventLoop = eventLoop;
        this.channels = channels;
        this.background = background;
    }

    /**
     * Runs a task on the loop's thread, after what it is doing.
     *
     * @param task must not block
     * @throws java.util.concurrent.RejectedExecutionException after the loops were closed
     */
    @Override
    public void execute(final Runnable task) {
        eventLoop.execute(task);
    }

    /**
     * Whether the calling thread is the loop's.
     *
     * @return true on the loop
     */
    public boolean inEventLoop() {
        return eventLoop.inEventLoop();
    }

    /**
     * Netty's side of the loop, for timers.
     *
     * @return the loop
     */
    public EventLoop eventLoop() {
        return eventLoop;
    }

    ChannelFactory<? extends Channel> channels() {
        return channels;
    }

    /** Where name resolution and certificate files may block. */
    Executor background() {
        return background;
    }
}
