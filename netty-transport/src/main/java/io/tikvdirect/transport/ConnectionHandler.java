package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;

/** Confined to its event loop: Netty's events of a channel, handed to its connection. */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {
    /** Enough to keep a fast socket busy, little enough that a PING's answer is not stuck behind it for long. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(512 * 1024, 1024 * 1024);

    private final Http2Connection connection;
    private final boolean waitForTls;

    /** With TLS, {@link #onSecured} says when the connection stands; without, the channel's activity does. */
    ConnectionHandler(final Http2Connection connection, final boolean waitForTls) {
        this.connection = connection;
        this.waitForTls = waitForTls;
    }

    @Override
    public void handlerAdded(final ChannelHandlerContext context) {
        context.channel().config().setRecvByteBufAllocator(connection.receiveBuffer());
        context.channel().config().setWriteBufferWaterMark(WATER_MARK);
        if (!waitForTls && context.channel().isActive()) {
            connection.onEstablished(context);
        }
    }

    @Override
    public void channelActive(final ChannelHandlerContext context) {
        if (!waitForTls) {
            connection.onEstablished(context);
        }
    }

    void onSecured(final ChannelHandlerContext context) {
        connection.onEstablished(context);
    }

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        final ByteBuf in = (ByteBuf) message;
        try {
            if (!connection.isClosed()) {
                connection.onRead(in);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext context) {
        if (!connection.isClosed()) {
            connection.onReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext context) {
        connection.sendCredit().onWritabilityChanged();
    }

    @Override
    public void channelInactive(final ChannelHandlerContext context) {
        connection.onInactive();
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        connection.onException(cause);
    }
}
