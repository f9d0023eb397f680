/**
 * The client. Three packages are the front door: everything else is internal, and no other module may see it.
 *
 * <p>The direct face takes Agrona's {@code DirectBuffer}; {@code KeyBuffer}, which needs no JVM flag, comes with it.
 */
module io.tikvdirect.client {
    requires HdrHistogram;
    requires com.google.protobuf;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires transitive io.tikvdirect.codec;
    requires io.tikvdirect.proto;
    requires io.tikvdirect.transport;
    requires jdk.jfr;
    requires org.jctools.core.jdk11;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.tikvdirect.client;
    exports io.tikvdirect.client.raw;
    exports io.tikvdirect.client.txn;
}
