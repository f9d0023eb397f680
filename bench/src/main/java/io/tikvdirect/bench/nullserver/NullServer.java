package io.tikvdirect.bench.nullserver;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Thread-safe. The null server: PD and stores on ports of 127.0.0.1 chosen by the system, on as many event loops as asked for. */
public final class NullServer implements AutoCloseable {
    private static final int RECEIVE_BUFFER = 256 * 1024;
    private static final String HOST = "127.0.0.1";

    private final MultiThreadIoEventLoopGroup loop;
    private final String pdAddress;

    private NullServer(MultiThreadIoEventLoopGroup loop, String pdAddress) {
        this.loop = loop;
        this.pdAddress = pdAddress;
    }

    /**
     * Starts it.
     *
     * @param settings what it pretends to hold
     * @return a server that answers
     */
    public static NullServer start(NullSettings settings) {
        return start(settings, 1);
    }

    /**
     * Starts it.
     *
     * @param settings what it pretends to hold
     * @param loops event loops, among which connections are dealt out in turn
     * @return a server that answers
     */
    public static NullServer start(NullSettings settings, int loops) {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(loops, io);
        List<String> stores = new ArrayList<>();
        for (int i = 0; i < settings.stores(); i++) {
            stores.add(listen(loop, () -> storeConnection(settings)));
        }
        // PD's own address is part of its answers, so its methods are made when its port is known
        Map<String, Rpc> pd = new HashMap<>();
        String address = listen(loop, () -> new Http2ServerConnection(pd, () -> {}));
        pd.putAll(new NullPd(settings, address, stores).methods());
        pd.putAll(health());
        return new NullServer(loop, address);
    }

    /**
     * What serves one connection of a store, for a channel of the caller's.
     *
     * @param settings what it pretends to hold
     * @return a handler for one channel
     */
    public static ChannelHandler storeHandler(NullSettings settings) {
        return storeConnection(settings);
    }

    private static Http2ServerConnection storeConnection(NullSettings settings) {
        NullStore store = new NullStore(settings);
        Map<String, Rpc> methods = store.methods();
        methods.putAll(health());
        return new Http2ServerConnection(methods, store::release);
    }

    /** HealthCheckResponse{status: SERVING}. */
    private static Map<String, Rpc> health() {
        return Map.of("/grpc.health.v1.Health/Check", new Rpc(true, (in, offset, length, out) -> {
            out.writeByte(1 << 3).writeByte(1);
            return true;
        }));
    }

    private static String listen(MultiThreadIoEventLoopGroup loop, Supplier<Http2ServerConnection> connections) {
        Class<? extends ServerChannel> kind =
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        Channel channel = new ServerBootstrap()
                .group(loop)
                .channel(kind)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BUFFER))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        accepted.pipeline().addLast(connections.get());
                    }
                })
                .bind(HOST, 0)
                .syncUninterruptibly()
                .channel();
        return HOST + ":" + ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** {@return where its PD listens, as {@code host:port}} */
    public String pdAddress() {
        return pdAddress;
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
