package io.tikvdirect.embedded.internal.serving;

import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Error;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. The TCP connections that one server has accepted, found by the client's address. grpc-java has no way to
 * reset a stream, to send GOAWAY on one connection or to cut one: this reaches the HTTP/2 handler that does.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails here was to end anyway
final class AcceptedConnections {
    private final Map<SocketAddress, Channel> byRemote = new ConcurrentHashMap<>();

    /** The listening channel that tells of each connection it accepts. */
    NioServerSocketChannel newServerChannel() {
        return new ListeningChannel();
    }

    private final class ListeningChannel extends NioServerSocketChannel {
        @Override
        protected int doReadMessages(List<Object> accepted) throws Exception {
            int before = accepted.size();
            int result = super.doReadMessages(accepted);
            for (Object channel : accepted.subList(before, accepted.size())) {
                add((Channel) channel);
            }
            return result;
        }
    }

    private void add(Channel channel) {
        SocketAddress remote = channel.remoteAddress();
        if (remote != null) {
            byRemote.put(remote, channel);
            channel.closeFuture().addListener(closed -> byRemote.remove(remote, channel));
        }
    }

    /** The stream that the event loop is just opening on the connection from {@code remote}, or null when it is gone. */
    @Nullable
    Http2Stream opening(@Nullable SocketAddress remote) {
        Channel channel = remote == null ? null : byRemote.get(remote);
        if (channel == null) {
            return null;
        }
        Http2ConnectionHandler handler = channel.pipeline().get(Http2ConnectionHandler.class);
        return handler == null
                ? null
                : new Http2Stream(
                        channel, handler, handler.connection().remote().lastStreamCreated());
    }

    /** Cuts all connections without any goodbye, as the end of a process does. */
    void cutAll() {
        byRemote.values().forEach(AcceptedConnections::cut);
    }

    /** On the connection's loop, so that a client's own goodbye does not close the socket between the two calls. */
    private static void cut(Channel channel) {
        channel.eventLoop().execute(() -> {
            if (channel.isOpen()) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                // Not through the pipeline: its HTTP/2 handler would say GOAWAY and wait for the streams to end.
                channel.unsafe().close(channel.newPromise());
            }
        });
    }

    /** Immutable. One stream of one connection. */
    record Http2Stream(Channel channel, Http2ConnectionHandler handler, int id) {
        /** Sends RST_STREAM (CANCEL). */
        void reset() {
            onLoop(context -> handler.resetStream(context, id, Http2Error.CANCEL.code(), context.newPromise()));
        }

        /** Sends GOAWAY (NO_ERROR), with the newest stream or the one before this as the last to be served. */
        void goAway(boolean refusing) {
            onLoop(context -> {
                int last = refusing
                        ? Math.max(0, id - 2)
                        : handler.connection().remote().lastStreamCreated();
                handler.goAway(context, last, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, context.newPromise());
            });
        }

        /** Closes the connection without any goodbye. */
        void closeConnection() {
            cut(channel);
        }

        private void onLoop(Consumer<ChannelHandlerContext> task) {
            channel.eventLoop().execute(() -> {
                ChannelHandlerContext context = channel.pipeline().context(handler);
                if (context != null) {
                    task.accept(context);
                    context.flush();
                }
            });
        }
    }
}
