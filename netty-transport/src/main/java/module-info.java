/** gRPC over HTTP/2 client connections on Netty. Native transports are used when they are on the module or class path. */
module io.tikvdirect.transport {
    requires transitive io.netty.buffer;
    requires transitive io.netty.common;
    requires transitive io.netty.transport;
    requires io.netty.codec.http2;
    requires io.netty.handler;
    requires io.tikvdirect.codec;
    requires org.slf4j;
    requires static io.netty.transport.classes.epoll;
    requires static io.netty.transport.classes.io_uring;
    requires static io.netty.transport.classes.kqueue;
    requires static org.jspecify;

    exports io.tikvdirect.transport;
}
