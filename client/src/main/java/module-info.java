/**
 * The client. Two packages are the front door; everything else is internal.
 */
module io.tikvdirect.client {
    requires com.google.protobuf;
    requires HdrHistogram;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires transitive io.tikvdirect.codec;
    requires io.tikvdirect.proto;
    requires io.tikvdirect.transport;
    requires org.jctools.core.jdk11;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.tikvdirect.client;
    exports io.tikvdirect.client.raw;
}
