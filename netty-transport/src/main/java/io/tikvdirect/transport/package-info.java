/**
 * gRPC calls over our own HTTP/2 client connections on Netty.
 *
 * <p>The way in: {@link io.tikvdirect.transport.EventLoops} owns the threads,
 * {@link io.tikvdirect.transport.GrpcConnection} is one connection confined to one of them,
 * {@link io.tikvdirect.transport.GrpcCall} is one call on it, {@link io.tikvdirect.transport.UnaryCalls} the easy way for
 * everything that is not hot. Nothing here knows of TiKV, and nothing is static: closing the loops and the allocator
 * that was passed in gives everything back.
 */
@NullMarked
package io.tikvdirect.transport;

import org.jspecify.annotations.NullMarked;
