package io.tikvdirect.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Confined to its event loop. A connection without a socket: what the client writes is handed to a server's handler at once,
 * and its answers are read in the loop's next turn.
 */
final class MemoryChannel extends AbstractChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);
    private static final SocketAddress ADDRESS = InetSocketAddress.createUnresolved("memory", 0);
    private static final int WIRE_BYTES = 64 * 1024;

    private final ChannelConfig config = new DefaultChannelConfig(this);
    private final Runnable deliver = this::deliver;
    private final ByteBuf wire = Unpooled.directBuffer(WIRE_BYTES);
    private final EmbeddedChannel peer;
    private boolean open = true;
    private boolean connected;
    private boolean delivering;

    MemoryChannel(ChannelHandler server) {
        super(null);
        this.peer = new EmbeddedChannel(server);
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new AbstractUnsafe() {
            @Override
            public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
                connected = true;
                promise.setSuccess();
                pipeline().fireChannelActive();
                deliverSoon(); // what the server says first
            }
        };
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        for (Object message = in.current(); message != null; message = in.current()) {
            ByteBuf bytes = (ByteBuf) message;
            wire.clear().writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
            in.remove();
            peer.writeInbound(wire.retain());
        }
        deliverSoon();
    }

    private void deliverSoon() {
        if (!delivering) {
            delivering = true;
            eventLoop().execute(deliver);
        }
    }

    private void deliver() {
        delivering = false;
        if (!connected) {
            return;
        }
        boolean any = false;
        for (Object bytes = peer.readOutbound(); bytes != null; bytes = peer.readOutbound()) {
            pipeline().fireChannelRead(bytes);
            any = true;
        }
        if (any) {
            pipeline().fireChannelReadComplete();
        }
    }

    @Override
    protected void doClose() {
        connected = false;
        if (open) {
            open = false;
            peer.finishAndReleaseAll();
            wire.release();
        }
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected void doRegister(ChannelPromise promise) {
        promise.setSuccess();
    }

    @Override
    protected void doDeregister() {}

    @Override
    protected void doBind(SocketAddress local) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doBeginRead() {}

    @Override
    protected SocketAddress localAddress0() {
        return ADDRESS;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return ADDRESS;
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return connected;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }
}
