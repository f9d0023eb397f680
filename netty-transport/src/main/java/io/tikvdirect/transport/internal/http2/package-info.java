/**
 * HTTP/2 (RFC 9113) without sockets: frames read and written over buffers, flow-control windows, settings, header
 * blocks and the limits that keep a broken or hostile peer from costing more than a connection. Nothing here knows of
 * gRPC. Everything is confined to the event loop of its connection unless a class says otherwise.
 */
@NullMarked
package io.tikvdirect.transport.internal.http2;

import org.jspecify.annotations.NullMarked;
