/** gRPC's length-prefixed messages: the five-byte prefix, a reader resumable at any byte, bounded decompression. */
@NullMarked
package io.tikvdirect.codec.grpc;

import org.jspecify.annotations.NullMarked;
