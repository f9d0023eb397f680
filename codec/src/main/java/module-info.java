/** The bytes of TiKV's protocol over Netty buffers: no sockets, no threads, no global state. */
module io.tikvdirect.codec {
    requires transitive io.netty.buffer;
    requires transitive org.agrona;
    requires static org.jspecify;

    exports io.tikvdirect.codec.buffer;
    exports io.tikvdirect.codec.grpc;
    exports io.tikvdirect.codec.key;
    exports io.tikvdirect.codec.kv;
    exports io.tikvdirect.codec.wire;
}
