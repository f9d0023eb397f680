/**
 * The bytes of TiKV's protocol over Netty buffers: no sockets, no threads, no global state.
 *
 * <p>Buffers are for whoever builds keys for the direct face; the rest is between our own modules.
 */
module io.tikvdirect.codec {
    requires transitive io.netty.buffer;
    requires transitive org.agrona;
    requires static org.jspecify;

    exports io.tikvdirect.codec.buffer;
    exports io.tikvdirect.codec.grpc to
            io.tikvdirect.client,
            io.tikvdirect.transport;
    exports io.tikvdirect.codec.key to
            io.tikvdirect.client;
    exports io.tikvdirect.codec.kv to
            io.tikvdirect.client;
    exports io.tikvdirect.codec.wire to
            io.tikvdirect.client;
}
